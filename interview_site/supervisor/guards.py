"""One start per VAR_DIR, and a port that is free, each with a message that says what to do."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from interview_site.supervisor.errors import CannotStart


def lock(var_dir: Path) -> IO[str]:
    """Hold `var_dir/site.lock` until the file is closed or the process ends.

    Raises CannotStart when another site runs on the same folder.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    file = open(var_dir / "site.lock", "a+")  # noqa: SIM115  held open for the life of the process
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        file.close()
        raise CannotStart(
            f"A site already runs on {var_dir} (process {owner}). Stop it with Ctrl-C in its terminal or `kill {owner}`,"
            " or start this one beside it with another folder and port: VAR_DIR=/other/folder PORT=8001 script/server"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def require_free_port(host: str, port: int, *, command: str = "PORT={port} script/server") -> None:
    """Raises CannotStart when the address cannot be bound: taken, not ours, or not allowed; `command` asks for another."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CannotStart(f"HOST={host} is not an address of this machine ({error.strerror}). Leave HOST empty.") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError as error:
            raise CannotStart(f"Port {port} needs special rights. Choose one above 1023: {command.format(port=8000)}") from error
        except OSError as error:
            raise CannotStart(
                f"Port {port} on {host} cannot be used ({error.strerror}). Stop the program that has it, or choose"
                f" another: {command.format(port=port + 1 if port < 65535 else 8000)}"
            ) from error


def free_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
