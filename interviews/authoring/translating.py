"""Asking a model for the words of a position in another language, a batch at a time. Raises ProviderError."""

import json

from interview_site import llm
from interview_site.llm import Completion, Purpose
from interviews.authoring.documents import tidy
from interviews.prompts import prompt

TIMEOUT_S = 200.0
BATCH_PLACES, BATCH_CHARACTERS = 24, 6000
# The language translated from, in the grammatical case its place in the prompt asks for.
_NAMES = {
    "ru": {"en": "английского языка", "kk": "казахского языка"},
    "en": {"ru": "Russian", "kk": "Kazakh"},
    "kk": {"ru": "орыс тілінен", "en": "ағылшын тілінен"},
}
SHAPE = {
    "title": "translation",
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"key": {"type": "string"}, "text": {"type": "string"}},
                "required": ["key", "text"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["items"],
    "additionalProperties": False,
}


def batch(texts: dict[str, str]) -> dict[str, str]:
    """As many of the texts as one question to the model may hold; always at least one."""
    taken: dict[str, str] = {}
    for place, text in texts.items():
        if taken and (len(taken) >= BATCH_PLACES or sum(map(len, taken.values())) + len(text) > BATCH_CHARACTERS):
            break
        taken[place] = text
    return taken


def translated(texts: dict[str, str], *, source: str, target: str, subject: str) -> tuple[dict[str, str], Completion]:
    """Place → words in `target`; places the model left out or made up are left out."""
    numbered = {f"t{number}": place for number, place in enumerate(texts, 1)}
    rows = [{"key": key, "text": texts[place]} for key, place in numbered.items()]
    messages = prompt("translate_position", target).messages(
        source=_NAMES[target][source], texts=json.dumps(rows, ensure_ascii=False, indent=0)
    )
    most = 400 + 2 * sum(map(len, texts.values()))
    answer = llm.complete(
        Purpose.AUTHORING, messages, schema=SHAPE, max_tokens=most, subject=subject, timeout_s=TIMEOUT_S, reasks=1
    )
    found = {}
    for item in answer.data["items"]:
        place = numbered.get(item["key"])
        text = tidy(item["text"]).strip()
        if place and text:
            found[place] = text[: _most(place, texts[place])]
    return found, answer


def _most(place: str, source: str) -> int:
    """What the form's field holds: names and anchors are short lines, the rest grows with its source."""
    last = place.rpartition(":")[2]
    if place == "title":
        return 200
    if place.startswith("c:") and last != "meaning":
        return 120 if last == "name" else 500
    return max(2000, 3 * len(source))
