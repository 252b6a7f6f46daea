"""The ear's numbers; each may be overridden by the setting of its name in capitals behind EAR_ (EAR_PAUSE_MS, …)."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True)
class EarPolicy:
    """Milliseconds, decibels and probabilities."""

    # What is voice, for the trained detector.
    start_probability: float = 0.5
    keep_probability: float = 0.35
    wake_db: float = 3.0  # it is asked only about what is so much louder than the noise floor
    # … and for the energy gate: decibels above the noise floor.
    start_db: float = 9.0
    keep_db: float = 5.0
    quietest_dbfs: float = -55.0  # below it nothing is speech, however silent the room
    # The noise floor: this quantile of the last loudnesses, never above `highest_floor_dbfs`.
    floor_span_ms: int = 5_000
    floor_share: float = 0.1
    highest_floor_dbfs: float = -38.0
    # Stretches of speech.
    begin_ms: int = 96  # voice among the last `begin_of_ms`: «да» has more, a key press less
    begin_of_ms: int = 128
    resume_ms: int = 64  # voice that ends a pause; a click is shorter
    pause_ms: int = 200  # silence after which recognition begins to work ahead
    segment_silence_ms: int = 600  # ends a stretch of speech
    longest_segment_ms: int = 60_000  # a longer one is split at its quietest point
    split_within_ms: int = 10_000  # … of these last milliseconds
    pre_roll_ms: int = 300
    tail_ms: int = 200


@lru_cache(maxsize=1)
def ear_policy() -> EarPolicy:
    chosen = {name: getattr(settings, f"EAR_{name.upper()}", None) for name in EarPolicy.__dataclass_fields__}
    return EarPolicy(**{name: value for name, value in chosen.items() if value is not None})
