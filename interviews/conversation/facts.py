"""HR's facts as numbered lines: what the avatar may tell about the job, in HR's own words and in no other."""

import re

_LONGEST = 240
_MOST_AT_ONCE = 2
_BULLET = re.compile(r"^\s*(?:[-–—*•]|\d{1,2}[.)])\s+")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")


def fact_lines(facts: str) -> tuple[str, ...]:
    """One fact each, without bullets; a long paragraph is cut into its sentences. Empty when HR wrote none."""
    found: list[str] = []
    for line in facts.splitlines():
        text = " ".join(_BULLET.sub("", line).split())
        if text:
            found += [text] if len(text) <= _LONGEST else [piece for piece in _SENTENCE.split(text) if piece]
    return tuple(found)


def told(facts: str, numbers: tuple[int, ...]) -> str:
    """The facts of these numbers (from 1), word for word; "" when a number names none, or more than _MOST_AT_ONCE are named."""
    known = fact_lines(facts)
    if not numbers or len(set(numbers)) > _MOST_AT_ONCE or any(not 1 <= number <= len(known) for number in numbers):
        return ""
    said = [known[number - 1] for number in dict.fromkeys(numbers)]
    return " ".join(fact if fact[-1] in ".!?…" else f"{fact}." for fact in said)
