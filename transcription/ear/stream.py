"""PCM of any length → windows of one length on a clock; a jump in time begins anew. Pure."""

from collections.abc import Iterator

import numpy as np

SAMPLES_PER_MS = 16
JUMP_MS = 20  # two pieces that lie further apart are two streams


class Windows:
    """`samples` a window. `at_ms`: end of the last whole window; None before the first piece and after `clear`."""

    def __init__(self, samples: int) -> None:
        self.samples = samples
        self.at_ms: int | None = None
        self._rest = b""

    def jumps_to(self, start_ms: int) -> bool:
        """Whether a piece that starts here does not follow what was heard (the first one does not)."""
        return self.at_ms is None or abs(start_ms - self.at_ms - len(self._rest) // 2 // SAMPLES_PER_MS) > JUMP_MS

    def begin(self, start_ms: int) -> None:
        self.at_ms, self._rest = start_ms, b""

    def clear(self) -> None:
        self.at_ms, self._rest = None, b""

    def cut(self, pcm16: bytes) -> np.ndarray:
        """Whole windows as float32 in [-1, 1], shape (count, samples); the rest waits for the next piece."""
        data = self._rest + pcm16
        whole = len(data) // (self.samples * 2) * (self.samples * 2)
        self._rest = data[whole:]
        return np.frombuffer(data[:whole], "<i2").reshape(-1, self.samples).astype(np.float32) / 32768

    def times(self, count: int) -> Iterator[int]:
        """The end of each of the next `count` windows."""
        for _ in range(count):
            self.at_ms += self.samples // SAMPLES_PER_MS
            yield self.at_ms


def decibels(windows: np.ndarray) -> np.ndarray:
    """dBFS of each window."""
    return 10 * np.log10((windows**2).mean(axis=1) + 1e-10)
