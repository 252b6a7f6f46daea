"""The site's end of the espeak-ng process: starts it lazily, talks to it under a lock, starts it again when it dies or hangs.

Each process of the site (each web server, each Celery child) has one worker of its own; its threads take turns.
"""

import atexit
import json
import logging
import os
import select
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("espeak_worker.py")
START_TIMEOUT_S = 10.0
REQUEST_TIMEOUT_S = 10.0
# How long a request waits for the requests before it.
QUEUE_TIMEOUT_S = 20.0
# Restarts in a row wait 0, 0.2, 0.4 … at most 5 s; the wait is told to the caller, never slept through under the lock.
BACKOFF_FIRST_S, BACKOFF_MAX_S = 0.2, 5.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class RawSpeech:
    """What espeak said: PCM16, `phonemes` (sample, mnemonic), `words` (sample, first character, length)."""

    pcm16: bytes
    sample_rate: int
    phonemes: tuple[tuple[int, str], ...]
    words: tuple[tuple[int, int, int], ...]


class WorkerDied(Exception):
    """The process ended, hung or broke the protocol in the middle of a request."""


class EspeakProcess:
    """One guarded worker. Every public method may be called from any thread."""

    def __init__(self, command: list[str] | None = None) -> None:
        # -I: no PYTHON* variables and no current folder; the virtual environment's packages stay.
        self._command = command or [sys.executable, "-I", "-u", str(WORKER)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner_pid = 0
        self._failures = 0
        self._not_before = 0.0
        self.version = ""
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._forget_after_fork)

    def say(self, *, text: str, voice: str, rate: int, pitch: int, pitch_range: int) -> RawSpeech:
        """One text through the worker; a worker that dies in the middle is replaced and the text tried once more.

        Raises ProviderError: invalid_request (refused voice or request), rate_limit (queue full, or waiting after
        crashes), server.
        """
        request = {
            "text": text,
            "voice": voice,
            "rate": rate,
            "pitch": pitch,
            "range": pitch_range,
            "timeout_s": REQUEST_TIMEOUT_S,
        }
        if not self._lock.acquire(timeout=QUEUE_TIMEOUT_S):
            raise self._error("the speech process is busy", Category.RATE_LIMIT, retry_after_s=1.0)
        try:
            try:
                return self._ask(request)
            except WorkerDied as first:
                log.warning("espeak worker died, trying once more", extra={"reason": str(first)})
            try:
                return self._ask(request)
            except WorkerDied as second:
                raise self._error(f"espeak worker died twice: {second}", Category.SERVER, permanent=True)
        finally:
            self._lock.release()

    def warm_up(self) -> None:
        """Start the process now. Raises ProviderError when it cannot start."""
        with self._lock:
            try:
                self._started()
            except WorkerDied as error:
                raise self._error(f"espeak worker did not start: {error}", Category.SERVER)

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process and process.poll() is None else None

    def close(self) -> None:
        """End the process. May be called twice; a later `say` starts a new one."""
        with self._lock:
            self._end()

    def _ask(self, request: dict[str, Any]) -> RawSpeech:
        process = self._started()
        deadline = time.monotonic() + REQUEST_TIMEOUT_S + 1.0
        try:
            body = json.dumps(request, ensure_ascii=False).encode("utf-8", "replace")
            self._write(process, struct.pack(">I", len(body)) + body, deadline)
            header = self._read_message(process, deadline)
            pcm_bytes = header.get("pcm_bytes", 0)
            if not isinstance(pcm_bytes, int) or not 0 <= pcm_bytes <= MAX_ANSWER_BYTES:
                raise WorkerDied("answer of an impossible size")
            pcm = self._read(process, pcm_bytes, deadline)
        except (WorkerDied, OSError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}; exit code {process.poll()}"
            self._failed()
            raise WorkerDied(reason)
        self._failures = 0
        if not header.get("ok"):
            category = Category.SERVER if header.get("error") == "synthesis" else Category.INVALID_REQUEST
            raise self._error(f"espeak refused: {header.get('error')} {header.get('detail')}", category)
        return RawSpeech(
            pcm,
            int(header["sample_rate"]),
            tuple((int(sample), str(name)) for sample, name in header["phonemes"]),
            tuple((int(sample), int(start), int(length)) for sample, start, length in header["words"]),
        )

    def _started(self) -> subprocess.Popen[bytes]:
        """The running worker, started when there is none. Called under the lock."""
        if self._owner_pid != os.getpid():
            self._forget_after_fork_locked()
        if self._process is not None and self._process.poll() is None:
            return self._process
        if self._process is not None:
            self._end()
        wait = self._not_before - time.monotonic()
        if wait > 0:
            raise self._error("espeak worker crashed repeatedly, waiting", Category.RATE_LIMIT, retry_after_s=round(wait, 1))
        self._owner_pid = os.getpid()
        # A new session: Ctrl-C in the terminal must not end the worker before its owner (design §9).
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin and self._process.stdout
        os.set_blocking(self._process.stdin.fileno(), False)
        os.set_blocking(self._process.stdout.fileno(), False)
        try:
            hello = self._read_message(self._process, time.monotonic() + START_TIMEOUT_S)
        except (WorkerDied, OSError, ValueError) as error:
            self._failed()
            raise WorkerDied(str(error))
        if not hello.get("ready"):
            self._failed()
            raise self._error(f"espeak-ng cannot be loaded: {hello.get('detail')}", Category.SERVER, permanent=True)
        self.version = str(hello.get("version", ""))
        return self._process

    def _failed(self) -> None:
        self._end()
        self._failures += 1
        # The first restart is immediate: the request in hand is waiting for it.
        pause = 0.0 if self._failures <= 1 else min(BACKOFF_FIRST_S * 2 ** (self._failures - 2), BACKOFF_MAX_S)
        self._not_before = time.monotonic() + pause

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner_pid != os.getpid():
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.kill()
        process.wait()

    def _forget_after_fork(self) -> None:
        # Another thread may have held the lock at the moment of the fork.
        self._lock = threading.Lock()
        self._forget_after_fork_locked()

    def _forget_after_fork_locked(self) -> None:
        process, self._process = self._process, None
        self._failures, self._not_before = 0, 0.0
        if process is None:
            return
        # An open copy of the pipe here would keep the worker alive after its owner's death.
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.returncode = 0  # not our child: Popen must not wait for it

    def _write(self, process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
        assert process.stdin
        view, fd = memoryview(data), process.stdin.fileno()
        while view:
            if not select.select([], [fd], [], max(0.0, deadline - time.monotonic()))[1]:
                raise WorkerDied("timed out while being asked")
            view = view[os.write(fd, view) :]

    def _read(self, process: subprocess.Popen[bytes], count: int, deadline: float) -> bytes:
        assert process.stdout
        parts, fd = bytearray(), process.stdout.fileno()
        while len(parts) < count:
            if not select.select([fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise WorkerDied("timed out")
            chunk = os.read(fd, min(count - len(parts), 1 << 20))
            if not chunk:
                raise WorkerDied("ended")
            parts += chunk
        return bytes(parts)

    def _read_message(self, process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._read(process, 4, deadline))
        if length > MAX_ANSWER_BYTES:
            raise WorkerDied("answer of an impossible size")
        message = json.loads(self._read(process, length, deadline))
        if not isinstance(message, dict):
            raise WorkerDied("answer that is no object")
        return message

    @staticmethod
    def _error(
        text: str, category: Category, *, permanent: bool | None = None, retry_after_s: float | None = None
    ) -> ProviderError:
        return ProviderError(text, category=category, provider="espeak", permanent=permanent, retry_after_s=retry_after_s)
