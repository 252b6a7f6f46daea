"""The candidate's camera: asked for by the position, agreed to by the candidate, watched by people and by nothing else."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from interviews.models import Consent, Interview
from interviews.plan import PlanError, from_json
from interviews.services import consents
from transcription.policy import recording_policy
from transcription.services import camera


def is_asked_for(interview: Interview) -> bool:
    """By the frozen plan: a position changed later does not switch a camera on."""
    try:
        return from_json(interview.version.plan).camera
    except PlanError:
        return False


def may_record(interview: Interview) -> bool:
    """Asked for, agreed to (the latest answer counts), and the interview is not over for too long."""
    late = timedelta(hours=recording_policy().late_hours)
    if interview.erased_at or (interview.completed_at and timezone.now() - interview.completed_at > late):
        return False
    return consents.agreed(interview, Consent.Kind.CAMERA) and is_asked_for(interview)


def picture() -> dict[str, int]:
    """What the page asks of the browser: lines of the picture and kilobits a second."""
    return {"height": settings.CAMERA_HEIGHT, "kbits": settings.CAMERA_KBIT_S}


@dataclass(frozen=True)
class Part:
    """One take for the review page. `is_ready`: there is a file to play; `is_whole`: proved to be all the device recorded."""

    number: int
    is_ready: bool
    is_whole: bool
    is_failed: bool
    type: str
    seconds: int


def parts(interview: Interview) -> list[Part]:
    return [
        Part(
            take.number, bool(take.made_path), take.state == take.State.COMPLETE and take.made_of in (0, take.bytes),
            not take.made_path and take.due_at is None and bool(take.last_error), take.made_path.rpartition(".")[2],
            take.made_ms // 1000,
        )
        for take in camera.takes_of(interview.recording_key)
    ]  # fmt: skip
