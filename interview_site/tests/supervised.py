"""A real site for tests of the supervisor: its own folder and port, everything it started known by pid."""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from interview_site.supervisor.guards import free_port

ROOT = Path(__file__).resolve().parents[2]
Found = TypeVar("Found")


def eventually(ask: Callable[[], Found], within_s: float = 20.0) -> Found:
    """The first true answer of `ask`; fails after `within_s` seconds (a bound, not an expectation)."""
    end = time.monotonic() + within_s
    while not (found := ask()):
        assert time.monotonic() < end, f"not within {within_s} s: {ask}"
        time.sleep(0.05)
    return found


def _stat(pid: int) -> tuple[int, str] | None:
    """(parent, state) of a process, None when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(words[1]), words[0]
    except (OSError, IndexError):
        return None


def is_alive(pid: int) -> bool:
    found = _stat(pid)
    return found is not None and found[1] != "Z"


def descendants(pid: int) -> set[int]:
    """Every living process below `pid`."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {each: stat[0] for each in pids if (stat := _stat(each))}
    found: set[int] = set()
    fresh = {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return {child for child in found if is_alive(child)}


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def environment(var_dir: Path, port: int) -> dict[str, str]:
    """Embedded mode without anything of this machine's own settings."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    return {**keep, "VAR_DIR": str(var_dir), "PORT": str(port), "SITE_MODE": "embedded", "REDIS_URL": "", "DATABASE_URL": ""}


class RunningSite:
    """`python -m interview_site.supervisor`; `lines` is what it has printed so far."""

    def __init__(self, var_dir: Path, *arguments: str) -> None:
        self.var_dir, self.port = var_dir, free_port()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "interview_site.supervisor", *arguments],
            cwd=ROOT,
            env=environment(var_dir, self.port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def line(self, start: str) -> str:
        """The first printed line that begins so, once it is there."""
        def ask() -> str:
            assert self.process.poll() is None, "\n".join(self.lines)
            return next((line for line in self.lines if line.startswith(start)), "")

        return eventually(ask, 60)

    def part(self, *words: str) -> int:
        """The pid of the topmost living child whose command holds all words."""
        def ask() -> int:
            below = sorted(descendants(self.process.pid))
            return next((pid for pid in below if all(word in command_line(pid) for word in words)), 0)

        return eventually(ask)

    def get(self, path: str) -> int:
        """The status of an address, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def kill(self) -> None:
        """The last resort of a fixture: whatever is left, by pid."""
        below = descendants(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
        for pid in filter(is_alive, below):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
