"""The acting of one clip: a timeline and expressions in, one pose a frame out. Pure; the same seed gives the same poses.

The server's twin of `frontend/src/presenter/performer.js`. A clip begins and ends in one and the same calm pose, so that
chunks played one after another join without a jump, whatever was said before (docs/contracts/compat_api.md section 3).
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from avatars.presenter.coarticulation import Mouth, Timeline, mouth_at
from avatars.presenter.visemes import REST, SMILE, mouth_key

from .motion import BLINK, Blinks, Drift, Follow, Gaze, GazeStyle, Nods, seeded_random

# Brows raised and soft, squint and smile, all 0…1. Chosen by the script, never inferred from the candidate (hiring_law 7).
EXPRESSIONS: dict[str, tuple[float, float, float, float]] = {
    "neutral": (0.0, 0.15, 0.0, 0.0),
    "smile": (0.15, 0.4, 1.0, 1.0),
    "attentive": (0.3, 0.75, 0.0, 0.0),
}
_SPEAKING = GazeStyle(
    hold=(1600, 3800), away=(420, 1100), chance=0.5, spots=((0.5, 0), (-0.5, 0), (1, 0.5), (-1, 0.5), (0.5, -0.5))
)
_NOD_OF_BEAT = {"sentence": (1.0, 640.0), "clause": (0.45, 460.0), "word": (0.28, 340.0)}  # depth, length ms
_PAUSE_MS, _SENTENCE_MS = 170, 300  # silences that end a clause, a sentence
_LEAD_MS = 140  # a nod begins before the last syllable is over
_EDGE_MS = 320.0  # within so much of either end the figure comes to its calm pose
_CALM_SOFT = EXPRESSIONS["neutral"][1]


class Pose(NamedTuple):
    """One frame. `mouth` is a state key; openness, squint, raised, soft 0…1; gaze and turn −1…1 (right, down);
    tilt in degrees; breath 0…1."""

    mouth: str
    openness: float
    squint: float
    gaze_x: float
    gaze_y: float
    raised: float
    soft: float
    turn_x: float
    turn_y: float
    tilt: float
    breath: float


class Expression(NamedTuple):
    """`name` of EXPRESSIONS from `start_ms` to `end_ms` of the clip."""

    start_ms: float
    end_ms: float
    name: str


def beats_of(timeline: Timeline) -> list[tuple[float, str]]:
    """Moments at which a speaker's head moves: (ms, "sentence" | "clause" | "word"), in order."""
    beats: list[tuple[float, str]] = []
    visemes = timeline["visemes"]
    for place, (ms, name) in enumerate(visemes):
        if name != REST or place == 0:
            continue
        silence = visemes[place + 1][0] - ms if place + 1 < len(visemes) else math.inf
        if silence >= _PAUSE_MS:
            beats.append((max(0, ms - _LEAD_MS), "sentence" if silence >= _SENTENCE_MS else "clause"))
    # Every third long word gets a small stress of its own; more looks like a metronome.
    long_words = [word[0] for word in timeline["words"] if word[1] - word[0] > 320]
    beats += [(start, "word") for place, start in enumerate(long_words) if place % 3 == 1]
    return sorted(beats)


def poses(
    timeline: Timeline, *, frames: int, fps: int, seed: int = 1, expressions: Sequence[Expression] = ()
) -> Iterator[Pose]:
    """The pose of each of `frames` frames; frame n is seen from n / fps on."""
    random = seeded_random(seed)
    blinks, gaze, nods = Blinks(random), Gaze(random, _SPEAKING), Nods()
    drift_x, drift_y, drift_tilt = Drift(random, 7300), Drift(random, 9100), Drift(random, 11700)
    raised, soft, squint, smile = Follow(90), Follow(110, _CALM_SOFT), Follow(120), Follow(130)
    turn_x, turn_y = Follow(150), Follow(130)
    beats, next_beat = beats_of(timeline), 0
    step_ms = 1000 / fps
    length_ms = frames * step_ms
    for frame in range(frames):
        now = frame * step_ms
        while next_beat < len(beats) and beats[next_beat][0] <= now:
            nods.start(now, *_NOD_OF_BEAT[beats[next_beat][1]])
            if beats[next_beat][1] == "sentence":
                blinks.soon(now, 500)
            next_beat += 1
        mouth = mouth_at(timeline, now)
        edge = _edge(now, length_ms - step_ms)
        # Nothing begins that could not end in time.
        face = EXPRESSIONS[_expression(expressions, now) if now < length_ms - 700 else "neutral"]
        nod = nods.at(now) * edge
        look_x, look_y = gaze.at(now) if edge > 0.5 else (0.0, 0.0)
        stress = 0.22 if mouth.a == "A" and mouth.weight < 0.34 else 0.0
        openness = blinks.openness(now)
        yield Pose(
            mouth=_with_smile(mouth, smile.step(face[3], step_ms) * edge),
            openness=openness if edge == 1 or now > BLINK * 2 and now < length_ms - 80 else 1.0,
            squint=squint.step(face[2], step_ms) * edge,
            gaze_x=look_x,
            gaze_y=look_y,
            raised=raised.step(face[0] + stress, step_ms) * edge,
            soft=_CALM_SOFT + (soft.step(face[1], step_ms) - _CALM_SOFT) * edge,
            # The head follows the eyes a little, and late, as heads do.
            turn_x=turn_x.step(0.55 * drift_x.at(now) + look_x * 0.28, step_ms) * edge,
            turn_y=turn_y.step(0.35 * drift_y.at(now) + look_y * 0.2, step_ms) * edge + nod * 0.8,
            tilt=0.8 * drift_tilt.at(now) * edge,
            breath=_breath(now, length_ms),
        )


def _expression(expressions: Sequence[Expression], now: float) -> str:
    return next((each.name for each in expressions if each.start_ms <= now < each.end_ms), "neutral")


def _edge(now: float, length_ms: float) -> float:
    """0 at both ends of the clip, 1 inside."""
    x = min(now, length_ms - now) / min(_EDGE_MS, max(length_ms / 2, 1.0))
    return 0.0 if x <= 0 else 1.0 if x >= 1 else x * x * (3 - 2 * x)


def _breath(now: float, length_ms: float) -> float:
    """A whole number of breaths of about 4.1 s, from empty to empty."""
    breaths = max(1, round(length_ms / 4100))
    return 0.5 - 0.5 * math.cos(now / max(length_ms, 1) * math.tau * breaths)


def _with_smile(mouth: Mouth, smile: float) -> str:
    """At rest the mouth may smile; while it speaks, a smile takes the place of the pauses."""
    if mouth.a == REST and mouth.b == REST:
        return mouth_key(REST, SMILE, smile)
    if smile < 0.67:
        return mouth.key
    return mouth_key(*(SMILE if name == REST else name for name in (mouth.a, mouth.b)), mouth.weight)
