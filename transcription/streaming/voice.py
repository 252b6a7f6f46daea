"""A stream of PCM with an ear on it: what it heard, and the sound of a span while somebody may still ask for it.

The ear is that of the interview's calls (`hearing.Hearings`, same threads, same policy); here no file stands behind it, so the
last phrase is kept in memory and what the ear cannot take in time is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

from transcription.ear.choice import make_ear as chosen_ear
from transcription.ear.events import Ear, SpeechEnded, SpeechEvent, SpeechStarted
from transcription.ear.policy import ear_policy
from transcription.frames import FRAME_MS, PAYLOAD, make
from transcription.hearing import Hearing, Hearings
from transcription.wav import BYTES_PER_MS

SLACK_MS = 1_000  # kept before the present besides the pre-roll: the ear looks back before it says that speech began


@dataclass(frozen=True)
class Source:
    """Frames that nobody stores: `hearing` knows them by the same names as a take."""

    number: int = 1
    offset_ms: int = 0
    segmented_ms: int = 0


class Tail:
    """The last of a stream. `between` gives PCM of [start, end) ms, as far as it is still there."""

    def __init__(self) -> None:
        self._pcm = bytearray()
        self._from_ms = 0

    def add(self, pcm: bytes) -> None:
        self._pcm += pcm

    def between(self, start_ms: int, end_ms: int) -> bytes:
        first, last = (max(0, at - self._from_ms) * BYTES_PER_MS for at in (start_ms, end_ms))
        return bytes(self._pcm[first:last])

    def forget_before(self, at_ms: int) -> None:
        gone_ms = min(at_ms - self._from_ms, len(self._pcm) // BYTES_PER_MS)
        if gone_ms > 0:
            del self._pcm[: gone_ms * BYTES_PER_MS]
            self._from_ms += gone_ms


OnVoice = Callable[["Voice", Hearing, SpeechEvent], None]


class Voice:
    """One stream from its `start`; times are ms since then. `on_event` is called on the loop, in the order of the sound."""

    def __init__(self, on_event: OnVoice, *, language: str, make_ear: Callable[[], Ear] = chosen_ear) -> None:
        self.language = language
        self._on_event = on_event
        self._source = Source()
        self._hearings = Hearings(make_ear, self._heard)
        self._tail = Tail()
        self._rest = b""
        self._next = 0
        self._since_ms: int | None = None
        self._kept_ms = ear_policy().pre_roll_ms + SLACK_MS

    def feed(self, pcm: bytes) -> bool:
        """Whole samples, any number. False: the ear is so far behind that sound was lost."""
        data = self._rest + pcm
        whole = len(data) // PAYLOAD * PAYLOAD
        self._rest = data[whole:]
        for at in range(0, whole, PAYLOAD):
            piece = data[at : at + PAYLOAD]
            self._tail.add(piece)
            self._hearings.frame(self._source, make(self._source.number, self._next, piece))
            self._next += 1
        hearing = self._hearings.of(self._source.number)
        return hearing is None or not hearing.behind

    def end_phrase(self) -> None:
        """What is being said ends here, as far as it came; returns before the ear has heard it."""
        if hearing := self._hearings.of(self._source.number):
            self._hearings.flush_later(hearing)

    async def heard(self) -> None:
        """Everything fed so far was heard and told."""
        await self._hearings.heard()

    async def close(self) -> None:
        """Stop hearing; what was not heard yet never will be."""
        await self._hearings.abandon()

    def between(self, start_ms: int, end_ms: int) -> bytes:
        return self._tail.between(start_ms, end_ms)

    def _heard(self, hearing: Hearing, events: list[SpeechEvent]) -> None:
        for event in events:
            if isinstance(event, SpeechStarted):
                self._since_ms = event.at_ms
            self._on_event(self, hearing, event)
            if isinstance(event, SpeechEnded):
                hearing.stretch_ended()
                self._since_ms = None
        now_ms = hearing.next * FRAME_MS
        self._tail.forget_before(min(now_ms, self._since_ms if self._since_ms is not None else now_ms) - self._kept_ms)
