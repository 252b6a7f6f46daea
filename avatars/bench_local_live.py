"""Our own presenter live: from a new sentence, and from an interruption, to the message at its page's socket."""

import asyncio
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from avatars.bench_speech import LANGUAGES, SENTENCES
from avatars.live_local.routing import websocket_urlpatterns
from avatars.models import LiveSession, Speech
from avatars.services import live_sessions, live_speaking, speech
from avatars.services.speech_cleanup import forget_sentences
from interview_site.bench import Figure, in_ms

ROUNDS = 30
SAY_BAR_MS = 80.0  # as for a sentence whose sound is only made
STOP_BAR_MS = 100.0  # silence at the page within 200 ms, of which 80 ms are the fading out


def run() -> list[Figure]:
    session = live_sessions.open_session(
        owner=f"bench:{os.urandom(4).hex()}", provider="local", settings={"speech_engine": "espeak"}, language="en",
        purpose="chat",
    )  # fmt: skip
    try:
        return asyncio.run(_figures(session))
    finally:
        live_sessions.close(session=session, reason="closed")
        session.delete()


async def _figures(session: Any) -> list[Figure]:
    token = session.join["access_token"]
    page = WebsocketCommunicator(URLRouter(websocket_urlpatterns), f"/ws/avatar/{session.public_id}?access_token={token}")
    await page.connect()

    async def until(kind: str) -> None:
        while json.loads(await page.receive_from(timeout=10))["type"] != kind:
            pass

    run_id = os.urandom(2).hex()

    def sentence(number: int, what: str) -> str:
        return SENTENCES[LANGUAGES.index("en")].format(f"{run_id} {what} {number}")

    async def arrives(kind: str, act: Callable[..., object], **given: Any) -> float:
        """Milliseconds from the act until its message is at the socket; the rest of the act is waited for, not counted."""
        began = time.perf_counter()
        acting = asyncio.ensure_future(sync_to_async(act)(session=session, **given))
        await until(kind)
        took = time.perf_counter() - began
        await acting
        return took * 1000

    async def takes(act: Callable[..., object], **given: Any) -> float:
        began = time.perf_counter()
        await sync_to_async(act)(**given)
        return (time.perf_counter() - began) * 1000

    row = LiveSession.objects.filter(pk=session.pk)
    figures: dict[str, list[float]] = {"said": [], "spoken": [], "hushed": [], "written": []}
    try:
        await until("hello")
        await arrives("say", live_speaking.say, text=sentence(-1, "a"))
        for number in range(ROUNDS):
            figures["said"].append(await arrives("say", live_speaking.say, text=sentence(number, "a")))
            figures["spoken"].append(await takes(speech.speak, text=sentence(number, "b"), language="en"))
            figures["hushed"].append(await arrives("stop_speaking", live_speaking.interrupt))
            figures["written"].append(await takes(row.update, quality="medium"))
        middle = {name: statistics.median(each) for name, each in figures.items()}
        return [
            _figure("a new sentence → `say`", middle["said"], middle["spoken"], SAY_BAR_MS),
            _figure("an interruption → `stop_speaking`", middle["hushed"], middle["written"], STOP_BAR_MS),
        ]
    finally:
        await page.disconnect()
        await sync_to_async(_forget)(run_id)


def _forget(run_id: str) -> None:
    forget_sentences(list(Speech.objects.filter(text__contains=f"option {run_id} ").values_list("text", flat=True)))


def _figure(what: str, value: float, baseline: float, bar: float) -> Figure:
    name = f"live: {what} at our own presenter's socket"
    return in_ms(name, value, baseline, bar)
