"""Many realistic interviews at once, for measuring lists and queries (design §10). Never for a site people use."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from avatars.models import AvatarSettings
from interviews.models import (
    Candidate,
    Criterion,
    Decision,
    Interview,
    InterviewPassage,
    Position,
    PositionVersion,
    Question,
    Turn,
)
from interviews.plan import Plan, from_json
from interviews.services.versions import freeze

BATCH = 500
MARK = "Load test"  # in each title and name: found and deleted by it
QUESTIONS = (
    "Tell me about yourself.", "Which project do you remember best, and why?", "What would you do differently today?",
    "How do you work with people who disagree with you?", "Why do you want to work with us?",
)  # fmt: skip
WORDS = (
    "we moved the billing service first because it had the fewest callers and then measured for two weeks before touching"
    " the rest my part was the migration of the old orders and the nightly comparison with the reports of finance"
).split()
# How an interview ended, by share of 100.
STATES = [
    (Interview.State.COMPLETED, 55), (Interview.State.INVITED, 20), (Interview.State.EXPIRED, 10),
    (Interview.State.OPENED, 5),
    (Interview.State.ABANDONED, 5), (Interview.State.DECLINED, 3), (Interview.State.REVOKED, 2),
]  # fmt: skip
DAYS = 180


def seed(*, interviews: int, by: object, positions: int = 20, dice: random.Random | None = None) -> Iterator[int]:
    """Make `interviews` interviews with their turns, passages and decisions; yields how many there are after each batch."""
    dice = dice or random.Random(7)
    versions = [_version(number, by) for number in range(1, positions + 1)]
    for start in range(0, interviews, BATCH):
        with transaction.atomic():
            _batch(range(start, min(start + BATCH, interviews)), versions, by, dice)
        yield min(start + BATCH, interviews)


def _version(number: int, by: object) -> PositionVersion:
    AvatarSettings.objects.get_or_create(is_default=True, defaults={"name": "Standard", "language": "en"})
    position = Position.objects.create(
        title=f"{MARK} {number}", language="en", contact="load@example.org", state=Position.State.OPEN, created_by=by
    )
    criterion = Criterion.objects.create(position=position, name="Clarity", weight=2)
    for order, text in enumerate(QUESTIONS):
        Question.objects.create(position=position, text=text, order=order).criteria.add(criterion)
    return freeze(position, by=by)


def _batch(numbers: range, versions: list[PositionVersion], by: object, dice: random.Random) -> None:
    now = timezone.now()
    states, shares = zip(*STATES, strict=True)
    candidates = Candidate.objects.bulk_create(
        Candidate(name=f"{MARK} {number}", email=f"load{number}@example.org", language="en", created_by=by) for number in numbers
    )
    made = []
    for candidate in candidates:
        invited = now - timedelta(seconds=dice.randrange(DAYS * 86_400))
        state = dice.choices(states, shares)[0]
        begun = state in (Interview.State.COMPLETED, Interview.State.ABANDONED)
        started = invited + timedelta(hours=dice.randrange(1, 48)) if begun else None
        made.append(Interview(
            candidate=candidate, version=dice.choice(versions), language="en", state=state, created_by=by,
            deadline=invited + timedelta(days=14), opened_at=started, started_at=started, active_at=started,
            completed_at=started + timedelta(minutes=12) if state == Interview.State.COMPLETED else None,
        ))  # fmt: skip
        made[-1].invited_at = invited
    made = Interview.objects.bulk_create(made)
    for interview in made:
        interview.created_at = interview.invited_at  # bulk_create sets the present time
    Interview.objects.bulk_update(made, ["created_at"], batch_size=BATCH)
    InterviewPassage.objects.bulk_create(
        InterviewPassage(interview=interview, old_state=Interview.State.INVITED, new_state=interview.state, reason=MARK)
        for interview in made
        if interview.state != Interview.State.INVITED
    )
    talked = [interview for interview in made if interview.started_at]
    plans = {version.pk: from_json(version.plan) for version in versions}
    Turn.objects.bulk_create(
        (turn for interview in talked for turn in _turns(interview, plans[interview.version_id], dice)), batch_size=2000
    )
    Decision.objects.bulk_create(
        Decision(interview=interview, reviewer=by, outcome=dice.choice(Decision.Outcome.values), reason=MARK)
        for interview in talked
        if interview.completed_at and dice.random() < 0.7
    )


def _turns(interview: Interview, plan: Plan, dice: random.Random) -> Iterator[Turn]:
    """Greeting, each question with a typed answer of 20 to 120 words, farewell."""
    clock, number, sentence = 0, 0, 0
    last = len(plan.questions) if interview.completed_at else dice.randrange(1, len(plan.questions))

    def said(kind: str, text: str, uuid: str | None = None) -> Turn:
        nonlocal clock, number, sentence
        turn = Turn(
            interview=interview, number=number, speaker=Turn.Speaker.AVATAR, kind=kind, text=text, sentences=[text],
            first_sentence=sentence, question_uuid=uuid, start_ms=clock, end_ms=clock + 4000, rung="local",
        )  # fmt: skip
        clock, number, sentence = clock + 4000, number + 1, sentence + 1
        return turn

    yield said(Turn.Kind.GREETING, "Good afternoon. I am an artificial interviewer.")
    for question in plan.questions[:last]:
        yield said(Turn.Kind.QUESTION, question.text, question.uuid)
        words = dice.choices(WORDS, k=dice.randrange(20, 120))
        yield Turn(
            interview=interview, number=number, speaker=Turn.Speaker.CANDIDATE, kind=Turn.Kind.ANSWER,
            text=" ".join(words).capitalize() + ".",
            question_uuid=question.uuid, input=Turn.Input.TYPED, start_ms=clock, end_ms=clock + 400 * len(words),
            client_id=f"load-{interview.pk}-{number}",
        )  # fmt: skip
        clock, number = clock + 400 * len(words), number + 1
    if interview.completed_at:
        yield said(Turn.Kind.FAREWELL, "Thank you. A person will read your answers.")


def remove() -> int:
    """Delete what `seed` made; returns how many interviews went."""
    interviews = Interview.objects.filter(candidate__name__startswith=MARK, version__position__title__startswith=MARK)
    removed = interviews.count()
    while ids := list(interviews.values_list("pk", flat=True)[:BATCH]):
        Interview.objects.filter(pk__in=ids).delete()
    Candidate.objects.filter(name__startswith=MARK).delete()
    Position.objects.filter(title__startswith=MARK).delete()
    return removed
