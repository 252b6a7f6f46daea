"""The fifteen visemes, the mouth states between them and their keys (design §3).

A mouth state is a point between two of the sixteen mouths (the visemes and the resting smile) in
steps of one third. `mouth_key` gives its name, the same in Python and in `frontend/src/presenter/mouth.js`:
`"A"` is the pure mouth, `"A-E.1"` is one third of the way from A to E. The first name of a mixed key is
the one that stands earlier in `MOUTHS`.
"""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

# One file for both languages; the browser bundle imports it too.
CONSTANTS: dict[str, Any] = json.loads((Path(__file__).parent / "coarticulation.json").read_text(encoding="utf-8"))

MOUTHS: tuple[str, ...] = tuple(CONSTANTS["mouths"])
VISEMES: tuple[str, ...] = MOUTHS[:-1]
REST = MOUTHS[0]
SMILE = MOUTHS[-1]
STEPS: int = CONSTANTS["steps"]

_ORDER = {name: place for place, name in enumerate(MOUTHS)}


def mouth_key(a: str, b: str, weight: float) -> str:
    """Key of the prebuilt state nearest to `weight` [0, 1] of the way from mouth `a` to mouth `b`.

    Raises KeyError for a name that is not in MOUTHS.
    """
    step = min(STEPS, max(0, int(weight * STEPS + 0.5)))
    if _ORDER[a] > _ORDER[b]:
        a, b, step = b, a, STEPS - step
    if step == 0 or a == b:
        return a
    if step == STEPS:
        return b
    return f"{a}-{b}.{step}"


def mouth_states() -> list[tuple[str, str, str, float]]:
    """Every state that is built: (key, mouth a, mouth b, weight of b)."""
    states = [(name, name, name, 0.0) for name in MOUTHS]
    for a, b in combinations(MOUTHS, 2):
        for step in range(1, STEPS):
            states.append((mouth_key(a, b, step / STEPS), a, b, step / STEPS))
    return states
