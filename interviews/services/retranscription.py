"""HR have an interview heard again, or take an earlier text back. Nothing is lost by either: every run's text is kept."""

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interviews.models import Interview, Turn
from interviews.services import audit
from interviews.services.sound import span_of
from transcription.engines.base import RecognitionEngine
from transcription.models import Recording
from transcription.services import recognition
from transcription.services.listening import permitted
from transcription.services.texts import RecordingTexts
from transcription.services.transcripts import text_between


class CannotTranscribe(Exception):
    """`text` says why, fit for a person."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


def engines_for(interview: Interview) -> tuple[RecognitionEngine, ...]:
    """The recognisers this candidate's consents allow, that are there now."""
    recording = Recording.objects.filter(owner_key=interview.recording_key, erased_at=None).first()
    return permitted(recording) if recording else ()


def transcribe_again(interview: Interview, *, engine: str, by: object) -> int:
    """Have all speech heard by `engine`; returns how many stretches. Raises CannotTranscribe."""
    if engine not in {able.name for able in engines_for(interview)}:
        raise CannotTranscribe(_("This recogniser cannot be used here: it is not set up, or the candidate did not agree to it."))
    with transaction.atomic():
        count = recognition.again(recognition.segments_of(interview.recording_key), engine=engine)
        if not count:
            raise CannotTranscribe(_("There is no speech to transcribe, or it is being transcribed just now."))
        # Their text stays until the new one is there (late_texts).
        spoken = Turn.objects.filter(interview=interview, input=Turn.Input.VOICE, start_ms__isnull=False)
        spoken.update(text_state=Turn.TextState.PENDING)
        audit.record("transcribe_again", interview, actor=by, note=f"{engine}: {count} stretches")
    return count


def choose_text(interview: Interview, *, turn_number: int, run: str, by: object) -> None:
    """Make the text of an earlier run the answer's own. Raises CannotTranscribe when there is none of that name."""
    turn = Turn.objects.filter(interview=interview, number=turn_number).first()
    span = span_of(turn) if turn else None
    runs = RecordingTexts(interview.recording_key).between(turn.start_ms, turn.end_ms).runs if span else ()
    chosen = next((candidate for candidate in runs if candidate.id == run), None)
    if chosen is None:
        raise CannotTranscribe(_("This text is not there any more. Load the page again."))
    with transaction.atomic():
        for text in chosen.texts:
            recognition.choose(text)
        found = text_between(interview.recording_key, turn.start_ms, turn.end_ms)
        Turn.objects.filter(pk=turn.pk).update(text=found.text)
        audit.record("choose_text", interview, actor=by, note=f"turn {turn.number}: {chosen.engine}"[:200])
