"""The coverage matrix of an interview, from its rows (conversation.coverage): for the review page and the API."""

from collections.abc import Sequence

from interviews.conversation.coverage import Covered, coverage
from interviews.conversation.values import Said
from interviews.models import Interview, InterviewPassage, Turn
from interviews.plan import Plan


def covered(interview: Interview, plan: Plan, turns: Sequence[Turn], passages: Sequence[InterviewPassage]) -> tuple[Covered, ...]:
    """One row per question of the plan. `turns` and `passages` are all of this interview's, in order."""
    said = [
        Said(
            turn.speaker, turn.kind, turn.text, str(turn.question_uuid) if turn.question_uuid else None,
            number=turn.number, at=turn.at,
        )
        for turn in turns
    ]  # fmt: skip
    return coverage(plan, said, pauses=_pauses(passages), is_over=interview.is_finished)


def _pauses(passages: Sequence[InterviewPassage]) -> list[tuple]:
    starts = [index for index, passage in enumerate(passages) if passage.new_state == Interview.State.PAUSED]
    return [(passages[at].at, passages[at + 1].at if at + 1 < len(passages) else None) for at in starts]
