"""The words of a position by place, so that each can be translated, edited and found stale by itself.

Places: title, description, intro, farewell, facts, `q:<uuid>`, `c:<uuid>:name`, `c:<uuid>:meaning`, `c:<uuid>:1` to `:5`.
"""

import hashlib
from typing import Any

from interviews.models import Position

FIELDS = ("title", "description", "intro", "farewell", "facts")


def words_of(position: Position) -> dict[str, str]:
    """Every place that has words now, in the order in which people read them."""
    found = {name: getattr(position, name) for name in FIELDS}
    for question in position.questions.all():
        found[f"q:{question.uuid}"] = question.text
    for criterion in position.criteria.all():
        found[f"c:{criterion.uuid}:name"] = criterion.name
        found[f"c:{criterion.uuid}:meaning"] = criterion.meaning
        found |= {f"c:{criterion.uuid}:{mark}": getattr(criterion, f"anchor_{mark}") for mark in range(1, 6)}
    return {place: text.strip() for place, text in found.items() if text.strip()}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def missing(source: dict[str, str], words: dict[str, str], sources: dict[str, str]) -> list[str]:
    """Places without a translation, or whose source has changed since."""
    return [place for place, text in source.items() if not words.get(place) or sources.get(place) != digest(text)]


def for_plan(source: dict[str, str], words: dict[str, str]) -> dict[str, Any]:
    """The translation as a plan keeps it (interviews.plan.Plan.translations)."""
    kept = {place: words[place] for place in source}
    criteria: dict[str, dict[str, Any]] = {}
    for place, text in kept.items():
        if place.startswith("c:"):
            _c, uuid, part = place.split(":")
            row = criteria.setdefault(uuid, {"name": "", "meaning": "", "anchors": [""] * 5})
            if part.isdigit():
                row["anchors"][int(part) - 1] = text
            else:
                row[part] = text
    return {
        **{name: kept.get(name, "") for name in FIELDS},
        "questions": {place[2:]: text for place, text in kept.items() if place.startswith("q:")},
        "criteria": criteria,
    }
