"""How much patience one person and one question ask for (hiring_law 17). Pure."""

from collections.abc import Mapping
from typing import Any

from interviews.plan import PlanQuestion
from transcription.turn_taking import Pace

MORE_TIME = 1.5  # the accommodation "more time" without a number
LEAST, MOST = 1.0, 4.0
SHORT_ANSWER_S = 30  # a question with so little answer time asks for a word, a number, yes or no


def factor(accommodations: Mapping[str, Any] | None) -> float:
    """`more_time`: true, or by how much every silence is longer (1 to 4). Anything else is nobody's accommodation."""
    wanted = (accommodations or {}).get("more_time")
    if wanted is True:
        return MORE_TIME
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        return LEAST
    return min(MOST, max(LEAST, float(wanted)))


def pace_of(accommodations: Mapping[str, Any] | None, question: PlanQuestion | None) -> Pace:
    return Pace(factor(accommodations), is_short=question is not None and question.answer_time_s <= SHORT_ANSWER_S)
