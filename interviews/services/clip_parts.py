"""Where each sentence begins and ends inside a clip: for captions in step, and for going on at a sentence after a fall."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

Word = tuple[int, int, int, int]  # start_ms, end_ms, from, to: places in the text


class Part(TypedDict):
    """A sentence of a clip. Times are on the clip's clock; places of `words` ([start_ms, end_ms, from, to]) are in `text`."""

    text: str
    start_ms: int
    end_ms: int
    words: list[list[int]]


def parts(text: str, sentences: Sequence[str], timeline: Mapping[str, Any] | None, duration_ms: int) -> list[Part]:
    """One part a sentence, in order, without gaps from 0 to `duration_ms`.

    With the words of a timeline v1 a sentence ends half way to the next one; without, time is shared by length.
    """
    spans = _spans(text, sentences)
    words = [tuple(word) for word in (timeline or {}).get("words", [])]
    inside = [[word for word in words if first <= word[2] < last] for first, last in spans]
    if all(inside):
        ends = [(before[-1][1] + after[0][0]) // 2 for before, after in zip(inside, inside[1:], strict=False)]
    else:
        ends = _by_length(sentences, duration_ms)
    ends = [min(max(end, 0), duration_ms) for end in [*ends, duration_ms]]
    starts = [0, *ends[:-1]]
    return [
        {
            "text": sentence,
            "start_ms": start,
            "end_ms": max(start, end),
            "words": [[w[0], w[1], w[2] - first, min(w[3], last) - first] for w in found],
        }
        for sentence, start, end, (first, last), found in zip(sentences, starts, ends, spans, inside, strict=True)
    ]


def _spans(text: str, sentences: Sequence[str]) -> list[tuple[int, int]]:
    """(from, to) of each sentence in the text; an empty span for one that is not found as it stands."""
    spans, at = [], 0
    for sentence in sentences:
        found = text.find(sentence, at)
        spans.append((at, at) if found < 0 else (found, found + len(sentence)))
        at = spans[-1][1]
    return spans


def _by_length(sentences: Sequence[str], duration_ms: int) -> list[int]:
    whole, said, ends = sum(map(len, sentences)) or 1, 0, []
    for sentence in sentences[:-1]:
        said += len(sentence)
        ends.append(duration_ms * said // whole)
    return ends
