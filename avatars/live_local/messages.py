"""The JSON messages of `ws/avatar/<public_id>` (docs/embedding.md): what comes up is checked, what goes down is built here."""

import json
from collections.abc import Mapping
from typing import Any

from avatars.models import LocalLine, LocalRoom
from avatars.services.presenters import presenter_for_page
from avatars.views import public_speech_urls

MOST_CHARACTERS = 2_000
_MOST_COUNT = 2**53 - 1
# type → {field: (kind, may be absent)}. Unknown fields are ignored, so that a newer page still works.
UP: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "heartbeat": {},
    "interrupt": {},
    "spoken": {"sentence": ("count", False), "heard_ms": ("count", True)},
    "telemetry": {"kind": ("word", False), "ms": ("count", True)},
}
DOWN = ("hello", "say", "stop_speaking", "idle_warning", "closed", "error")


class BadMessage(ValueError):
    """`code` is told to the page: bad_message or unknown_type."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse(text: str) -> dict[str, Any]:
    """A message of a page with its known fields. Raises BadMessage."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("bad_message") from None
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str):
        raise BadMessage("bad_message")
    if kind not in UP:
        raise BadMessage("unknown_type")
    message: dict[str, Any] = {"type": kind}
    for name, (shape, may_be_absent) in UP[kind].items():
        if name not in value and may_be_absent:
            continue
        if not _fits(value.get(name), shape):
            raise BadMessage("bad_message")
        message[name] = value[name]
    return message


def _fits(value: object, shape: str) -> bool:
    if shape == "count":
        return type(value) is int and 0 <= value <= _MOST_COUNT
    return isinstance(value, str) and 0 < len(value) <= 40 and value.isascii() and value.replace("_", "").isalpha()


def hello(room: LocalRoom, words: Mapping[str, str]) -> dict[str, Any]:
    """The first message. `presenter`: what the drawing is made with; addresses are relative to this site, or whole."""
    return {
        "type": "hello",
        "session": room.public_id,
        "language": room.language,
        "generation": room.generation,
        "presenter": presenter_for_page(room.settings),
        "captions": bool(room.settings.get("captions", True)),
        "words": dict(words),
    }


def say(line: LocalLine) -> dict[str, Any]:
    """One sentence. Its addresses need no credential and are good for an hour (threats 60)."""
    audio_url, timeline_url = public_speech_urls(line.speech)
    return {
        "type": "say",
        "sentence": line.number,
        "text": line.speech.text,
        "audio_url": audio_url,
        "timeline_url": timeline_url,
        "duration_ms": line.speech.duration_ms,
        "generation": line.generation,
    }


def stop_speaking(generation: int) -> dict[str, Any]:
    """Everything up to this generation is void."""
    return {"type": "stop_speaking", "generation": generation}


def idle_warning(text: str) -> dict[str, Any]:
    return {"type": "idle_warning", "text": text}


def closed(reason: str) -> dict[str, Any]:
    """The last message. `elsewhere`: another page shows the presenter now; else why the session ended."""
    return {"type": "closed", "reason": reason}


def error(code: str, text: str, retry_s: int = 0) -> dict[str, Any]:
    return {"type": "error", "code": code, "text": text, "retry_s": retry_s}
