"""Turns as rows and as values of the conversation core; the callers hold the transaction."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from interviews.conversation.values import Draft, Said, extend, settle
from interviews.models import Interview, Turn
from interviews.services.sentences import split


def said(interview_id: int) -> list[Said]:
    """All turns of this interview, in order."""
    return [
        Said(
            speaker=turn.speaker,
            kind=turn.kind,
            text=turn.text,
            question=str(turn.question_uuid) if turn.question_uuid else None,
            input=turn.input,
            text_state=turn.text_state,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            client_id=turn.client_id,
            number=turn.number,
            sentences=tuple(turn.sentences),
            first_sentence=turn.first_sentence,
            at=turn.at,
            rung=turn.rung,
            source=turn.source,
            falls=tuple(turn.falls),
        )
        for turn in Turn.objects.filter(interview_id=interview_id).order_by("number")
    ]


def add(interview: Interview, turns: Sequence[Said], drafts: Sequence[Draft], *, at: datetime) -> list[Said]:
    """Store `drafts` behind `turns`, numbered and cut into sentences; returns the new ones."""
    new = settle(turns, drafts, at=at, split=partial(split, language=interview.language))
    Turn.objects.bulk_create(
        Turn(
            interview=interview, number=turn.number, speaker=turn.speaker, kind=turn.kind, text=turn.text,
            text_state=turn.text_state, question_uuid=turn.question, sentences=list(turn.sentences),
            first_sentence=turn.first_sentence, input=turn.input, start_ms=turn.start_ms, end_ms=turn.end_ms,
            client_id=turn.client_id, source=turn.source[:200],
        )
        for turn in new
    )  # fmt: skip
    return new


def lengthen(interview: Interview, turns: Sequence[Said], words: str) -> Said:
    """Store `words` behind the avatar's latest turn; returns the longer turn."""
    longer = extend(turns, words, split=partial(split, language=interview.language))
    Turn.objects.filter(interview_id=interview.pk, number=longer.number).update(
        text=longer.text, sentences=list(longer.sentences)
    )
    return longer
