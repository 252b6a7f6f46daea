"""From the end of speech to the request that leaves for the recogniser: our own part, with 20 dialogues on one whole site.

Each candidate sends real speech in real time; the recogniser is a stub that writes down when it was asked, and for what. The ear
is asked beforehand, by itself, in which frame of that sound it finds the pause: the time runs from the moment that frame was
sent. What is left out is the silence window, which nobody can shorten, and nothing else. Measured on the interview's socket
(stored first, recognised in a worker) and on `/api/transcribe/ws` (recognised in the web process).
"""

import asyncio
import json
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from interview_site.bench import Figure, in_ms
from interview_site.stub_server import Call, Reply, Routes, StubServer
from interviews.tests.browser.running_site import RunningSite
from transcription.ear.events import SpeechPaused
from transcription.ear.silero import SileroEar
from transcription.frames import FRAME_MS, PAYLOAD, make
from transcription.tests.line import spoken

DIALOGUES = 20
PHRASES = 3
GAP_MS = 2_500  # between phrases: longer than what ends a stretch of speech
JOIN_S = 6.0  # within which the dialogues begin
BYTES_PER_MS = 32
_MAKE = f"""
import json
from interview_site.api import tokens
from django.contrib.auth import get_user_model
from interviews import links
from interviews.models import Interview
from interviews.tests.builders import make_interview, make_position
from interviews.tests.led import agree
position = make_position(questions=["Question number one, please?", "And number two?"])
made = [make_interview(position=position, state=Interview.State.IN_PROGRESS) for _ in range({DIALOGUES})]
for one in made:
    agree(one, "recording", "cross_border")
owner = get_user_model().objects.filter(is_superuser=True).first()
secret = tokens.mint(name="Bench", owner=owner, scopes=["avatar"])[1]
print(json.dumps([secret, [[one.public_id, links.cookie_value(one.public_id, 1)] for one in made]]))
"""


@dataclass
class Speech:
    """One candidate's sound; no two are alike, so that a request tells whose it is. `pauses`: span in ms → frame."""

    pcm: bytes
    pauses: dict[tuple[int, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, phrase: bytes, number: int) -> "Speech":
        dice = np.random.default_rng(number)
        silence = np.zeros(GAP_MS * BYTES_PER_MS // 2)
        words = np.frombuffer(phrase, "<i2") * (0.7 + 0.015 * number)
        samples = np.concatenate([silence, *([words, silence] * PHRASES)])
        samples = samples[: len(samples) // 1_024 * 1_024] + dice.integers(-6, 7, len(samples) // 1_024 * 1_024)
        speech = cls(np.clip(samples, -32_768, 32_767).astype("<i2").tobytes())
        ear = SileroEar()
        for index, piece in enumerate(speech.frames()):
            for event in ear.feed(piece, index * FRAME_MS):
                if isinstance(event, SpeechPaused):
                    speech.pauses.setdefault((event.start_ms, event.end_ms), index)
        return speech

    def frames(self) -> list[bytes]:
        return [self.pcm[at : at + PAYLOAD] for at in range(0, len(self.pcm), PAYLOAD)]

    def span_of(self, asked: bytes) -> tuple[int, int] | None:
        at = self.pcm.find(asked)
        return None if at < 0 else (at // BYTES_PER_MS, (at + len(asked)) // BYTES_PER_MS)


class _Recogniser:
    """Knows nothing and says so at once; `asked` holds (when, sound)."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, bytes]] = []
        routes = Routes()
        routes.add("POST", "/v1/audio/transcriptions", self._hear)
        self.server = StubServer(routes)

    def _hear(self, call: Call) -> Reply:
        when = time.perf_counter()
        wav = call.body[call.body.index(b"RIFF") :]
        self.asked.append((when, wav[44 : 8 + int.from_bytes(wav[4:8], "little")]))
        return Reply({"text": "Words that were said.", "language": "english"})


@dataclass
class _Speaker:
    """One socket: says its speech in real time, frame by frame; `sent[n]` is when frame n left."""

    speech: Speech
    address: str
    headers: dict[str, str]
    origin: str | None
    sent: list[float] = field(default_factory=list)
    round_trips_ms: list[float] = field(default_factory=list)

    async def hold(self) -> None:
        await asyncio.sleep(random.uniform(0, JOIN_S))
        self._socket = await self._joined()
        async with self._socket as socket:
            reading = asyncio.create_task(self._read())
            began = time.perf_counter()
            for index, piece in enumerate(self.speech.frames()):
                await asyncio.sleep(max(0.0, began + index * FRAME_MS / 1000 - time.perf_counter()))
                await socket.send(self._message(index, piece))
                self.sent.append(time.perf_counter())
            await asyncio.sleep(2.0)
            reading.cancel()

    async def _joined(self) -> ClientConnection:
        """A database that is locked for two seconds: as a page does, it comes back."""
        while True:
            self._socket = await connect(self.address, origin=self.origin, additional_headers=self.headers)
            try:
                await self._begin()
                return self._socket
            except ConnectionClosed:
                await asyncio.sleep(0.5)

    async def _timed(self, message: dict[str, Any], is_answer: Callable[[dict], bool]) -> None:
        began = time.perf_counter()
        await self._socket.send(json.dumps(message))
        while not is_answer(await self._next()):
            pass
        self.round_trips_ms.append((time.perf_counter() - began) * 1000)

    async def _next(self) -> dict[str, Any]:
        message = json.loads(await asyncio.wait_for(self._socket.recv(), 60))
        if message["type"] == "say":
            heard = {"type": "spoken", "sentence": message["sentence"], "heard_ms": message["duration_ms"]}
            await self._socket.send(json.dumps(heard))
        return message

    async def _read(self) -> None:
        while True:
            await self._next()

    async def _begin(self) -> None:
        raise NotImplementedError

    def _message(self, index: int, piece: bytes) -> bytes:
        raise NotImplementedError


class _Candidate(_Speaker):
    """On the socket of an interview."""

    async def _begin(self) -> None:
        await self._socket.send(json.dumps({"type": "hello", "device": "bench"}))
        take = {"type": "take", "device": "bench", "key": "bench", "noise_suppression": True}
        await self._socket.send(json.dumps(take))
        kinds: set[str] = set()
        while not {"take", "listening"} <= kinds:
            kinds.add((await self._next())["type"])
        for _ in range(5):
            await self._timed({"type": "spoken", "sentence": "none"}, lambda message: message["type"] == "error")

    def _message(self, index: int, piece: bytes) -> bytes:
        return make(1, index, piece).to_bytes()


class _ChatPage(_Speaker):
    """On `/api/transcribe/ws`."""

    async def _begin(self) -> None:
        await self._socket.send(json.dumps({"type": "start", "language": "en"}))
        for _ in range(5):
            await self._timed({"type": "nothing"}, lambda message: message.get("code") == "bad_message")

    def _message(self, index: int, piece: bytes) -> bytes:
        return piece


def bench_voice() -> list[Figure]:
    """Four rows: median and p95 of both ways. Takes about two minutes."""
    phrase = spoken()[: 3_100 * BYTES_PER_MS]
    speeches = [Speech.of(phrase, number) for number in range(DIALOGUES)]
    recogniser = _Recogniser()
    environ = {
        "STT_ENGINES": "openai_compatible", "STT_BASE_URL": f"{recogniser.server.url}/v1", "STT_MODEL": "whisper-1",
        "STT_IS_LOCAL": "true", "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, recogniser.server:
        site = RunningSite(Path(folder), environ)
        try:
            site.start()
            secret, made = json.loads(site.shell(_MAKE))
            host, origin = f"ws://127.0.0.1:{site.port}", f"http://127.0.0.1:{site.port}"
            candidates = [
                _Candidate(speech, f"{host}/ws/interview/{public_id}/", {"Cookie": f"iv_{public_id}={cookie}"}, origin)
                for speech, (public_id, cookie) in zip(speeches, made, strict=True)
            ]
            pages = [
                _ChatPage(speech, f"{host}/api/transcribe/ws", {"Authorization": f"Bearer {secret}"}, None) for speech in speeches
            ]
            return [
                *_measured("end of speech → recogniser asked, own part", candidates, recogniser),
                *_measured("the same on /api/transcribe/ws", pages, recogniser),
            ]
        finally:
            site.stop()


def _measured(what: str, speakers: list[_Speaker], recogniser: _Recogniser) -> list[Figure]:
    async def hold_all() -> None:
        work: list[Awaitable[None]] = [speaker.hold() for speaker in speakers]
        await asyncio.gather(*work)

    recogniser.asked.clear()
    asyncio.run(hold_all())
    took_ms = []
    for when, sound in recogniser.asked:
        for speaker in speakers:
            span = speaker.speech.span_of(sound)
            if span in speaker.speech.pauses:
                took_ms.append((when - speaker.sent[speaker.speech.pauses[span]]) * 1000)
                break
    expected = sum(len(speaker.speech.pauses) for speaker in speakers)
    if len(took_ms) < expected * 0.8:
        raise RuntimeError(f"{what}: only {len(took_ms)} of {expected} pauses were asked about")
    baseline = statistics.median(took for speaker in speakers for took in speaker.round_trips_ms)
    name = f"{what}, {len(speakers)} dialogues, {len(took_ms)} pauses, "
    return [
        in_ms(name + "median", statistics.median(took_ms), baseline, 60.0),
        in_ms(name + "p95", statistics.quantiles(took_ms, n=20)[-1], baseline, 120.0),
    ]
