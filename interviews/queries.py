"""Page-sized reads of the admin: each a constant number of queries, whatever the number of interviews or turns (design §10)."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from interviews.models import (
    Consent,
    Decision,
    Interview,
    InterviewPassage,
    Letter,
    OutgoingMail,
    Position,
    Review,
    Turn,
)
from interviews.plan import Plan, PlanCriterion, PlanQuestion, from_json

State = Interview.State
CLOSING_KINDS = (Turn.Kind.INVITE_QUESTIONS, Turn.Kind.CANDIDATE_QUESTION, Turn.Kind.REPLY, Turn.Kind.FAREWELL)
_DECIDED = Exists(Decision.objects.filter(interview=OuterRef("pk")))


# --- Dashboard -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Dashboard:
    """What HR see first, limited to what this user may see. The funnel counts real interviews; the lists show demos too."""

    funnel: dict[str, int]  # invited, opened, started, completed, decided
    live: list[Interview]
    waiting: list[Interview]
    waiting_count: int
    positions: list[Position]  # open ones, with `invited` and `to_review` counted
    letters_failed: int
    letters_kept: int
    wants_person: int


def dashboard(user: object, *, days: int = 30) -> Dashboard:
    """The funnel counts interviews invited in the last `days` days."""
    mine = Interview.objects.visible_to(user).filter(kind__in=(Interview.Kind.REAL, Interview.Kind.DEMO))
    recent = mine.real().filter(created_at__gte=timezone.now() - timedelta(days=days))
    funnel = recent.aggregate(
        invited=Count("pk"),
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        started=Count("pk", filter=Q(started_at__isnull=False)),
        completed=Count("pk", filter=Q(state=State.COMPLETED)),
        decided=Count("pk", filter=Q(_DECIDED)),
    )
    waiting = mine.filter(state=State.COMPLETED).exclude(_DECIDED)
    people = ("candidate", "version__position")
    mails = letters_visible_to(user)
    # The eight are chosen first: counting beside every open position would be work for nothing.
    shown = list(Position.objects.visible_to(user).filter(state=Position.State.OPEN).values_list("pk", flat=True)[:8])
    positions = Position.objects.filter(pk__in=shown).with_counts()
    return Dashboard(
        funnel=funnel,
        live=list(mine.filter(state__in=Interview.LIVE).select_related(*people).order_by("-active_at")[:8]),
        waiting=list(waiting.select_related(*people).order_by("completed_at")[:8]),
        waiting_count=waiting.count(),
        positions=list(positions),
        letters_failed=mails.filter(state=OutgoingMail.State.FAILED).count(),
        letters_kept=mails.filter(state=OutgoingMail.State.KEPT).count(),
        wants_person=mine.filter(wants_person_at__isnull=False).exclude(_DECIDED).count(),
    )


def letters_visible_to(user: object) -> QuerySet[OutgoingMail]:
    """Letters of interviews this user may see; letters about no interview go to those who see everything."""
    if user.is_superuser or user.has_perm("interviews.view_all_positions"):
        return OutgoingMail.objects.all()
    return OutgoingMail.objects.filter(interview__in=Interview.objects.visible_to(user).values("pk"))


# --- Review page -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A turn as the reviewer reads it; `offset_s` is counted from the start of the interview, None before it."""

    turn: Turn
    offset_s: int | None

    @property
    def clock(self) -> str:
        """`m:ss` since the start; empty before it."""
        return "" if self.offset_s is None else f"{self.offset_s // 60}:{self.offset_s % 60:02}"


@dataclass
class Block:
    """One question of the plan with everything said about it; without a question: the opening or the close."""

    number: int | None = None
    question: PlanQuestion | None = None
    criteria: list[PlanCriterion] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def is_skipped(self) -> bool:
        return any(line.turn.kind == Turn.Kind.SKIP for line in self.lines) and not self.is_answered

    @property
    def is_answered(self) -> bool:
        return any(line.turn.kind == Turn.Kind.ANSWER for line in self.lines)

    @property
    def is_asked(self) -> bool:
        return bool(self.lines)


@dataclass(frozen=True)
class ReviewPage:
    interview: Interview
    plan: Plan
    opening: Block
    blocks: list[Block]
    closing: Block
    consents: list[Consent]  # the latest of each kind
    passages: list[InterviewPassage]
    own: Review | None
    others: list[Review]  # empty until one's own review is in
    others_count: int
    decisions: list[Decision]  # newest first
    mails: list[OutgoingMail]
    duration_s: int | None

    @property
    def minutes(self) -> int | None:
        """How long the conversation took, at least 1; None when it did not take place."""
        return None if self.duration_s is None else max(1, round(self.duration_s / 60))

    @property
    def may_have_sound(self) -> bool:
        """The candidate agreed to be recorded and the conversation began: there may be something to play."""
        agreed = any(consent.kind == Consent.Kind.RECORDING and consent.given for consent in self.consents)
        return agreed and bool(self.interview.started_at) and not self.interview.erased_at

    @property
    def outcome_letters(self) -> list[OutgoingMail]:
        return [letter for letter in self.mails if letter.kind in (Letter.Kind.ADVANCE, Letter.Kind.REJECT)]

    @property
    def answered(self) -> int:
        return sum(block.is_answered for block in self.blocks)

    @property
    def others_marks(self) -> list[tuple[Review, list[tuple[str, int | None, str]]]]:
        """(review, [(criterion, score, note)]) in the plan's order."""
        table = []
        for review in self.others:
            marks = {str(mark.criterion_uuid): mark for mark in review.marks.all()}
            known = [(criterion.name, marks.get(criterion.uuid)) for criterion in self.plan.criteria]
            table.append((review, [(name, mark.score, mark.note) for name, mark in known if mark]))
        return table

    @property
    def decision(self) -> Decision | None:
        return self.decisions[0] if self.decisions else None


def review_page(interview: Interview, user: object) -> ReviewPage:
    """Everything the review page shows: 8 queries. Raises plan.PlanError for a version this code cannot read."""
    plan = from_json(interview.version.plan)
    opening, blocks, closing = blocks_of(plan, list(interview.turns.all()), interview)
    reviews = list(interview.reviews.select_related("reviewer").prefetch_related("marks", "changes"))
    own = next((review for review in reviews if review.reviewer_id == user.pk), None)
    others = [review for review in reviews if review is not own]
    latest = {consent.kind: consent for consent in interview.consents.all()}
    end = interview.completed_at or (interview.active_at if interview.is_finished else None)
    return ReviewPage(
        interview=interview, plan=plan, opening=opening, blocks=blocks, closing=closing,
        consents=list(latest.values()), passages=list(interview.passages.select_related("actor")),
        own=own, others=others if own else [], others_count=len(others),
        decisions=list(interview.decisions.select_related("reviewer").order_by("-pk")),
        mails=list(interview.mails.select_related("sent_by").order_by("-pk")),
        duration_s=int((end - interview.started_at).total_seconds()) if end and interview.started_at else None,
    )  # fmt: skip


def blocks_of(plan: Plan, turns: list[Turn], interview: Interview) -> tuple[Block, list[Block], Block]:
    """(opening, one block per planned question, closing): each turn stands in exactly one of them."""
    blocks = [
        Block(number, question, [criterion for criterion in plan.criteria if criterion.uuid in question.criteria])
        for number, question in enumerate(plan.questions, 1)
    ]
    by_uuid = {block.question.uuid: block for block in blocks}
    opening, closing = Block(), Block()
    current = opening
    for turn in turns:
        if turn.kind in CLOSING_KINDS:
            current = closing
        elif turn.question_uuid and str(turn.question_uuid) in by_uuid:
            current = by_uuid[str(turn.question_uuid)]
        offset = int((turn.at - interview.started_at).total_seconds()) if interview.started_at else None
        current.lines.append(Line(turn, max(offset, 0) if offset is not None else None))
    return opening, blocks, closing
