"""Whether recognised words are the avatar's own, heard back through the microphone (design §4). Pure.

A device without working echo cancellation sends us what we say. Compared are words in their order: recognisers change a few
of them, and a person who answers with some words of the question adds others of their own.
"""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")
LEAST_WORDS = 3  # fewer may well be the candidate's: "yes", «да, конечно»
LEAST_SHARE = 0.75  # of the heard words, in order, among the spoken ones
NEAR_MS = 1_500  # sound is late: what is heard so long after the avatar was sent may still be it
KEPT = 40  # sentences


class Spoken:
    """What the avatar has said, and when, on the recording's clock."""

    def __init__(self) -> None:
        self._said: list[tuple[int, int | None, str]] = []  # start, end (None: being said), text

    def begins(self, text: str, now_ms: int) -> None:
        self._said = [*self._said[-KEPT:], (now_ms, None, text)]

    def ends(self, now_ms: int) -> None:
        self._said = [(start_ms, now_ms if end_ms is None else end_ms, text) for start_ms, end_ms, text in self._said]

    def has_echo(self, text: str, start_ms: int, end_ms: int) -> bool:
        """Whether what was heard in [start, end) is what was being said around then."""
        near = [said for began, ended, said in self._said if began < end_ms and (ended is None or ended + NEAR_MS > start_ms)]
        return is_echo(text, " ".join(near))


def is_echo(heard: str, spoken: str) -> bool:
    words, said = _words(heard), _words(spoken)
    if len(words) < LEAST_WORDS or not said:
        return False
    return _in_order(words, said) >= LEAST_SHARE * len(words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("ё", "е"))


def _in_order(heard: Sequence[str], spoken: Sequence[str]) -> int:
    """Length of the longest common subsequence; a long word with another ending is the same word."""
    row = [0] * (len(spoken) + 1)
    for word in heard:
        previous = row
        row = [0] * (len(spoken) + 1)
        for index, other in enumerate(spoken):
            row[index + 1] = previous[index] + 1 if _alike(word, other) else max(row[index], previous[index + 1])
    return row[-1]


def _alike(word: str, other: str) -> bool:
    return word == other or (min(len(word), len(other)) >= 5 and word[:5] == other[:5])
