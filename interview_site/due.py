"""Work that must happen is a row: a state, `due_at` and a lease the running task renews (threats 1–5, design §2).

The database is the queue of record; Celery only wakes a worker. The relay on beat re-rings every row that is due and not
leased, so an emptied broker, a killed worker or a crash after commit loses nothing.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

MAX_CRASHES = 3  # after so many lost leases of one row: needs a person, not a loop (threats 5)


class DueQuerySet(models.QuerySet):
    """Rows of work; subclasses of DueWork take it (or inherit from it) as manager."""

    def due(self, now: datetime | None = None) -> QuerySet:
        """Rows whose time has come and that no running task holds."""
        now = now or timezone.now()
        return self.filter(due_at__lte=now).filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))


class DueWork(models.Model):
    """Mixin: `due_at` is NULL when nothing is to be done; `lease_until` is held by the running task."""

    due_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    objects = DueQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def claim(cls, pk: int, *, lease_s: int | None = None) -> bool:
        """Take the row for `lease_s` seconds (WORK_LEASE_S) by conditional UPDATE; False when it is not due or another has it."""
        now = timezone.now()
        return (
            cls._base_manager.filter(pk=pk, due_at__lte=now)
            .filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))
            .update(lease_until=now + timedelta(seconds=lease_s or settings.WORK_LEASE_S), attempts=models.F("attempts") + 1)
            == 1
        )

    @classmethod
    def renew(cls, pk: int, *, lease_s: int | None = None) -> None:
        """Prolong the lease of a row this task holds."""
        cls._base_manager.filter(pk=pk, lease_until__isnull=False).update(
            lease_until=timezone.now() + timedelta(seconds=lease_s or settings.WORK_LEASE_S)
        )


@dataclass(frozen=True)
class Kind:
    """A model of due rows and the Celery task that takes one row's id."""

    model: type[DueWork]
    task: str
    queue: str = "default"


KINDS: list[Kind] = []


def register(model: type[DueWork], task: str, queue: str = "default") -> None:
    """Called once from an app's `ready()`: the relay then re-rings this model's due rows."""
    KINDS.append(Kind(model, task, queue))


def backoff_s(attempts: int, *, base_s: float = 5.0, most_s: float = 3600.0, jitter: Callable[[], float] | None = None) -> float:
    """Seconds until the next try: base·2ⁿ, at most `most_s`, plus up to 10 % jitter (`jitter()` in [0, 1))."""
    delay = min(base_s * 2 ** max(attempts - 1, 0), most_s)
    return delay * (1 + 0.1 * (jitter or random.random)())
