"""An interview that a model may lead, for tests: adaptive questions, the candidate's consents, a stub model's settings."""

from typing import Any

from interviews.models import Consent, Interview, Question
from interviews.tests.builders import make_interview, make_position

ANSWER = "We moved our billing service to a new database in three months."
FOLLOW_UP = "What was the hardest part of moving the database?"
KINDS = (Consent.Kind.PROCESSING, Consent.Kind.RECORDING, Consent.Kind.AI_ANALYSIS, Consent.Kind.CROSS_BORDER)


def agree(interview: Interview, *kinds: str, given: bool = True) -> None:
    for kind in kinds or KINDS:
        Consent.objects.create(interview=interview, kind=kind, given=given, text_version="1", language=interview.language)


def make_led_interview(*, follow_ups: int = 1, agreed: bool = True, **position: Any) -> Interview:
    """In progress, with adaptive questions; `position` are fields of the position."""
    made = make_position(**position)
    Question.objects.filter(position=made).update(mode=Question.Mode.ADAPTIVE, follow_ups=follow_ups)
    interview = make_interview(position=made, state=Interview.State.IN_PROGRESS)
    if agreed:
        agree(interview)
    return interview
