"""Mouth shapes from the sound alone: when nobody knows when which word is said (design §3, the last resort).

A linear model over 13 numbers of ±5 frames gives each of the fifteen shapes a score; the weights are trained on our own
speech by `manage.py train_lip_weights` and lie beside this file. Words are laid over the voiced time by their letters.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatars.speech.alignment import Script
from avatars.speech.alignment_features import HOP_MS, Frames, at_16k, cepstra_and_loudness, normalised, product, voiced
from avatars.speech.sound import Samples
from avatars.speech.timeline import Timeline
from avatars.speech.visemes import VISEMES

WEIGHTS = Path(__file__).with_name("lip_weights.json")
REACH = 5  # frames on either side
_SMOOTH = 5  # frames over which scores are averaged
_SHORTEST = 5  # frames a shape stands at least: quicker is a flicker
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def inputs(samples: Samples, sample_rate: int) -> tuple[Frames, NDArray[np.bool_]]:
    """(frames × 144 model inputs, which frames are speech) of any sound; one frame is 10 ms."""
    cepstra, loudness = cepstra_and_loudness(at_16k(samples, sample_rate))
    rows = np.hstack([normalised(cepstra, loudness), np.clip(loudness, -50.0, 0.0)[:, None] / 20.0 + 1.0])
    padded = np.pad(rows, ((REACH, REACH), (0, 0)), mode="edge")
    wide = np.hstack([padded[shift : shift + len(rows)] for shift in range(2 * REACH + 1)])
    return np.hstack([wide, np.ones((len(rows), 1))]).astype(np.float32), voiced(loudness)


def timeline(samples: Samples, sample_rate: int, script: Script) -> Timeline:
    """Timeline v1 of a sound that says the script, to be heard only. Never fails; silence keeps the mouth closed."""
    duration_ms = round(len(samples) * 1000 / sample_rate)
    if not len(samples) or float(np.abs(samples).max()) < 0.003:
        return {"duration_ms": duration_ms, "visemes": [[0, "sil"]], "words": []}
    rows, speech = inputs(samples, sample_rate)
    scores = product(rows, _weights())
    kernel = np.ones(_SMOOTH) / _SMOOTH
    scores = np.apply_along_axis(np.convolve, 0, scores, kernel, mode="same")
    shapes = np.where(speech, scores.argmax(axis=1), VISEMES.index("sil"))
    return {"duration_ms": duration_ms, "visemes": _events(shapes, duration_ms), "words": _words(speech, script, duration_ms)}


@lru_cache(maxsize=1)
def _weights() -> Frames:
    return np.array(json.loads(WEIGHTS.read_text())["weights"], np.float32).T.copy()


def _events(shapes: NDArray[np.int64], duration_ms: int) -> list[list[int | str]]:
    events: list[list[int | str]] = [[0, "sil"]]
    edges = [0, *(np.flatnonzero(np.diff(shapes)) + 1).tolist(), len(shapes)]
    for start, end in zip(edges, edges[1:], strict=False):
        name = VISEMES[int(shapes[start])]
        # Lips meet shortly: their closing is kept however quick it is.
        if (end - start >= _SHORTEST or name == "MBP") and events[-1][1] != name:
            if events[-1][0] == start * HOP_MS:
                events.pop()
            events.append([start * HOP_MS, name])
    if events[-1][1] != "sil":
        events.append([duration_ms, "sil"])
    return events


def _words(speech: NDArray[np.bool_], script: Script, duration_ms: int) -> list[list[int]]:
    """Each word gets its share of the voiced time by its letters."""
    found: list[tuple[int, int, int]] = []
    for part in script.parts:
        for match in _WORD.finditer(part.text):
            source = part.words.source_range(match.start(), match.end())
            if source is not None and source[1] > source[0]:
                found.append((len(match.group()) + 1, *source))
    frames = np.flatnonzero(speech)
    total = sum(weight for weight, _start, _end in found)
    words: list[list[int]] = []
    done = 0
    for weight, start, end in found:
        first = int(frames[min(done * len(frames) // total, len(frames) - 1)]) * HOP_MS
        done += weight
        last = min(int(frames[min(max(done * len(frames) // total - 1, 0), len(frames) - 1)]) * HOP_MS + HOP_MS, duration_ms)
        if words and words[-1][2] <= start and end <= words[-1][3]:
            words[-1][1] = max(words[-1][1], last)
        elif last > first and (not words or start >= words[-1][2]):
            words.append([max(first, words[-1][1] if words else 0), last, start, end])
    return [word for word in words if word[1] > word[0]]
