"""One part of the site as a child process in its own group: started, read line by line, ended with all its children."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

BACKOFF_S, MOST_BACKOFF_S = 0.2, 30.0
HEALTHY_S = 60.0  # after so long the next death starts the back-off anew
NO_NEWS = ("Memory overcommit must be enabled",)  # advice for large servers, not for 256 MB beside the site
_CHILD = str(Path(__file__).with_name("child.py"))
_WATCHDOG = str(Path(__file__).with_name("watchdog.py"))


class Log:
    """Prefixed lines on standard output; one lock, so that lines of different parts do not mix."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def line(self, part: str, text: str) -> None:
        with self._lock:
            try:
                print(f"{part:<7}| {text}", flush=True)
            except (OSError, ValueError):
                pass  # the terminal is gone; the parts go on until the hang-up signal is handled

    def plain(self, text: str) -> None:
        """The stable lines a program reads: no prefix."""
        with self._lock:
            print(text, flush=True)


class Watchdog:
    """The process that outlives us by a moment: it ends the groups if we are killed (see watchdog.py)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", _WATCHDOG], stdin=subprocess.PIPE, text=True, bufsize=1, start_new_session=True
        )

    def tell(self, word: str) -> None:
        try:
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            pass  # without it the kernel's parent-death signal is left

    def dismiss(self) -> None:
        self.tell("bye")
        self._process.stdin.close()
        self._process.wait()


@dataclass
class Part:
    """`stop_s` is how long it may take to end by itself after SIGTERM; `environ` is the child's whole environment."""

    name: str
    argv: list[str]
    environ: dict[str, str]
    log: Log
    watchdog: Watchdog
    stop_s: float = 5.0
    now: Callable[[], float] = time.monotonic
    process: subprocess.Popen | None = None
    deaths: int = 0
    started: float = 0.0
    restart_at: float = 0.0
    _pump: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-E", _CHILD, str(os.getpid()), *self.argv],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environ,
            start_new_session=True,  # its own group: Ctrl-C reaches the supervisor only, which stops things in order
        )
        self.started = self.now()
        self.watchdog.tell(f"+{self.process.pid}")
        self._pump = threading.Thread(target=self._read_lines, args=(self.process,), daemon=True)
        self._pump.start()

    def _read_lines(self, process: subprocess.Popen) -> None:
        for raw in process.stdout:
            text = raw.decode("utf-8", "replace").rstrip()
            if text and not any(word in text for word in NO_NEWS):
                self.log.line(self.name, text)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def bury(self) -> float:
        """After a death: end what is left of its group, so that no orphan does the work twice.

        Returns how many seconds to wait until the next start: 0.2·2ⁿ, at most 30.
        """
        code = self.process.returncode
        self._end_group()
        if self.now() - self.started > HEALTHY_S:
            self.deaths = 0
        delay = min(BACKOFF_S * 2**self.deaths, MOST_BACKOFF_S)
        self.deaths = min(self.deaths + 1, 16)
        self.restart_at = self.now() + delay
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        self.log.line("site", f"{self.name} ended {how}; it is started again in {delay:.1f} s")
        return delay

    def ask_to_stop(self) -> None:
        if self.running:
            try:
                self.process.terminate()
            except ProcessLookupError:
                pass

    def stop(self, *, hurry: Callable[[], bool] = lambda: False) -> None:
        """SIGTERM, `stop_s` seconds to end by itself (none once `hurry()` says so), then the whole group is killed."""
        if self.process is None:
            return
        self.ask_to_stop()
        end = self.now() + self.stop_s
        while self.running and self.now() < end and not hurry():
            time.sleep(0.05)
        if self.running:
            self.log.line("site", f"{self.name} did not stop by itself and is ended")
        self._end_group()
        if self._pump:
            self._pump.join(timeout=1)

    def _end_group(self) -> None:
        group = self.process.pid
        try:
            os.killpg(group, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self.process.wait()
        self.watchdog.tell(f"-{group}")
