"""Where there is too little to judge: said by rule, before any model is asked, and never turned into a number (design §5)."""

from collections.abc import Sequence
from enum import StrEnum

from interviews.evaluation.evidence import Question, answers_of
from interviews.evaluation.quotes import words

FEWEST_WORDS = 12
LEAST_CONFIDENCE = 0.5


class Insufficient(StrEnum):
    """Why there is no score. The last two come from what a model answered."""

    NO_QUESTION = "no_question"  # no question of the plan belongs to the criterion
    NOT_ASKED = "not_asked"
    SKIPPED = "skipped"
    NO_TEXT = "no_text"  # something was said and nobody could turn it into words
    TOO_LITTLE = "too_little"
    LOW_CONFIDENCE = "low_confidence"
    OTHER_LANGUAGE = "other_language"
    ONLY_INSTRUCTIONS = "only_instructions"  # what was said only gives orders to the machine
    MODEL_SAYS_SO = "model_says_so"


def too_little(questions: Sequence[Question]) -> Insufficient | None:
    """The rule that forbids a score for these questions' answers; None when a model may be asked."""
    if not questions:
        return Insufficient.NO_QUESTION
    answers = answers_of(questions)
    if not answers:
        asked = any(question.state != "not_asked" for question in questions)
        return Insufficient.SKIPPED if asked else Insufficient.NOT_ASKED
    counts = [len(words(answer.text)) for answer in answers]
    if not sum(counts):
        return Insufficient.NO_TEXT
    understood = sum(count for answer, count in zip(answers, counts, strict=True) if answer.in_language)
    if understood * 2 < sum(counts):
        return Insufficient.OTHER_LANGUAGE
    if sum(counts) < FEWEST_WORDS:
        return Insufficient.TOO_LITTLE
    told = [(answer.confidence, count) for answer, count in zip(answers, counts, strict=True) if answer.confidence is not None]
    heard = sum(count for _confidence, count in told)
    if heard and sum(confidence * count for confidence, count in told) / heard < LEAST_CONFIDENCE:
        # Typed words are certain: they count as they are when they alone are enough.
        if sum(count for answer, count in zip(answers, counts, strict=True) if answer.typed) < FEWEST_WORDS:
            return Insufficient.LOW_CONFIDENCE
    return None
