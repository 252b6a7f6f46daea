"""Candidates' questions as tasks: noted with their turn, told from HR's facts, answered by a person."""

from django.db.models import QuerySet
from django.utils import timezone

from interviews.models import AskedQuestion, Turn
from interviews.services import audit

State = AskedQuestion.State


def note(interview_id: int, turn_number: int) -> None:
    """Inside the transaction that stored the turn."""
    turn = Turn.objects.only("pk").get(interview_id=interview_id, number=turn_number)
    AskedQuestion.objects.get_or_create(turn_id=turn.pk, defaults={"interview_id": interview_id})


def told(interview_id: int, fact: str) -> None:
    """The interviewer said `fact` to what was asked since it last spoke; of several questions the earlier ones stay open."""
    latest = AskedQuestion.objects.filter(interview_id=interview_id).order_by("-turn__number").first()
    if latest is not None and latest.state == State.OPEN:
        AskedQuestion.objects.filter(pk=latest.pk, state=State.OPEN).update(state=State.TOLD, fact=fact)


def answer(questions: QuerySet[AskedQuestion], *, by: object) -> int:
    """A person has answered these candidates; returns how many were not answered yet."""
    done = 0
    for question in questions.exclude(state=State.ANSWERED).select_related("interview"):
        changed = AskedQuestion.objects.filter(pk=question.pk).exclude(state=State.ANSWERED)
        if changed.update(state=State.ANSWERED, answered_by=by, answered_at=timezone.now()):
            audit.record("answer_question", question.interview, actor=by)
            done += 1
    return done
