"""A long stretch of sound in pieces an engine takes, each ending where it is quietest; and their words as one. Pure."""

from dataclasses import replace

import numpy as np

from transcription.engines.recognised import Recognised
from transcription.wav import BYTES_PER_MS

WINDOW_MS = 20
QUIET_MS = 240  # a cut is made in the middle of the quietest stretch of this length …
SEARCH_SHARE = 0.4  # … within the last part of what one piece may hold


def spans(pcm: bytes, longest_ms: int) -> list[tuple[int, int]]:
    """[start, end) ms of pieces of at most `longest_ms` that together are all of it."""
    total_ms = len(pcm) // BYTES_PER_MS
    found, start = [], 0
    while total_ms - start > longest_ms:
        earliest = start + int(longest_ms * (1 - SEARCH_SHARE))
        cut = _quietest(pcm, earliest, start + longest_ms)
        found.append((start, cut))
        start = cut
    return [*found, (start, total_ms)]


def _quietest(pcm: bytes, first_ms: int, last_ms: int) -> int:
    samples = np.frombuffer(pcm, "<i2", offset=first_ms * BYTES_PER_MS, count=(last_ms - first_ms) * BYTES_PER_MS // 2)
    width = WINDOW_MS * BYTES_PER_MS // 2
    windows = samples[: len(samples) // width * width].reshape(-1, width).astype(np.float32)
    loudness = np.convolve((windows**2).mean(axis=1), np.ones(QUIET_MS // WINDOW_MS), mode="valid")
    return first_ms + int(loudness.argmin()) * WINDOW_MS + QUIET_MS // 2


def joined(parts: list[tuple[int, Recognised]]) -> Recognised:
    """One answer of (start in ms, answer) pairs: words moved to their place, figures averaged by the length of text."""
    spoken = [(start, part) for start, part in parts if part.text]
    if not spoken:
        return parts[0][1]
    first = max(spoken, key=lambda pair: len(pair[1].text))[1]  # its language speaks for all
    words = tuple(
        replace(word, start_ms=word.start_ms + start, end_ms=word.end_ms + start) for start, part in spoken for word in part.words
    )
    return replace(
        first,
        text=" ".join(part.text for _, part in spoken),
        words=words,
        confidence=_mean([(part.confidence, len(part.text)) for _, part in spoken]),
        no_speech=_mean([(part.no_speech, len(part.text)) for _, part in spoken]),
    )


def _mean(values: list[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in values if value is not None]
    return sum(value * weight for value, weight in known) / sum(weight for _, weight in known) if known else None
