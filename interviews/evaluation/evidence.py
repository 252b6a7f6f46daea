"""What a criterion is judged by: the candidate's answers to its questions, as values."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer, or one part of it. `confidence` of its recognition in [0, 1]; None when typed, or when the engine does not say.

    `start_ms`, `end_ms` on the recording's clock; None for typed words. `in_language`: False when another language was heard.
    `word_starts_ms`: one moment for each whitespace-separated word of `text`, or empty.
    """

    turn: int
    text: str
    question: str = ""  # uuid
    typed: bool = False
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None
    in_language: bool = True
    word_starts_ms: tuple[int, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question of a criterion and what became of it. `state`: answered, skipped, timed_out or not_asked."""

    uuid: str
    text: str
    state: str
    answers: tuple[Answer, ...] = ()


def answers_of(questions: Sequence[Question]) -> list[Answer]:
    return [answer for question in questions for answer in question.answers]
