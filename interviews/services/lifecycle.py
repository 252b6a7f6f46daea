"""Interviews that nobody ends: invitations past their deadline, and calls that were begun and left (design §2, threats 13).

Swept in small batches by beat. Each move is guarded by the present row, so a candidate who comes back at this very moment
wins: the sweeper then finds another state or a fresh `active_at` and leaves the row alone.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from interviews.models import Interview
from interviews.services.states import WrongState, move

log = logging.getLogger(__name__)
State = Interview.State
BATCH = 200


def expire_overdue(now: datetime | None = None) -> int:
    """Invitations whose deadline has passed before the call was answered; returns how many were moved."""
    now = now or timezone.now()
    overdue = Interview.objects.filter(state__in=Interview.BEFORE_START, deadline__lte=now)
    return _sweep(overdue, State.EXPIRED, reason=gettext_noop("the deadline has passed"))


def abandon_idle(now: datetime | None = None) -> int:
    """Calls past their deadline without a word for `INTERVIEW_ABANDON_AFTER_H` hours; returns how many were moved."""
    now = now or timezone.now()
    since = now - timedelta(hours=settings.INTERVIEW_ABANDON_AFTER_H)
    idle = Q(active_at__lt=since) | Q(active_at__isnull=True, created_at__lt=since)
    left = Interview.objects.filter(idle, state__in=Interview.LIVE, deadline__lte=now)
    return _sweep(left, State.ABANDONED, reason=gettext_noop("begun and not finished"))


def _sweep(rows: QuerySet[Interview], new: str, *, reason: str) -> int:
    moved = 0
    for pk in rows.order_by("deadline").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            interview = rows.select_for_update().filter(pk=pk).first()
            if interview is None:
                continue  # somebody was first, or the candidate came back
            try:
                moved += move(interview, new, reason=reason)
            except WrongState:
                log.info("not swept", extra={"interview": interview.public_id, "state": interview.state})
    return moved
