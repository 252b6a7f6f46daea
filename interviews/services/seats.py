"""Which device holds the call (design §5, threats 15): one seat an interview, taken and kept by conditional UPDATE.

A seat is live while its device was heard of within `policy.seat_s`. The same device coming back gets it at once, another
one only after `take_over`. Ids of devices are random and made by the page; they give no right of their own, the cookie does.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from interviews.models import Interview
from interviews.services.policies import policy


class Elsewhere(Exception):
    """Another device holds the call."""


def take(interview_id: int, device: str, *, by_force: bool = False) -> datetime:
    """Sit down; returns the time stamp to `leave` with. Raises Elsewhere when another device is live."""
    now = timezone.now()
    free = (
        Q(seat="") | Q(seat=device) | Q(seat_seen_at__isnull=True) | Q(seat_seen_at__lt=now - timedelta(seconds=policy().seat_s))
    )
    rows = Interview.objects.filter(pk=interview_id)
    if not (rows if by_force else rows.filter(free)).update(seat=device, seat_seen_at=now):
        raise Elsewhere
    return now


def keep(interview_id: int, device: str) -> datetime:
    """The device is still there. Raises Elsewhere when it has lost the seat."""
    now = timezone.now()
    if not Interview.objects.filter(pk=interview_id, seat=device).update(seat_seen_at=now):
        raise Elsewhere
    return now


def leave(interview_id: int, device: str, seen_at: datetime) -> None:
    """Free the seat, unless the same device has sat down again since (its new socket is quicker than the old one's end)."""
    Interview.objects.filter(pk=interview_id, seat=device, seat_seen_at=seen_at).update(seat_seen_at=None)
