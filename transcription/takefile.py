"""A take on disk: its frames as they came, header and all, one after another. No Django, no clock.

Every frame but the last has the same length, so frame n starts at n × STRIDE and the PCM of a byte range is found by
arithmetic: the file is a log that checks itself (sequence and checksum of each frame) and at the same time playable
without a copy. What is in it, up to the first frame that does not check, is the truth (design §4, threats 19).
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

from transcription.frames import HEADER, PAYLOAD, SAMPLES, STRIDE, VERSION, Frame

_READ_AHEAD = 64  # frames read at once while checking


@dataclass
class Appended:
    """What became of a group of frames. `next` is the first sequence number the file does not have."""

    next: int = 0
    pcm_bytes: int = 0  # of the whole take
    stored: int = 0
    repeated: int = 0
    conflicts: list[int] = field(default_factory=list)  # same number, other bytes: the first was kept
    gap: int | None = None  # the number that came when `next` was expected
    ended: int | None = None  # a number past the take's last, short frame


class TakeFile:
    """Append and look up frames of one take. Safe for several threads and processes: each act holds the file's lock.

    `known` is the number of frames already trusted (the row's), which are not checked again. Raises OSError.
    """

    def __init__(self, path: Path, take: int, *, known: int = 0) -> None:
        self.path = path
        self.take = take
        self.frames = known
        self.pcm_bytes = 0
        self.ended = False
        self._lock = threading.Lock()
        self._fd = -1  # opened at first use
        self._size = -1  # unknown until checked

    def state(self) -> tuple[int, int]:
        """(frames, bytes of PCM) the file really has."""
        with self._held():
            return self.frames, self.pcm_bytes

    def append(self, frames: Sequence[Frame]) -> Appended:
        """Write what is new and in order by one append and one fsync; say what became of the rest."""
        with self._held():
            result = Appended()
            fresh: list[Frame] = []
            for frame in frames:
                self._judge(frame, fresh, result)
            if fresh:
                self._write(b"".join(frame.to_bytes() for frame in fresh))
                self.frames += len(fresh)
                self.pcm_bytes += sum(len(frame.pcm) for frame in fresh)
                self.ended = fresh[-1].is_last
            result.next, result.pcm_bytes, result.stored = self.frames, self.pcm_bytes, len(fresh)
            return result

    def sha256(self) -> str:
        """Hex hash of the PCM of all frames, read back from the disk."""
        digest = hashlib.sha256()
        with self._held():
            for index in range(0, self.frames, _READ_AHEAD):
                block = os.pread(self._fd, STRIDE * _READ_AHEAD, index * STRIDE)
                for start in range(0, len(block), STRIDE):
                    digest.update(block[start + HEADER.size : start + STRIDE])
        return digest.hexdigest()

    def close(self) -> None:
        """Let the descriptor go; the next act opens it again."""
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
                self._fd = self._size = -1

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock:
            if self._fd < 0:
                self._open()
            fcntl.flock(self._fd, fcntl.LOCK_EX)
            try:
                if os.fstat(self._fd).st_size != self._size:  # first look, or another process wrote
                    self._check()
                yield
            finally:
                fcntl.flock(self._fd, fcntl.LOCK_UN)

    def _open(self) -> None:
        fresh = not self.path.exists()
        if fresh:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if fresh:
            _sync_folder(self.path.parent)  # or a power cut may take the new name away

    def _judge(self, frame: Frame, fresh: list[Frame], result: Appended) -> None:
        expected = self.frames + len(fresh)
        if frame.seq < expected:
            known = fresh[frame.seq - self.frames] if frame.seq >= self.frames else None
            identity = (known.samples, known.crc) if known else self._identity(frame.seq)
            if identity == (frame.samples, frame.crc):
                result.repeated += 1
            else:
                result.conflicts.append(frame.seq)
        elif self.ended or (fresh and fresh[-1].is_last):
            result.ended = frame.seq
        elif frame.seq > expected:
            result.gap = frame.seq
        else:
            fresh.append(frame)

    def _identity(self, seq: int) -> tuple[int, int]:
        _, _, _, _, samples, crc = HEADER.unpack(os.pread(self._fd, HEADER.size, seq * STRIDE))
        return samples, crc

    def _write(self, data: bytes) -> None:
        try:
            written = 0
            while written < len(data):
                written += os.pwrite(self._fd, data[written:], self._size + written)
            os.fsync(self._fd)
        except OSError:
            # After a failed fsync the page cache may show what the disk does not have: forget it, it will be sent again.
            good, self._size = self._size, -1
            os.ftruncate(self._fd, good)
            raise
        self._size += len(data)

    def _check(self) -> None:
        """Find the truth: frames up to the first that does not check; what follows it is cut off."""
        size = os.fstat(self._fd).st_size
        trusted = min(self.frames, size // STRIDE)
        if trusted and not self._checks(os.pread(self._fd, STRIDE, (trusted - 1) * STRIDE), trusted - 1):
            trusted = 0
        frames, last = trusted, 0
        while not last:
            block = os.pread(self._fd, STRIDE * _READ_AHEAD, frames * STRIDE)
            if not block:
                break
            for start in range(0, len(block), STRIDE):
                samples = self._checks(block[start : start + STRIDE], frames)
                if not samples:
                    last = -1
                    break
                frames += 1
                if samples < SAMPLES:
                    last = samples
                    break
        self.frames, self.ended = frames, last > 0
        full = frames - (1 if self.ended else 0)
        good = full * STRIDE + (HEADER.size + last * 2 if self.ended else 0)
        self.pcm_bytes = full * PAYLOAD + (last * 2 if self.ended else 0)
        if size > good:
            os.ftruncate(self._fd, good)
            os.fsync(self._fd)
        self._size = good

    def _checks(self, block: bytes, seq: int) -> int:
        """Samples of the frame at the start of `block`, 0 when it is not frame `seq` whole and sound."""
        if len(block) < HEADER.size:
            return 0
        version, zero, take, found, samples, crc = HEADER.unpack_from(block)
        pcm = block[HEADER.size : HEADER.size + samples * 2]
        sound = (version, zero, take, found) == (VERSION, 0, self.take, seq) and 0 < samples <= SAMPLES
        return samples if sound and len(pcm) == samples * 2 and crc32(pcm) == crc else 0


def read_pcm(fd: int, start: int, length: int) -> bytes:
    """`length` bytes of PCM from byte `start` of an open take file; shorter at its end."""
    first, last = start // PAYLOAD, (start + length + PAYLOAD - 1) // PAYLOAD
    block = os.pread(fd, (last - first) * STRIDE, first * STRIDE)
    pcm = b"".join(block[at + HEADER.size : at + STRIDE] for at in range(0, len(block), STRIDE))
    return pcm[start - first * PAYLOAD :][:length]


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
