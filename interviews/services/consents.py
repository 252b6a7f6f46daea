"""What a candidate agreed to, as it stands now, and taking it back (design §5, hiring_law 3).

The latest answer of a kind counts, and what was never asked was not given.
"""

from django.db import transaction

from interview_site.notify import interview_changed
from interviews.consent_texts import TEXT_VERSION
from interviews.models import Consent, Interview, Turn
from interviews.services import audit
from transcription.services import erase, takes

Kind = Consent.Kind


def latest(interview: Interview, kind: str) -> Consent | None:
    return Consent.objects.filter(interview_id=interview.pk, kind=kind).order_by("-pk").first()


def agreed(interview: Interview, kind: str) -> bool:
    answer = latest(interview, kind)
    return answer is not None and answer.given


def may_leave(interview: Interview, data: str) -> bool:
    """Whether `data` (Consent.Data) of this interview may go to a service outside the company."""
    transfer = latest(interview, Kind.CROSS_BORDER)
    return transfer is not None and transfer.allows(data)


def given(interview: Interview) -> list[Consent]:
    """Those that stand, in the order in which they are asked."""
    return [answer for kind in Kind.values if (answer := latest(interview, kind)) is not None and answer.given]


def withdraw(interview: Interview, kind: str, *, by: object = None) -> bool:
    """Take one consent back; False when none stands. `by`: the member of staff who was told, None for the candidate.

    It works with the next frame, picture, request or word. A recording is erased with the consent to it, unless a legal hold
    keeps it; the voice is in the camera's video too, so that one goes with either. What was said stays as text: the consent to
    processing ends by erasing (`personal.erase_interview`).
    """
    with transaction.atomic():
        locked = Interview.objects.select_for_update().get(pk=interview.pk)
        answer = latest(locked, kind)
        if kind == Kind.PROCESSING or answer is None or not answer.given:
            return False
        Consent.objects.create(
            interview=locked, kind=kind, given=False, text_version=TEXT_VERSION, language=answer.language, covers=answer.covers
        )
        audit.record("withdraw_consent", locked, actor=by, note=str(kind))
        if kind == Kind.RECORDING and not locked.legal_hold:
            erase.erase_recording(locked.recording_key)
            spoken = locked.turns.filter(input=Turn.Input.VOICE)
            spoken.update(start_ms=None, end_ms=None, text_state=Turn.TextState.FINAL)
        elif kind == Kind.CAMERA and not locked.legal_hold:
            erase.erase_camera(locked.recording_key)
        elif kind == Kind.CROSS_BORDER:
            takes.keep_inside(locked.recording_key)
        transaction.on_commit(lambda: interview_changed(locked.public_id))
    return True
