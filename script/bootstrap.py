"""Make .venv and install a requirements file into it, only when something changed. Standard library only.

Usage: python script/bootstrap.py requirements.txt
"""

import fcntl
import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed.json"


def included(name: str) -> list[str]:
    """The file and every file it names with `-r`, depth first."""
    found = [name]
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("-r "):
            found += included(line[3:].strip())
    return found


def digest(name: str) -> str:
    """What the installed set depends on: the texts of the files and the Python that runs them."""
    whole = sys.version + "".join((ROOT / each).read_text() for each in included(name))
    return hashlib.sha256(whole.encode()).hexdigest()


def installed() -> dict[str, str]:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def works() -> bool:
    try:
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([PYTHON, "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


def main(name: str) -> int:
    with open(ROOT / ".venv.lock", "w") as lock:  # two commands started at once: the second waits, then finds it done
        fcntl.flock(lock, fcntl.LOCK_EX)
        return install(name)


def install(name: str) -> int:
    want = {each: digest(each) for each in included(name)}
    if works() and want.items() <= installed().items():
        return 0
    if not works():
        print("Making .venv …", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV]).returncode:
            version = "{}.{}".format(*sys.version_info[:2])
            print(
                f"{sys.executable} cannot make a virtual environment. Debian, Ubuntu: sudo apt-get install"
                f" python{version}-venv    Then run this again.",
                file=sys.stderr,
            )
            return 1
    print(f"Installing {name} into .venv (only when it has changed) …", flush=True)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", name]
    if subprocess.run(pip, cwd=ROOT).returncode:
        print(f"Installing {name} failed; the reason is above. Check the network, then run this again.", file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps({**installed(), **want}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
