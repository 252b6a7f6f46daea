"""Comparing texts by their words: for checks of what a model proposes. Pure; Russian, English and Kazakh alike."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_STEM = 5  # letters that stay of a longer word: enough to see through endings in all three languages
_QUOTED = 4  # a quotation is recognised by fewer, so that no ending hides it
_LEAST_CONTENT = 4


def words(text: str) -> list[str]:
    """Lower-case words, «ё» as «е»."""
    return [word.lower().replace("ё", "е") for word in _WORD.findall(text)]


def stems(text: str) -> set[str]:
    """Beginnings of the words that carry meaning: short words are left out, numbers stay whole."""
    return {word if word.isdigit() else word[:_STEM] for word in words(text) if word.isdigit() or len(word) >= _LEAST_CONTENT}


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    """Every run of `length` words, cut to their stems, so that another ending does not hide a quotation."""
    cut = [word[:_QUOTED] for word in words(text)]
    return {tuple(cut[index : index + length]) for index in range(len(cut) - length + 1)}


def likeness(one: str, other: str) -> float:
    """0.0 to 1.0: the share of meaning words of the shorter text that the other has too; 0.0 when one has none."""
    first, second = stems(one), stems(other)
    if not first or not second:
        return 0.0
    return len(first & second) / min(len(first), len(second))


def contains_phrase(text: str, phrase: str) -> bool:
    """Whether the words of `phrase` stand in `text` in a row, endings aside; an empty phrase is never contained."""
    wanted = [word[:_QUOTED] for word in words(phrase)]
    return bool(wanted) and tuple(wanted) in runs(text, len(wanted))


def shares(text: str, others: Iterable[str]) -> bool:
    """Whether any meaning word of `text` stands in one of `others`."""
    mine = stems(text)
    return any(mine & stems(other) for other in others)
