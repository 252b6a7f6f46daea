"""An answer as server-sent events: one a sentence, then `done` with the whole, or `error` with the reason."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Generator, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from interview_site.errors import ProviderError
from interview_site.threads import StorageUnavailable, Threads
from interviews.api.streaming.base import problem_of
from interviews.chat.turns import Superseded, Turn

KEEP_ALIVE_S = 10.0
ENDED_S = 5.0
_readers = Threads("chat-events", 64)


def event(name: str, data: dict[str, Any]) -> bytes:
    """One event; `message`, the usual one, is not named."""
    head = "" if name == "message" else f"event: {name}\n"
    return f"{head}data: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


class Events(StreamingHttpResponse):
    """`first` stands already: what failed before it was answered with a status. `done` goes into the last event."""

    def __init__(self, turn: Turn, first: str, rest: Generator[str], done: dict[str, Any]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(_events(turn, first, rest, done), content_type="text/event-stream", headers=headers)
        self._turn, self._rest = turn, rest

    def close(self) -> None:
        """All is sent, or the reader went away, perhaps before the first event: the model is not listened to any longer."""
        super().close()
        self._turn.cut()
        until = time.monotonic() + ENDED_S
        while time.monotonic() < until:
            try:
                self._rest.close()
                return
            except ValueError:  # another thread is inside, and was woken just now
                time.sleep(0.02)


async def _events(turn: Turn, first: str, rest: Iterator[str], done: dict[str, Any]) -> AsyncIterator[bytes]:
    yield event("message", {"index": 0, "text": first})
    index, reading = 0, _next(rest)
    while True:
        finished, _waiting = await asyncio.wait({reading}, timeout=KEEP_ALIVE_S)
        if not finished:
            yield b": waiting\n\n"
            continue
        try:
            sentence = reading.result()
        except (ProviderError, Superseded) as error:
            yield event("error", {"detail": str(problem_of(error).detail), "response": turn.text})
            return
        except StorageUnavailable:
            yield event("error", {"detail": _("The database does not answer. Try again."), "response": turn.text})
            return
        if sentence is None:
            break
        index += 1
        yield event("message", {"index": index, "text": sentence})
        reading = _next(rest)
    yield event("done", {"response": turn.text, **done, **await _readers.run(spoken, turn)})


def _next(rest: Iterator[str]) -> asyncio.Task[str | None]:
    reading = asyncio.ensure_future(_readers.run(next, rest, None))
    reading.add_done_callback(_looked_at)
    return reading


def _looked_at(reading: asyncio.Task[str | None]) -> None:
    """A fault after the reader went away is nobody's news: asyncio would report it as one that was forgotten."""
    if not reading.cancelled():
        reading.exception()


def spoken(turn: Turn) -> dict[str, Any]:
    """`spoken` and, when the avatar could not, `speech_error`; nothing without a session."""
    speech = turn.speech()
    if speech is None:
        return {}
    return {"spoken": not speech.fault, **({"speech_error": speech.fault} if speech.fault else {})}
