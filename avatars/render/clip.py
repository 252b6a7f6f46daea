"""One clip from start to end: a thread paints, the calling thread encodes, a short queue lies between (local_engine 3)."""

import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import cv2
import numpy as np

from .acting import Expression, poses
from .captions import Captions
from .encoder import ClipWriter
from .layers import Pixels
from .notice import label
from .script import expressions_for
from .sound import VIDEO_RATE, Voice, resampled
from .stage import Art, Look, Stage

FPS = 25
FRAME_MS = 1000 // FPS
SIZES: dict[str, tuple[int, int]] = {
    "480x480": (480, 480), "720x720": (720, 720), "1280x720": (1280, 720), "720x1280": (720, 1280),
}  # fmt: skip
MAX_DURATION_S = 1200
_QUEUE = 8  # frames between painter and encoder
_JOBS = threading.BoundedSemaphore(2)  # of this process (design §3, threats: bounded by construction)
_WAIT_S = 20.0


class Busy(RuntimeError):
    """Two clips are being rendered in this process already, and none ended in time."""


class TooLong(ValueError):
    """The speech is longer than MAX_DURATION_S."""


class Stopped(RuntimeError):
    """The caller asked to stop, or its time was over."""


@dataclass(frozen=True)
class ClipOrder:
    """What to render. `seed` moves blinks and glances; without `expressions` the words choose them (`script`)."""

    look: Look
    voice: Voice
    captions: bool = False
    seed: int = 1
    expressions: Sequence[Expression] | None = None

    @property
    def frames(self) -> int:
        return max(1, -(-self.duration_ms // FRAME_MS))

    @property
    def duration_ms(self) -> int:
        """Of the sound, rounded up."""
        return -(-len(self.voice.pcm16) * 1000 // self.voice.sample_rate)


@lru_cache(maxsize=3)
def art_of(look: Look) -> Art:
    """The prepared pictures of a look; the last three are kept. Raises FileNotFoundError, UnknownPresenter."""
    return Art(look)


def render_clip(order: ClipOrder, file: BinaryIO, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Write the clip as fragmented MP4 into `file`; returns its duration in ms. Fragments are written as they are made.

    `stop` is asked before every frame. Raises TooLong, Busy, Stopped, FileNotFoundError, UnknownPresenter, OSError and
    av.FFmpegError; nothing is left running after any of them.
    """
    if order.duration_ms > MAX_DURATION_S * 1000:
        raise TooLong(f"a clip lasts {MAX_DURATION_S} seconds at most")
    if not _JOBS.acquire(timeout=_WAIT_S):
        raise Busy("two clips are being rendered already")
    try:
        art = art_of(order.look)
        writer = ClipWriter(file, width=order.look.width, height=order.look.height, fps=FPS)
        painter = _Painter(order, art)
        try:
            writer.sound(resampled(order.voice.pcm16, order.voice.sample_rate, VIDEO_RATE))
            painter.start()
            left_ms = order.duration_ms
            for _frame in range(order.frames):
                if stop():
                    raise Stopped
                with painter.next() as pixels:
                    i420 = cv2.cvtColor(pixels, cv2.COLOR_BGRA2YUV_I420)
                writer.frame(i420, min(FRAME_MS, left_ms))
                left_ms -= FRAME_MS
            writer.close()
        except BaseException:
            writer.abandon()
            raise
        finally:
            painter.stop()
        return order.duration_ms
    finally:
        _JOBS.release()


class _Lent:
    """A painted frame that goes back to the painter when the block ends."""

    def __init__(self, pixels: Pixels, home: "queue.SimpleQueue[Pixels | None]") -> None:
        self._pixels, self._home = pixels, home

    def __enter__(self) -> Pixels:
        return self._pixels

    def __exit__(self, *fault: object) -> None:
        self._home.put(self._pixels)


class _Painter:
    """Paints ahead in its own thread into a few buffers that go round."""

    def __init__(self, order: ClipOrder, art: Art) -> None:
        self._order, self._art = order, art
        look = order.look
        # New memory for every frame would cost as much as painting it.
        self._free: queue.SimpleQueue[Pixels | None] = queue.SimpleQueue()
        for _buffer in range(_QUEUE):
            self._free.put(np.empty((look.height, look.width, 4), np.uint8))
        self._painted: queue.SimpleQueue[Pixels | BaseException] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="painter", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def next(self) -> _Lent:
        """The next frame. Raises what the painter met."""
        found = self._painted.get()
        if isinstance(found, BaseException):
            raise found
        return _Lent(found, self._free)

    def stop(self) -> None:
        """End the thread and wait for it; safe at any time."""
        self._stopping.set()
        self._free.put(None)
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            self._paint()
        except BaseException as fault:  # handed over to the encoding thread, which raises it
            self._painted.put(fault)

    def _paint(self) -> None:
        order, look = self._order, self._order.look
        stage, sign = Stage(self._art), label(look.width, look.height)
        timeline = order.voice.timeline
        captions = Captions(timeline, order.voice.text, look.width, look.height) if order.captions else None
        chosen = order.expressions
        if chosen is None:
            chosen = expressions_for(timeline, order.voice.text)
        acted = poses(timeline, frames=order.frames, fps=FPS, seed=order.seed, expressions=chosen)
        for number, pose in enumerate(acted):
            buffer = self._free.get()
            if buffer is None or self._stopping.is_set():
                return
            stage.draw(pose, buffer)
            if captions and (words := captions.at(number * FRAME_MS)):
                words.over(buffer, self._art.canvas)
            sign.over(buffer, self._art.canvas)
            self._painted.put(buffer)
