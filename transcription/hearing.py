"""The ears of one socket, one a take: frames in as they come, what was found out in the same order.

Ears hear in their own few threads; the frames that came meanwhile are heard together next time, so that a busy machine does
fewer and larger pieces of work. When even that is not enough, the rest of the take is heard from its file.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from transcription.ear import threads
from transcription.ear.events import Ear, SpeechEvent, SpeechPaused
from transcription.frames import FRAME_MS, Frame

log = logging.getLogger(__name__)
MOST_EARLY = 3  # recognitions ahead of time within one stretch, each with twice the voice of the one before
MOST_AT_ONCE = 64  # frames
MOST_WAITING = 2_000  # frames; two minutes of sound


class Source(Protocol):
    """Where frames come from: a take, or a stream nobody stores."""

    @property
    def number(self) -> int: ...

    @property
    def offset_ms(self) -> int:
        """Its first sound, on the recording's clock."""

    @property
    def segmented_ms(self) -> int:
        """What lies before it was heard already."""


@dataclass
class Hearing:
    """An ear on one take. Frames: `queued` is the first not yet taken, `next` the first not yet heard."""

    take: Source
    ear: Ear
    queued: int
    next: int
    from_ms: int  # what lies before it is heard from the file
    behind: bool = False  # a note was lost, or frames were not heard: hear the file again from what is noted
    early: int = 0  # recognitions ahead of time within the present stretch …
    early_voiced_ms: int = 0  # … and its voice at the last of them

    @property
    def now_ms(self) -> int:
        """Where the sound now stands, on the recording's clock."""
        return self.take.offset_ms + self.next * FRAME_MS

    def is_worth_trying(self, pause: SpeechPaused) -> bool:
        """Whether the stretch should be recognised ahead of time at this pause; yes counts as tried."""
        if self.early >= MOST_EARLY or pause.voiced_ms < 2 * self.early_voiced_ms:
            return False
        self.early, self.early_voiced_ms = self.early + 1, pause.voiced_ms
        return True

    def stretch_ended(self) -> None:
        self.early = self.early_voiced_ms = 0


OnHeard = Callable[[Hearing, list[SpeechEvent]], None]


class Hearings:
    """`on_heard` is called on the loop, once a frame, with what its ear found in it."""

    def __init__(self, make_ear: Callable[[], Ear], on_heard: OnHeard) -> None:
        self._make_ear, self._on_heard = make_ear, on_heard
        self._hearings: dict[int, Hearing] = {}
        self._queue: asyncio.Queue[tuple[Hearing, Frame | None]] = asyncio.Queue()
        self._pump: asyncio.Task | None = None

    def all(self) -> list[Hearing]:
        return list(self._hearings.values())

    def of(self, number: int | None) -> Hearing | None:
        return self._hearings.get(number) if number is not None else None

    def frame(self, take: Source, frame: Frame) -> None:
        """The recorder's next new frame."""
        hearing = self._hearings.get(take.number)
        if hearing is None:
            hearing = Hearing(take, self._make_ear(), frame.seq, frame.seq, frame.seq * FRAME_MS)
            hearing.behind = hearing.from_ms > take.segmented_ms
            self._hearings[take.number] = hearing
        if frame.seq < hearing.queued:
            return  # sent again after a fault of the storage: heard already
        hearing.queued = frame.seq + 1
        if self._queue.qsize() >= MOST_WAITING:
            hearing.behind = True
            return
        self._put(hearing, frame)

    async def flush(self, hearing: Hearing) -> None:
        """Its stream has ended, or is taken to; what was found has been told when this returns."""
        self._put(hearing, None)
        await self._queue.join()

    def flush_later(self, hearing: Hearing) -> None:
        """As `flush`, for somebody who cannot wait for it."""
        self._put(hearing, None)

    async def heard(self) -> None:
        """Everything that came so far was heard and told."""
        await self._queue.join()

    async def close(self) -> None:
        """Hear the rest and stop; may be called twice."""
        for hearing in self.all():
            await self.flush(hearing)
        await self.abandon()

    async def abandon(self) -> None:
        """Stop without hearing the rest; may be called twice."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None

    def _put(self, hearing: Hearing, frame: Frame | None) -> None:
        self._queue.put_nowait((hearing, frame))
        if self._pump is None:
            self._pump = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                found = await threads.listen(partial(_listen, batch))
                for (hearing, frame), events in zip(batch, found, strict=True):
                    hearing.next = max(hearing.next, frame.seq + 1 if frame else 0)
                    self._on_heard(hearing, events)
            except Exception:  # the outermost loop of hearing: what is lost here is heard from the file
                log.exception("hearing was interrupted")
                for hearing, _frame in batch:
                    hearing.behind = True
            finally:
                for _ in batch:
                    self._queue.task_done()


def _listen(batch: list[tuple[Hearing, Frame | None]]) -> list[list[SpeechEvent]]:
    return [hearing.ear.feed(frame.pcm, frame.seq * FRAME_MS) if frame else hearing.ear.flush() for hearing, frame in batch]
