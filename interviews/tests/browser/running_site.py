"""The whole site as a person starts it, in a folder and on a port of its own."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from interviews.tests.browser.site_shell import SiteShell
from interviews.tests.migrated import put_database

START_S = 120
_INVITE = """
from interviews import links
from interviews.models import Position
from interviews.services import invitations
interview = invitations.invite(position=Position.objects.get({wanted}), name="Bob Smith")
print(links.link(interview.public_id, interview.link_generation))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class RunningSite:
    """`start()` waits for `Ready:` and reads the printed lines: `base_url`, `admin` (user, password), `interviews`.

    `web_pid()` finds the web part, so that a test can kill it; the supervisor then starts it again.
    """

    var_dir: Path
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    base_url: str = ""
    admin: tuple[str, str] = ("", "")
    interviews: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen | None = None
    _shell: SiteShell | None = None

    def start(self) -> "RunningSite":
        put_database(self.var_dir)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "interview_site.supervisor"], cwd=settings.BASE_DIR, env=self._environ(),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        arrived: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(arrived,), daemon=True).start()
        end = time.monotonic() + START_S
        # Admin and interviews follow Ready at once; the last of three languages closes the announcement.
        while not (self.base_url and len(self.interviews) >= 3):
            try:
                line = arrived.get(timeout=max(0.1, end - time.monotonic()))
            except queue.Empty:
                line = None
            if line is None:
                self.stop()
                raise AssertionError("the site did not start:\n" + "\n".join(self.lines[-40:]))
            self._note(line)
        return self

    def _environ(self) -> dict[str, str]:
        """Nothing of the test run's own closed environment may leak into the site."""
        own = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        clean = {name: value for name, value in os.environ.items() if name not in own}
        return {**clean, "VAR_DIR": str(self.var_dir), "PORT": str(self.port), "PYTHONUNBUFFERED": "1", **self.environ}

    def _read(self, arrived: "queue.Queue[str | None]") -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            arrived.put(line.rstrip())
        arrived.put(None)

    def _note(self, line: str) -> None:
        if line.startswith("Ready: "):
            self.base_url = line.removeprefix("Ready: ")
        elif line.startswith("Admin: "):
            _, user, *password = line.removeprefix("Admin: ").split()
            self.admin = (user, password[0] if password else "")
        elif line.startswith("Interview ("):
            language, url = line.removeprefix("Interview (").split("): ", 1)
            self.interviews[language] = url

    def web_pid(self) -> int:
        """The process id of the web part. Raises AssertionError when it does not run."""
        wanted = f"-p\0{self.port}\0"
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    command = (entry / "cmdline").read_bytes().decode("utf-8", "replace")
                except OSError:
                    continue
                if wanted in command and "daphne" in command and "child.py" not in command:
                    return int(entry.name)
        raise AssertionError("the web part does not run")

    def hurry(self) -> None:
        """Speak twice as fast, as HR may set it: a test need not sit through the whole sentences."""
        self.shell("from avatars.models import AvatarSettings; AvatarSettings.objects.update(speed=2.0)")

    def shell(self, code: str) -> str:
        """The last line that this code prints, run beside the site on its database."""
        if self._shell is None:
            self._shell = SiteShell(self._environ())
        return self._shell.run(code)

    def invite(self, **wanted: object) -> str:
        """A new link to the position with these fields: nobody's conversation but this run's of this test."""
        return self.shell(_INVITE.format(wanted=", ".join(f"{name}={value!r}" for name, value in wanted.items())))

    def kill_web(self) -> None:
        os.kill(self.web_pid(), signal.SIGKILL)

    def stop(self) -> None:
        if self._shell is not None:
            self._shell.close()
            self._shell = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def faults(self) -> list[str]:
        """Lines that must not be there: tracebacks and errors."""
        return [line for line in self.lines if "Traceback" in line or " ERROR " in line or " CRITICAL " in line]
