"""Words that come after the answer: turns that wait for a recogniser get their text when it is there (design §4)."""

from interview_site.notify import interview_changed
from interviews.models import Interview, Turn
from transcription.services.transcripts import text_between

_reached = 0  # where the last tick of this process stopped: what can not be filled must not stand in the way of the rest


def fill(*, batch: int = 500) -> int:
    """Give pending turns the text that is known now; returns how many became final (beat).

    What may not be recognised, or was heard as silence, becomes final without words. What failed stays: a person can have
    it transcribed again. An answer that is heard again keeps its old words until then.
    """
    global _reached
    waiting = Turn.objects.filter(text_state=Turn.TextState.PENDING).select_related("interview").order_by("pk")
    turns = list(waiting.filter(pk__gt=_reached)[:batch])
    _reached = turns[-1].pk if len(turns) == batch else 0
    return sum(_try(turn) for turn in turns)


def words(interview_pk: int, number: int) -> str:
    """What the candidate said in that turn, as far as it is known."""
    said = Turn.objects.filter(interview=interview_pk, number=number, speaker=Turn.Speaker.CANDIDATE)
    return said.values_list("text", flat=True).first() or ""


def _try(turn: Turn) -> int:
    if turn.start_ms is None or turn.end_ms is None or turn.interview.erased_at:
        return _settle(turn, turn.text)
    found = text_between(turn.interview.recording_key, turn.start_ms, turn.end_ms)
    if found.pending or found.failed:
        return 0
    return _settle(turn, found.text if found.pieces else turn.text)


def _settle(turn: Turn, text: str) -> int:
    waiting = Turn.objects.filter(pk=turn.pk, text_state=Turn.TextState.PENDING)
    settled = waiting.update(text=text, text_state=Turn.TextState.FINAL)
    if settled and text and turn.interview.state in Interview.LIVE:
        interview_changed(turn.interview.public_id, turn=turn.number)  # who is still in the call sees what was understood
    return settled
