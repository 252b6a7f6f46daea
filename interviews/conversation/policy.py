"""The numbers of patience, in one place (design §4, voice_infra §1.4). Seconds unless the name says otherwise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Policy:
    """Defaults of the conversation; settings may override any field by name (`INTERVIEW_POLICY`)."""

    notice_s: float = 12.0  # silent: one visual line
    first_offer_s: float = 25.0  # one spoken offer: repeat, rephrase, skip
    second_offer_s: float = 60.0
    pause_s: float = 120.0  # the call pauses by itself and can be resumed
    double_press_s: float = 1.5  # a second press within this is the first one again
    deadline_grace_s: float = 3600.0  # how long after the deadline the answer being given may take
    most_candidate_questions: int = 20
    speech_s: float = 3.0  # a sentence that is not spoken by then falls to the next rung
    rung_failures: int = 2  # a rung that failed so often is not tried again in this interview
    spoken_margin_s: float = 4.0  # added to a sentence's duration before the floor is given anyway
    reading_ms_per_character: float = 60.0  # a sentence shown as text only
    seat_s: float = 20.0  # a seat not heard of for so long is free
    heartbeat_s: float = 5.0  # seat, link and state are looked at: a revoked link closes its socket within 60 s (threats 26)
    reply_s: float = 2.2  # the model's first sentence must be there by then, else the script goes on (2.5 s with everything)
    whole_reply_s: float = 8.0  # and its last one by then
    reply_hold_s: float = 4.5  # a sound after the answer: so long after it the avatar still waits for words
    question_reserve_s: float = 75.0  # kept of the time budget for each question that must still be asked
    most_repeats: int = 3  # of one question; then other ways on are offered with it
    addition_s: float = 86_400.0  # how long after completion a late addition is still kept (threats 16)


def faults(overrides: Mapping[str, object]) -> list[str]:
    """What is wrong with the settings' overrides: unknown names, and values that are not numbers from 0 up."""
    if not isinstance(overrides, Mapping):
        return ["it is not a JSON object"]
    names = {field.name for field in fields(Policy)}
    unknown = [f"{name} is not one of its numbers" for name in overrides if name not in names]
    return unknown + [
        f"{name} is not a number from 0 up" for name, value in overrides.items() if name in names and not _is_duration(value)
    ]


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0
