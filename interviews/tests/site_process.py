"""A real web process of its own, to be killed: its folder, its port, its SQLite file. Everything started is known by pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from django.conf import settings

from interviews.tests.migrated import put_database

READY_S = 60.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class SiteProcess:
    """Daphne in a subprocess. `kill` is SIGKILL; `start` again goes on with the same database."""

    def __init__(self, var_dir: Path, **settings_: str) -> None:
        """`settings_` are variables of its environment."""
        self.var_dir, self.port = var_dir, free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._log = (var_dir / "web.log").open("ab")
        self._environment = {
            **os.environ, "VAR_DIR": str(var_dir), "PORT": str(self.port), "DATABASE_URL": "", "REDIS_URL": "",
            "DJANGO_SETTINGS_MODULE": "interview_site.settings", **settings_,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        """Run a management command in the same folder; returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port), "interview_site.asgi:application"]
        self._process = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self._environment, stdout=self._log, stderr=self._log, start_new_session=True
        )
        end = time.monotonic() + READY_S
        while not self._answers():
            assert self._process.poll() is None, "the web process ended by itself"
            assert time.monotonic() < end, "the web process does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the process and its children: no flushing, no goodbye. May be called twice."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
            self._process = None

    def ask_to_stop(self) -> None:
        """SIGTERM, as a deploy sends it; `wait` for the end."""
        self._process.terminate()

    def wait(self) -> int:
        """The exit code of a process that was asked to stop."""
        code = self._process.wait(READY_S)
        self._process = None
        return code

    def __enter__(self) -> "SiteProcess":
        put_database(self.var_dir)
        self.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()
        self._log.close()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
