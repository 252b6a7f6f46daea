"""Page-sized reads of the admin: each a constant number of queries, whatever the number of interviews or turns (design §10)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from interviews.conversation.coverage import Covered
from interviews.evaluation.proposal import Proposal, proposal_for
from interviews.models import (
    AskedQuestion,
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
from interviews.rung_names import RUNG_NAMES
from interviews.services import camera, latency
from interviews.services.coverage import covered
from interviews.services.sound import Waveform, span_of, waveforms
from transcription.services.completeness import Completeness, completeness_of
from transcription.services.texts import RecordingTexts, Span

State = Interview.State
CLOSING_KINDS = (Turn.Kind.INVITE_QUESTIONS, Turn.Kind.CANDIDATE_QUESTION, Turn.Kind.REPLY, Turn.Kind.FAREWELL)
SHOWN_KINDS = (Interview.Kind.REAL, Interview.Kind.DEMO)  # on the dashboard
FUNNEL_DAYS = 30
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
    asked: list[AskedQuestion]  # candidates' questions that wait for a person's answer, the oldest first
    asked_count: int


def dashboard(user: object) -> Dashboard:
    """The funnel counts interviews invited in the last FUNNEL_DAYS days."""
    mine = Interview.objects.visible_to(user).filter(kind__in=SHOWN_KINDS)
    recent = mine.real().filter(created_at__gte=timezone.now() - timedelta(days=FUNNEL_DAYS))
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
    asked = AskedQuestion.objects.visible_to(user).waiting().filter(interview__kind__in=SHOWN_KINDS)
    may_answer = user.has_perm("interviews.view_askedquestion")
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
        asked=list(asked.select_related("turn", "interview__candidate").order_by("pk")[:5]) if may_answer else [],
        asked_count=asked.count() if may_answer else 0,
    )


def letters_visible_to(user: object) -> QuerySet[OutgoingMail]:
    """Letters of interviews this user may see; letters about no interview go to those who see everything."""
    if user.is_superuser or user.has_perm("interviews.view_all_positions"):
        return OutgoingMail.objects.all()
    return OutgoingMail.objects.filter(interview__in=Interview.objects.visible_to(user).values("pk"))


# --- Review page -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """A turn as the reviewer reads it; `offset_s` is counted from the start of the interview, None before it.

    A spoken one has what was heard in it (`heard`) and what its player draws (`wave`).
    """

    turn: Turn
    offset_s: int | None
    heard: Span | None = None
    wave: Waveform | None = None

    @property
    def rung(self) -> str:
        """Who brought an avatar's words to the candidate, in words."""
        return str(RUNG_NAMES.get(self.turn.rung, self.turn.rung))

    @property
    def fallen(self) -> str:
        """What failed at the candidate's page before that."""
        return ", ".join(str(RUNG_NAMES.get(name, name)) for name in self.turn.falls)

    @property
    def sureness(self) -> int | None:
        """Per cent, as the recogniser says."""
        known = self.heard.confidence if self.heard else None
        return None if known is None else round(known * 100)

    @property
    def marks(self) -> list[latency.Mark]:
        """What happened to it, since the candidate's last voice or message."""
        return latency.of_turn(self.turn.marks)

    @property
    def reply_s(self) -> float | None:
        """Seconds until the candidate heard it (or until it was sent, where nothing was heard); None when it is no reply."""
        known = {mark.stage: mark.seconds for mark in self.marks}
        return known.get("first_sound", known.get("said"))

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
    covered: Covered | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes spent on it, at least 1; 0 when it was not asked."""
        return max(1, round(self.covered.seconds / 60)) if self.covered and self.covered.seconds is not None else 0

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
    wave: Waveform | None = None  # of the whole interview
    complete: Completeness | None = None
    waiting_texts: int = 0  # stretches of speech still to be heard
    proposal: Proposal = field(default_factory=Proposal)
    asked: list[AskedQuestion] = field(default_factory=list)  # of the candidate, in order
    replies: list[latency.Stage] = field(default_factory=list)  # how quickly what was spoken was replied to

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
    def camera_parts(self) -> list[camera.Part]:
        return [] if self.interview.erased_at else camera.parts(self.interview)

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
    """Everything the review page shows: 13 queries. Raises plan.PlanError for a version this code cannot read."""
    own_plan = from_json(interview.version.plan)
    # Questions as this candidate heard them; criteria in the words of those who judge.
    plan = replace(own_plan.in_language(interview.language), criteria=own_plan.criteria)
    turns, texts = list(interview.turns.all()), RecordingTexts(interview.recording_key)
    waves = waveforms(interview, turns)
    opening, blocks, closing = blocks_of(plan, turns, interview)
    for block in (opening, *blocks, closing):
        block.lines = [_with_sound(line, texts, waves) for line in block.lines]
    passages = list(interview.passages.select_related("actor"))
    for block, row in zip(blocks, covered(interview, plan, turns, passages), strict=True):
        block.covered = row
    reviews = list(interview.reviews.select_related("reviewer").prefetch_related("marks", "changes"))
    own = next((review for review in reviews if review.reviewer_id == user.pk), None)
    others = [review for review in reviews if review is not own]
    latest = {consent.kind: consent for consent in interview.consents.all()}
    end = interview.completed_at or (interview.active_at if interview.is_finished else None)
    return ReviewPage(
        interview=interview, plan=plan, opening=opening, blocks=blocks, closing=closing,
        consents=list(latest.values()), passages=passages,
        own=own, others=others if own else [], others_count=len(others),
        decisions=list(interview.decisions.select_related("reviewer").order_by("-pk")),
        mails=list(interview.mails.select_related("sent_by").order_by("-pk")),
        duration_s=int((end - interview.started_at).total_seconds()) if end and interview.started_at else None,
        wave=waves["whole"], complete=completeness_of(interview.recording_key), waiting_texts=texts.waiting,
        asked=list(interview.asked.select_related("turn", "answered_by").order_by("pk")),
        proposal=proposal_for(interview, plan, own, turns), replies=latency.summary(turn.marks for turn in turns),
    )  # fmt: skip


def _with_sound(line: Line, texts: RecordingTexts, waves: dict[str, Waveform]) -> Line:
    if span_of(line.turn) is None:
        return line
    return replace(line, heard=texts.between(line.turn.start_ms, line.turn.end_ms), wave=waves.get(str(line.turn.number)))


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
        if str(turn.question_uuid) in by_uuid:  # a bridge belongs to the question that it closes
            current = by_uuid[str(turn.question_uuid)]
        elif turn.kind in CLOSING_KINDS:
            current = closing
        offset = int((turn.at - interview.started_at).total_seconds()) if interview.started_at else None
        current.lines.append(Line(turn, max(offset, 0) if offset is not None else None))
    return opening, blocks, closing
