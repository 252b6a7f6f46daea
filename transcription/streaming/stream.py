"""One line of `/api/transcribe/ws`: messages up, messages down (docs/contracts/compat_api.md section 2.7). Knows no Channels.

    stream = Stream(say, hang_up, language="ru")   # `say` takes a message, `hang_up` ends the line
    stream.text("idle") · stream.sound(data) · await stream.close()

Nothing here waits: sound is heard and recognised beside the line. `text` and `sound` may raise CloseSocket; everything else is
told to the client. Until a `start` the line takes whole recorded files, each ended by `idle`, as older clients send them.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from interview_site.sockets import Bucket, Close
from transcription.containers import container_of
from transcription.ear.choice import make_ear as chosen_ear
from transcription.ear.events import Ear, SpeechEnded, SpeechEvent, SpeechPaused, SpeechStarted
from transcription.hearing import Hearing
from transcription.limits import TokenBucket
from transcription.recorder import CloseSocket
from transcription.streaming import wording
from transcription.streaming.policy import StreamPolicy, stream_policy
from transcription.streaming.scribe import Phrase, RecordedPhrase, Say, Scribe
from transcription.streaming.voice import Voice
from transcription.wav import BYTES_PER_MS

LANGUAGES = ("ru", "en", "kk")
RATE = 16_000


def known_language(given: object) -> str | None:
    """ "ru-RU" → "ru"; None when it is none of ours."""
    code = given.replace("_", "-").split("-")[0].lower() if isinstance(given, str) else ""
    return code if code in LANGUAGES else None


class Stream:
    """`language`: of whoever does not say. `local_only`: nobody outside the company may hear it."""

    def __init__(
        self,
        say: Say,
        hang_up: Callable[[], Awaitable[None]],
        *,
        language: str,
        local_only: bool = False,
        policy: StreamPolicy | None = None,
        make_ear: Callable[[], Ear] = chosen_ear,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.language = language
        self.policy = policy or stream_policy()
        self._say, self._hang_up, self._make_ear, self._clock = say, hang_up, make_ear, clock
        self._scribe = Scribe(say, local_only=local_only, policy=self.policy, make_ear=make_ear)
        self._voice: Voice | None = None
        self._old_voices: set[asyncio.Task[None]] = set()
        self._file = bytearray()
        self._streamed_bytes = 0
        self._messages = Bucket(self.policy.messages_per_minute, clock)
        pcm_per_s = RATE * 2 * self.policy.catch_up
        self._pcm = TokenBucket(pcm_per_s, RATE * 2 * self.policy.burst_s, clock())
        self._files = TokenBucket(self.policy.file_bytes_per_s, 2.0 * self.policy.most_file_bytes, clock())
        self._ending: asyncio.Task[None] | None = None

    def text(self, text: str) -> None:
        """`idle`, or a JSON message."""
        self._count_message()
        if len(text) > self.policy.most_text_bytes:
            self._refuse("too_big", Close.TOO_BIG)
        message = {"type": "idle"} if text.strip() == "idle" else _read(text)
        kind = message.get("type")
        if kind == "start":
            self._start(message)
        elif kind == "idle":
            self._idle()
        elif kind == "stop":
            self._idle()
            self._ending = self._ending or asyncio.create_task(self._end())
        else:
            self._tell("bad_message")

    def sound(self, data: bytes) -> None:
        """PCM16-LE of a stream, or (a piece of) a recorded file."""
        if not data or self._ending is not None:
            return
        if self._minutes() >= self.policy.most_minutes:
            self._refuse("minutes", Close.TOO_FAST)
        if self._voice is not None:
            self._take_pcm(self._voice, data)
        else:
            self._take_file(data)

    async def close(self) -> None:
        """Let go of everything; what was not told yet never will be. May be called twice."""
        tasks = [task for task in (self._ending, *self._old_voices) if task is not None and task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._scribe.close()
        if self._voice is not None:
            await self._voice.close()

    # --- What is asked -------------------------------------------------------------------------------------------------

    def _start(self, message: dict[str, Any]) -> None:
        language = known_language(message.get("language") or self.language)
        form = message.get("format", "pcm16")
        if language is None:
            self._tell("language")
        elif form not in ("pcm16", "file"):
            self._tell("format")
        elif form == "pcm16" and message.get("sample_rate", RATE) != RATE:
            self._tell("sample_rate")
        else:
            self._idle()
            self.language = language
            if self._voice is not None:  # its last words are still heard
                task = asyncio.create_task(_out(self._voice))
                self._old_voices.add(task)
                task.add_done_callback(self._old_voices.discard)
            is_stream = form == "pcm16"
            self._voice = Voice(self._heard, language=language, make_ear=self._make_ear) if is_stream else None

    def _idle(self) -> None:
        """The phrase is over."""
        if self._voice is not None:
            self._voice.end_phrase()
        elif self._file:
            phrase = RecordedPhrase(bytes(self._file), self.language)
            self._file.clear()
            if not self._scribe.take(phrase):
                self._tell("busy", retry_s=self.policy.retry_s)

    async def _end(self) -> None:
        """After `stop`: what was said is told, then the line ends."""
        if self._voice is not None:
            await self._voice.heard()
        await asyncio.gather(*self._old_voices, return_exceptions=True)
        await self._scribe.finished()
        await self._hang_up()

    # --- Sound ---------------------------------------------------------------------------------------------------------

    def _take_pcm(self, voice: Voice, data: bytes) -> None:
        if len(data) > self.policy.most_pcm_bytes:
            self._refuse("too_big", Close.TOO_BIG)
        if len(data) % 2:
            self._count_message()
            self._tell("malformed")
            return
        self._count_bytes(self._pcm, len(data))
        self._streamed_bytes += len(data)
        if not voice.feed(data):
            self._refuse("too_fast", Close.TOO_FAST)

    def _take_file(self, data: bytes) -> None:
        begins = container_of(data)
        if not begins and not self._file:
            self._count_message()
            self._tell("unknown_format")
            return
        if begins:
            self._idle()  # the one before was whole, its `idle` got lost
        if len(self._file) + len(data) > self.policy.most_file_bytes:
            self._refuse("too_big", Close.TOO_BIG)
        self._count_bytes(self._files, len(data))
        self._file += data

    def _minutes(self) -> float:
        return (self._streamed_bytes / BYTES_PER_MS + self._scribe.decoded_ms) / 60_000

    # --- Heard ---------------------------------------------------------------------------------------------------------

    def _heard(self, voice: Voice, hearing: Hearing, event: SpeechEvent) -> None:
        if isinstance(event, SpeechStarted):
            self._say(wording.speech_started(event.at_ms))
        elif isinstance(event, SpeechPaused):
            if self.policy.partials and hearing.is_worth_trying(event):
                self._scribe.take(self._phrase(voice, event, is_over=False))
        elif isinstance(event, SpeechEnded):
            self._say(wording.speech_ended(event.start_ms, event.end_ms))
            if not self._scribe.take(self._phrase(voice, event, is_over=True)):
                self._tell("busy", retry_s=self.policy.retry_s, start_ms=event.start_ms, end_ms=event.end_ms)

    def _phrase(self, voice: Voice, event: SpeechPaused | SpeechEnded, *, is_over: bool) -> Phrase:
        sound = voice.between(event.start_ms, event.end_ms)
        return Phrase(event.start_ms, event.end_ms, sound, voice.language, is_over)

    # --- Refusing ------------------------------------------------------------------------------------------------------

    def _count_message(self) -> None:
        if wait_s := self._messages.take():
            self._refuse("too_fast", Close.TOO_FAST, retry_s=wait_s)

    def _count_bytes(self, bucket: TokenBucket, count: int) -> None:
        if wait_s := bucket.take(self._clock(), count):
            self._refuse("too_fast", Close.TOO_FAST, retry_s=wait_s)

    def _refuse(self, code: str, close_code: Close, **fields: Any) -> None:
        self._tell(code, **fields)
        raise CloseSocket(close_code, code)

    def _tell(self, code: str, **fields: Any) -> None:
        self._say(wording.error(code, self.language, **fields))


def _read(text: str) -> dict[str, Any]:
    """A JSON object, {} for everything else."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


async def _out(voice: Voice) -> None:
    await voice.heard()
    await voice.close()
