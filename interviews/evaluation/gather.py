"""From rows to values: the answers that belong to each criterion, with what is known of their recognition."""

from collections.abc import Sequence
from dataclasses import dataclass

from interviews.evaluation.evidence import Answer, Question
from interviews.models import Interview, Turn
from interviews.plan import Plan, PlanCriterion, PlanQuestion, from_json
from transcription import spoken_language
from transcription.services.transcripts import Piece, text_between


@dataclass(frozen=True)
class Material:
    """All that an interview offers. `is_pending`: words may still come from a recogniser."""

    plan: Plan
    questions: dict[str, Question]  # by uuid, in the plan's order
    is_pending: bool = False

    @property
    def answers(self) -> list[Answer]:
        return [answer for question in self.questions.values() for answer in question.answers]

    def of(self, criterion: PlanCriterion) -> list[Question]:
        """The questions by which a criterion is judged; those that name no criterion belong to none."""
        return [self.questions[question.uuid] for question in self.plan.questions if criterion.uuid in question.criteria]

    def pairs(self) -> list[tuple[PlanCriterion, Question | None]]:
        """Each criterion with each of its questions; a criterion without any stands once, with None."""
        return [(criterion, question) for criterion in self.plan.criteria for question in self.of(criterion) or [None]]


def gather(interview: Interview) -> Material:
    """Raises interviews.plan.PlanError when the frozen plan cannot be read."""
    plan = from_json(interview.version.plan)
    turns = list(Turn.objects.filter(interview=interview).order_by("number"))
    said: dict[str, list[Answer]] = {}
    pending = False
    for turn in turns:
        if turn.kind == Turn.Kind.ANSWER and turn.question_uuid:
            pending = pending or turn.text_state == Turn.TextState.PENDING
            said.setdefault(str(turn.question_uuid), []).append(_answer(interview, turn))
    questions = {
        question.uuid: Question(
            question.uuid, _asked(question, turns), _state(question.uuid, turns, said), tuple(said.get(question.uuid, ()))
        )
        for question in plan.questions
    }  # fmt: skip
    return Material(plan, questions, pending)


def _asked(question: PlanQuestion, turns: Sequence[Turn]) -> str:
    """The question as the candidate heard it, in their language, with the follow-ups that were asked to it; a line each."""
    own = [turn for turn in turns if str(turn.question_uuid or "") == question.uuid]
    heard = [turn.text for turn in own if turn.kind == Turn.Kind.QUESTION][:1] or [question.text]
    return "\n".join([*heard, *(turn.text for turn in own if turn.kind == Turn.Kind.FOLLOW_UP)])


def _state(uuid: str, turns: Sequence[Turn], said: dict[str, list[Answer]]) -> str:
    if said.get(uuid):
        return "answered"
    kinds = {turn.kind for turn in turns if str(turn.question_uuid or "") == uuid}
    return "skipped" if Turn.Kind.QUESTION in kinds else "not_asked"


def _answer(interview: Interview, turn: Turn) -> Answer:
    question = str(turn.question_uuid)
    if turn.input != Turn.Input.VOICE or turn.start_ms is None or turn.end_ms is None:
        in_language = not spoken_language.is_other(turn.text, "", interview.language)
        return Answer(turn.number, turn.text, question, typed=turn.input == Turn.Input.TYPED, in_language=in_language)
    pieces = [piece for piece in text_between(interview.recording_key, turn.start_ms, turn.end_ms).pieces if piece.text]
    return Answer(
        turn.number, turn.text, question, start_ms=turn.start_ms, end_ms=turn.end_ms,
        confidence=_confidence(pieces), in_language=_in_language(pieces),
        word_starts_ms=_word_starts(turn.text, pieces),
    )  # fmt: skip


def _confidence(pieces: Sequence[Piece]) -> float | None:
    """Weighed by words; None when no engine said how sure it was."""
    told = [(piece.confidence, len(piece.text.split())) for piece in pieces if piece.confidence is not None]
    words = sum(count for _confidence, count in told)
    return sum(confidence * count for confidence, count in told) / words if words else None


def _in_language(pieces: Sequence[Piece]) -> bool:
    other = sum(len(piece.text) for piece in pieces if piece.language_mismatch)
    return other * 2 <= sum(len(piece.text) for piece in pieces)


def _word_starts(text: str, pieces: Sequence[Piece]) -> tuple[int, ...]:
    """A moment for each word of the turn, by the stretches of speech it was joined from; () when they do not fit the text."""
    if " ".join(piece.text for piece in pieces).split() != text.split():
        return ()
    starts = []
    for piece in pieces:
        words, length = piece.text.split(), max(1, len(piece.text))
        place = 0
        for word in words:
            starts.append(piece.start_ms + (piece.end_ms - piece.start_ms) * place // length)
            place += len(word) + 1
    return tuple(starts)
