"""script/check-secrets finds what must not be committed; the fakes are put together here, so that it passes itself."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "check-secrets"


def scan(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(SCRIPT), str(folder)], capture_output=True, text=True, timeout=30)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "sk-" + "proj-" + "a1B2c3D4e5F6g7H8i9J0k1L2",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6",
        "123456789:" + "AA" + "bCdEfGhIjKlMnOpQrStUvWxYz01234567",
        "API_KEY = " + '"' + "q8W7e6R5t4Y3u2I1o0P9a8S7d6F5" + '"',
        "REDIS_URL=redis://:" + "f00barBazQux99x81" + "@cache.internal:6379",
        "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ],
)
def test_it_names_the_line_and_never_the_secret(repository: Path, secret: str) -> None:
    (repository / "notes.md").write_text(f"fine\n{secret}\n")
    result = scan(repository)
    assert result.returncode == 1
    assert "notes.md:2: looks like" in result.stdout
    assert secret not in result.stdout


@pytest.mark.parametrize("name", [".env", ".env.local", "deploy/server.key", "cert.pem", "var/keys.json", "id_ed25519"])
def test_it_refuses_files_that_hold_secrets_by_name(repository: Path, name: str) -> None:
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x")
    subprocess.run(["git", "-C", str(repository), "add", "-f", name], check=True)
    assert f"{name}: a file of this name" in scan(repository).stdout


@pytest.mark.parametrize(
    "line",
    [
        "SECRET_KEY=",
        'API_KEY = os.environ["API_KEY"]',
        "DATABASE_URL=postgres://user:password@host:5432/name",
        "STT_API_KEY=your-key-here-your-key-here",
        "token = 'q8W7e6R5t4Y3u2I1o0P9a8S7d6F5'  # not-a-secret: made up for a test",
    ],
)
def test_it_lets_placeholders_pass(repository: Path, line: str) -> None:
    (repository / ".env.example").write_text(line + "\n")
    assert scan(repository).returncode == 0


def test_binary_and_odd_files_do_not_trouble_it(repository: Path) -> None:
    (repository / "a.bin").write_bytes(b"\0\xff" * 100)
    (repository / "b.txt").write_bytes(b"\xff\xfe\x00x")
    (repository / "link").symlink_to("nowhere")
    assert scan(repository).returncode == 0


def test_this_project_holds_no_secret() -> None:
    result = scan(SCRIPT.parents[1])
    assert result.returncode == 0, result.stdout
