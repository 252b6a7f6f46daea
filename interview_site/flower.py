"""`script/flower`: the task monitor of embedded mode on loopback, with a login of its own (embedded.md)."""

import os
import secrets
import sys

from django.core.exceptions import ImproperlyConfigured

from interview_site.supervisor.errors import CannotStart
from interview_site.supervisor.guards import require_free_port


def main() -> int:
    """Becomes Flower; returns only when it cannot start."""
    try:
        from interview_site import settings
    except ImproperlyConfigured as error:
        print(f"A setting is wrong: {error}", file=sys.stderr)
        return 2
    if not settings.REDIS_URL:
        print("No site is running on this VAR_DIR: start script/server first, or set REDIS_URL.", file=sys.stderr)
        return 1
    login = os.environ.get("FLOWER_BASIC_AUTH") or _login(settings.VAR_DIR / "flower.txt")
    port = settings.env.int("FLOWER_PORT", default=5555, least=1, most=65535)
    try:
        require_free_port("127.0.0.1", port, command="FLOWER_PORT={port} script/flower")
    except CannotStart as error:
        print(f"Flower cannot start: {error}", file=sys.stderr)
        return 1
    user, _colon, password = login.partition(":")
    print(f"Flower: http://127.0.0.1:{port}/ {user} {password}", flush=True)
    # The login goes by the environment: arguments can be read by every user of the machine.
    argv = [sys.executable, "-m", "celery", "--quiet", "-A", "interview_site", "flower", "--address=127.0.0.1", f"--port={port}"]
    os.execve(sys.executable, argv, {**os.environ, "FLOWER_BASIC_AUTH": login})


def _login(path: os.PathLike[str]) -> str:
    """`user:password` kept in a 0600 file, made on first use."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        with open(path) as file:
            return file.read().strip()
    with os.fdopen(descriptor, "w") as file:
        login = f"flower:{secrets.token_hex(10)}"
        file.write(login + "\n")
    return login


if __name__ == "__main__":
    sys.exit(main())
