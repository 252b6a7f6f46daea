"""From a text to its first bytes at a live provider, over HTTP and WebSocket at the stand-ins (issue "8": at most 50 ms)."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.test.utils import override_settings

from avatars.bench_speech import LANGUAGES, SENTENCES
from avatars.models import Speech
from avatars.provider_stub.a2e import A2EStub
from avatars.provider_stub.a2e_live import AVATARS
from avatars.provider_stub.liveavatar import VERA, LiveAvatarStub
from avatars.providers import registry
from avatars.services import live_sessions, live_speaking, speech
from interview_site.bench import Figure, in_ms
from interview_site.stub_server import StubServer

ROUNDS = 30
BAR_MS = 50.0
WAIT_S = 5.0


def run() -> list[Figure]:
    return [bench_their_voice(), bench_our_sound()]


def bench_their_voice() -> Figure:
    """A2E's `speak`: a sentence over HTTP. Baseline: a bare POST of the same body to the same server."""
    stub = A2EStub(plain=True)
    stub.live.rooms.pace = 0.001
    with _session(stub, "a2e", AVATARS[0][0], "interview", A2E_API_KEY=stub.token) as session:
        room = stub.live.rooms.running()[0]
        url, headers = stub.server.url + "/api/v1/streaming-avatar/speak", {"Authorization": f"Bearer {stub.token}"}

        def arrived() -> list[float]:
            return room.facts.get("spoken_at", [])

        def bare(text: str) -> None:
            requests.post(url, json={"channel": room.id, "text": text}, headers=headers, timeout=5)

        value = _median_ms(arrived, lambda text: live_speaking.say(session=session, text=text))
        return in_ms("live: text → bytes at the provider, its voice", value, _median_ms(arrived, bare), BAR_MS)


def bench_our_sound() -> Figure:
    """LiveAvatar's LITE mode: a new sentence is spoken here and its first sound sent. Baseline: only spoken."""
    stub, started_at = LiveAvatarStub(pace=0.001), Speech.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with _session(stub, "liveavatar", VERA, "chat", LIVEAVATAR_API_KEY=stub.token) as session:
        line = stub.lite.of(session.provider_id)

        def arrived() -> list[float]:
            return [utterance.first_at for utterance in list(line.utterances.values())]

        spoken: list[float] = []

        def only_spoken(text: str) -> None:
            speech.for_settings(session.settings, text, session.language)
            spoken.append(time.perf_counter())

        try:
            speech.speak(text="Warm up.", language="en")
            value = _median_ms(arrived, lambda text: live_speaking.say(session=session, text=text))
            baseline = _median_ms(lambda: spoken, only_spoken)
        finally:
            for made in Speech.objects.filter(pk__gt=started_at):
                made.audio.delete(save=False)
                made.delete()
        return in_ms("live: text → first sound at the provider, ours", value, baseline, BAR_MS)


@contextmanager
def _session(stub: Any, kind: str, avatar: str, purpose: str, **settings: Any) -> Iterator[Any]:
    """A live session at the stand-in; its row is removed at the end."""
    before = registry._live_instances.pop(kind, None)
    with StubServer(stub) as server:
        addresses = {"A2E_BASE_URL": server.url, "LIVEAVATAR_API_BASE": server.url, "OUTBOUND_ALLOWED_CIDRS": ["127.0.0.1/32"]}
        with override_settings(**addresses, **settings):
            session = live_sessions.open_session(
                owner=f"bench:{os.urandom(4).hex()}", provider=kind, settings={"speech_engine": "espeak"}, avatar_id=avatar,
                language="en", purpose=purpose,
            )  # fmt: skip
            try:
                yield session
            finally:
                live_sessions.close(session=session, reason="closed")
                session.delete()
                registry._live_instances.pop(kind, None)
                if before is not None:
                    registry._live_instances[kind] = before


def _median_ms(arrived: Callable[[], list[float]], send: Callable[[str], object]) -> float:
    """From the call until the first byte of the sentence was there."""
    run_id, took = os.urandom(2).hex(), []
    for number in range(ROUNDS):
        text = SENTENCES[LANGUAGES.index("en")].format(f"{run_id} {number}")
        there, began = len(arrived()), time.perf_counter()
        send(text)
        while len(arrived()) == there and time.perf_counter() - began < WAIT_S:
            time.sleep(0.0005)
        took.append((arrived()[there] - began) * 1000)
    return round(statistics.median(took), 1)
