"""Phrases of one line → text, one after another in their order, beside the line's receive loop.

What waits is bounded in number and bytes. A phrase whose words were already understood at its last pause is not asked about a
second time; a pause that is no longer the last thing said is not asked about at all.
"""

import asyncio
import logging
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings

from interview_site.errors import ProviderError
from interview_site.threads import StorageUnavailable, Threads
from transcription.decoding import NotDecodable, decode
from transcription.ear import threads
from transcription.ear.choice import make_ear as chosen_ear
from transcription.ear.events import Ear, SpeechEnded, SpeechStarted
from transcription.services.understanding import Understanding, understand_unstored
from transcription.streaming import wording
from transcription.streaming.policy import StreamPolicy
from transcription.wav import BYTES_PER_MS

log = logging.getLogger(__name__)
PIECE_MS = 4_096  # heard at once, so that a long file does not keep others from the ear
_decoding = Threads("transcribe-decode", 2).run
_recognising = Threads("transcribe-recognise", settings.TRANSCRIBE_THREADS).run
Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Phrase:
    """A stretch of a stream; with `is_over` its text is final."""

    start_ms: int
    end_ms: int
    sound: bytes
    language: str
    is_over: bool = True

    @property
    def span(self) -> tuple[int, int]:
        return self.start_ms, self.end_ms

    @property
    def identity(self) -> tuple[int, int, int]:
        """The same for two phrases with the same sound at the same place."""
        return *self.span, zlib.crc32(self.sound)


@dataclass(frozen=True)
class RecordedPhrase:
    """A whole file with a phrase in it."""

    sound: bytes
    language: str


class Scribe:
    """`say` takes a message for the client. `local_only`: nobody outside the company may hear it."""

    def __init__(
        self, say: Say, *, local_only: bool, policy: StreamPolicy, make_ear: Callable[[], Ear] = chosen_ear
    ) -> None:  # fmt: skip
        self._say, self._local_only, self._policy, self._make_ear = say, local_only, policy, make_ear
        self._waiting: list[Phrase | RecordedPhrase] = []
        self._news = asyncio.Event()
        self._is_idle = asyncio.Event()
        self._is_idle.set()
        self._worker: asyncio.Task[None] | None = None
        self._latest: tuple[tuple[int, int, int], Understanding] | None = None
        self.decoded_ms = 0  # of files, all together

    def take(self, phrase: Phrase | RecordedPhrase) -> bool:
        """False: too much waits, it will not be heard."""
        if isinstance(phrase, Phrase) and not phrase.is_over and self._waiting:
            return True  # only cheap words are told ahead of time
        waiting_bytes = sum(len(one.sound) for one in self._waiting) + len(phrase.sound)
        if len(self._waiting) >= self._policy.most_waiting or waiting_bytes > self._policy.most_waiting_bytes:
            return False
        self._waiting.append(phrase)
        self._is_idle.clear()
        self._news.set()
        if self._worker is None:
            self._worker = asyncio.create_task(self._run())
        return True

    async def finished(self) -> None:
        """Everything that was taken has been told."""
        await self._is_idle.wait()

    async def close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            while not self._waiting:
                self._is_idle.set()
                self._news.clear()
                await self._news.wait()
            phrase = self._waiting.pop(0)
            try:
                await (self._write(phrase) if isinstance(phrase, Phrase) else self._write_recorded(phrase))
            except Exception:  # the outermost loop of a line: the next phrase is heard all the same
                log.exception("a phrase was not heard")
                self._say(wording.error("recognition_failed", phrase.language, retry_s=self._policy.retry_s))

    async def _write(self, phrase: Phrase) -> None:
        if self._latest is not None and self._latest[0] == phrase.identity:
            understanding = self._latest[1]
        else:
            if self._went_on(phrase):
                return
            found = await self._understood(phrase.sound, phrase.language, phrase.span, tells=phrase.is_over)
            if found is None:
                return
            understanding = found
            self._latest = phrase.identity, found
        if understanding.text and not self._went_on(phrase):
            make = wording.final if phrase.is_over else wording.partial
            self._say(make(understanding, *phrase.span))

    def _went_on(self, phrase: Phrase) -> bool:
        """More of it, or all of it, waits already."""
        return any(isinstance(later, Phrase) and later.start_ms == phrase.start_ms for later in self._waiting)

    async def _write_recorded(self, phrase: RecordedPhrase) -> None:
        try:
            pcm = await _decoding(decode, phrase.sound, most_s=self._policy.most_file_s, within_s=self._policy.decode_s)
        except NotDecodable as error:
            self._say(wording.error(error.code, phrase.language))
            return
        self.decoded_ms += len(pcm) // BYTES_PER_MS
        span = await self._speech_in(pcm)
        if span is None:
            return
        self._say(wording.speech_started(span[0]))
        self._say(wording.speech_ended(*span))
        sound = pcm[span[0] * BYTES_PER_MS : span[1] * BYTES_PER_MS]
        understanding = await self._understood(sound, phrase.language, span, tells=True)
        if understanding is not None and understanding.text:
            self._say(wording.final(understanding, *span))

    async def _speech_in(self, pcm: bytes) -> tuple[int, int] | None:
        """From the first speech to the last, in ms; None when there is none."""
        ear, starts, ends = self._make_ear(), [], []
        for at_ms, piece in _pieces(pcm):
            events = await threads.listen(partial(ear.feed, piece, at_ms))
            starts += [event.at_ms for event in events if isinstance(event, SpeechStarted)]
            ends += [event.end_ms for event in events if isinstance(event, SpeechEnded)]
        ends += [event.end_ms for event in await threads.listen(ear.flush) if isinstance(event, SpeechEnded)]
        return (starts[0], ends[-1]) if starts else None

    async def _understood(
        self, pcm: bytes, language: str, span: tuple[int, int], *, tells: bool
    ) -> Understanding | None:  # fmt: skip
        """None: it could not be heard; the client was told, if `tells`. A passing fault is tried once more."""
        code, retry_s = "no_recogniser", 0.0
        for is_last in (False, True):
            try:
                found = await _recognising(understand_unstored, pcm, language, local_only=self._local_only)
            except (ProviderError, StorageUnavailable) as error:
                code = "recognition_failed"
                advice_s = getattr(error, "retry_after_s", None) or self._policy.retry_s
                is_passing = not getattr(error, "permanent", False)
                retry_s = advice_s if is_passing else 0.0
                if is_last or not tells or not is_passing or advice_s > 2 * self._policy.retry_s:
                    break
                await asyncio.sleep(advice_s)
            else:
                if found is not None:
                    return found
                break
        if tells:
            self._say(wording.error(code, language, retry_s=retry_s, start_ms=span[0], end_ms=span[1]))
        return None


def _pieces(pcm: bytes) -> Iterator[tuple[int, bytes]]:
    """(start in ms, PCM) of stretches of PIECE_MS."""
    size = PIECE_MS * BYTES_PER_MS
    for at in range(0, len(pcm), size):
        yield at // BYTES_PER_MS, pcm[at : at + size]
