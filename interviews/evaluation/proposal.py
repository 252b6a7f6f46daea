"""What the review page shows of a proposal: nothing of it before the reviewer's own marks are in (design §5, §6)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median_low

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interviews.evaluation import permission
from interviews.evaluation.evidence import Answer
from interviews.evaluation.rules import Insufficient
from interviews.evaluation.suspicion import Suspect, suspects
from interviews.models import Evaluation, Finding, Interview, Review, Turn
from interviews.plan import Plan, PlanCriterion

WHY: dict[str, Promise] = {
    Insufficient.NO_QUESTION: _("No question belongs to this criterion."),
    Insufficient.NOT_ASKED: _("The question was not asked."),
    Insufficient.SKIPPED: _("The question was not answered."),
    Insufficient.NO_TEXT: _("The answer could not be turned into words."),
    Insufficient.TOO_LITTLE: _("Too little was said."),
    Insufficient.LOW_CONFIDENCE: _("The recogniser was not sure of the words. Listen to the answer."),
    Insufficient.OTHER_LANGUAGE: _("The answer is in another language."),
    Insufficient.ONLY_INSTRUCTIONS: _("The answer only gives orders to the computer."),
    Insufficient.MODEL_SAYS_SO: _("The answer does not show this."),
}
UNFOUNDED = _("The model named words that nobody said. Please judge this yourself.")


@dataclass(frozen=True)
class Quote:
    """`seek_s`: where the words begin in the sound of that answer, `at_ms` on the recording's clock; None for typed ones."""

    turn: int
    text: str
    seek_s: float | None = None
    unsure: bool = False
    at_ms: int | None = None


@dataclass(frozen=True)
class Part:
    """One question's share in a criterion. `why` says why there is no score, `code` the same for a program."""

    number: int | None  # of the question
    score: int | None
    reason: str
    why: str | Promise
    quotes: tuple[Quote, ...]
    question: str | None = None  # uuid
    code: str = ""


@dataclass(frozen=True)
class Row:
    """A criterion. `score` is the lower median of its parts' scores, None without any; `difference` = proposal − own mark."""

    criterion: PlanCriterion
    score: int | None
    parts: tuple[Part, ...]
    own: int | None = None

    @property
    def difference(self) -> int | None:
        return self.score - self.own if self.score is not None and self.own is not None else None


@dataclass(frozen=True)
class Proposal:
    """`is_hidden`: whoever looks must not see it yet. `problem`: why there is none or a person is needed; `code`: the same.

    `earlier` counts the proposals before the latest; `history` has them with their rows, newest first, for who may see them.
    """

    latest: Evaluation | None = None
    earlier: int = 0
    history: tuple[tuple[Evaluation, tuple[Row, ...]], ...] = ()
    is_hidden: bool = False
    rows: tuple[Row, ...] = ()
    problem: str | Promise = ""
    code: str = ""
    may_ask: bool = False
    done: int = 0
    flags: tuple[Suspect, ...] = field(default_factory=tuple)

    @property
    def found(self) -> tuple[Row, ...]:
        """The criteria for which something was said."""
        return tuple(row for row in self.rows if row.score is not None)

    @property
    def missing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.score is None)

    @property
    def quotes(self) -> int:
        return sum(len(part.quotes) for row in self.rows for part in row.parts)


def proposal_for(
    interview: Interview, plan: Plan, own: Review | None, turns: Sequence[Turn], *, may_see: bool = False
) -> Proposal:
    """For one reviewer, or for a program that `may_see` it without marks of its own.

    Flags are shown to everybody: they are about what was said, not about its worth.
    """
    flags = suspects(Answer(turn.number, turn.text) for turn in turns if turn.speaker == Turn.Speaker.CANDIDATE)
    evaluations = list(interview.evaluations.prefetch_related("findings"))
    code = permission.problem(interview)
    if code == "no_consent":  # also when it was withdrawn after a proposal was made: nobody leans on it any more
        return Proposal(problem=permission.TEXTS[code], code=code, flags=flags)
    if not evaluations:
        shown = permission.TEXTS[code] if code and code != "not_finished" else ""
        return Proposal(problem=shown, code=code if shown else "", may_ask=not code, flags=flags)
    latest = evaluations[0]
    findings = list(latest.findings.all())
    common = {"latest": latest, "earlier": len(evaluations) - 1, "done": len(findings), "flags": flags}
    if latest.is_under_way:
        return Proposal(**common)
    problem = permission.TEXTS.get(latest.error_code, "") if latest.error_code else ""
    common |= {"problem": problem, "code": latest.error_code}
    if own is None and not may_see:
        return Proposal(**common, is_hidden=bool(findings), may_ask=not code)
    marks = {str(mark.criterion_uuid): mark.score for mark in own.marks.all()} if own else {}
    starts = {turn.number: turn.start_ms for turn in turns}
    numbers = {question.uuid: number for number, question in enumerate(plan.questions, 1)}

    def rows(of: Sequence[Finding]) -> tuple[Row, ...]:
        return tuple(_row(criterion, of, numbers, starts, marks.get(criterion.uuid)) for criterion in plan.criteria if of)

    history = tuple((evaluation, rows(evaluation.findings.all())) for evaluation in evaluations[1:])
    return Proposal(**common, rows=rows(findings), history=history, may_ask=not code)


def _row(
    criterion: PlanCriterion, findings: Sequence[Finding], numbers: dict[str, int], starts: dict[int, int | None], own: int | None
) -> Row:
    mine = [finding for finding in findings if str(finding.criterion_uuid) == criterion.uuid]
    parts = tuple(
        Part(
            numbers.get(str(finding.question_uuid)), finding.score, finding.reason,
            "" if finding.score else WHY.get(finding.insufficient, UNFOUNDED),
            tuple(_quote(quote, starts) for quote in finding.quotes if quote.get("text")),
            str(finding.question_uuid) if finding.question_uuid else None,
            "" if finding.score else finding.insufficient or "unfounded",
        )
        for finding in mine
    )  # fmt: skip
    scores = [part.score for part in parts if part.score is not None]
    return Row(criterion, median_low(scores) if scores else None, parts, own)


def _quote(quote: dict, starts: dict[int, int | None]) -> Quote:
    start, at, sure = starts.get(quote["turn"]), quote.get("at_ms"), quote.get("confidence")
    seek = max(0, at - start) / 1000 if start is not None and at is not None else None
    return Quote(quote["turn"], quote["text"], seek, sure is not None and sure < 0.7, at)
