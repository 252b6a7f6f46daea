"""Invitations that wait for the clips of their version: whether one must wait longer (design §3)."""

from datetime import timedelta

from django.utils import timezone

from interviews.models import OutgoingMail
from interviews.services import clips

LOOK_EVERY_S = 30.0
# A provider that never ends must not keep an invitation: what is not ready is said by the local presenter.
AT_MOST = timedelta(hours=6)


def must_wait(letter: OutgoingMail) -> bool:
    """Clips are still being made. What failed is waited for no longer: it needs a person, and the interview goes without it."""
    if letter.interview is None or timezone.now() - letter.created_at >= AT_MOST:
        return False
    return progress_of(letter).is_working


def progress_of(letter: OutgoingMail) -> clips.Progress:
    """How far the clips are that this letter waits for."""
    return clips.progress(clips.rows_of(letter.interview.version), letter.interview.language)
