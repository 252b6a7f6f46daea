"""Live conversations for the overview, the status page and /metrics: a constant number of queries (design §6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from avatars.models import LiveAlert, LiveSession

State, Reason = LiveSession.State, LiveSession.Reason
DAYS = 30
MOST_ALERTS = 20
# It never came to a conversation, or the provider broke it off.
FAILED = Q(state=State.LOST) | Q(reason__in=(Reason.NOT_OPENED, Reason.ANSWER_LOST, Reason.CRASHED, Reason.ROOM_GONE))


@dataclass(frozen=True)
class LiveDay:
    at: date
    held: int
    failed: int
    minutes: Decimal


@dataclass(frozen=True)
class LiveProviderRow:
    """One provider in the last 30 days, by sessions that have ended."""

    kind: str
    held: int
    failed: int
    minutes: Decimal
    cost: Decimal


@dataclass(frozen=True)
class LiveOverview:
    active: int
    alerts: list[LiveAlert]
    days: list[LiveDay]  # the last 30, oldest first, empty ones too
    providers: list[LiveProviderRow]

    @property
    def is_empty(self) -> bool:
        return not (self.active or self.alerts or self.providers)


@dataclass(frozen=True)
class LastDay:
    """Sessions asked for in the last 24 hours."""

    opened: int
    failed: int
    minutes: float


def overview(now: datetime | None = None) -> LiveOverview:
    now = now or timezone.now()
    return LiveOverview(LiveSession.objects.costing().count(), list(open_alerts()[:MOST_ALERTS]), _days(now), _providers(now))


def open_alerts() -> QuerySet[LiveAlert]:
    return LiveAlert.objects.filter(resolved_at__isnull=True).select_related("session")


def last_day() -> LastDay:
    recent = LiveSession.objects.filter(created_at__gte=timezone.now() - timedelta(days=1)).order_by()
    found = recent.aggregate(
        opened=Count("pk", filter=Q(started_at__isnull=False)), failed=Count("pk", filter=FAILED), minutes=Sum("minutes")
    )
    return LastDay(found["opened"], found["failed"], float(found["minutes"] or 0))


def failing_stops() -> int:
    """Rooms whose stop was tried in vain and that may still cost."""
    return LiveSession.objects.filter(state=State.CLOSING, stops__gt=0).count()


def _ended(now: datetime) -> QuerySet[LiveSession]:
    return LiveSession.objects.ended().filter(created_at__gte=now - timedelta(days=DAYS)).order_by()


def _days(now: datetime) -> list[LiveDay]:
    first = timezone.localtime(now).date() - timedelta(days=DAYS - 1)
    rows = (
        _ended(now).annotate(day=TruncDate("created_at")).values("day")
        .annotate(every=Count("pk"), failed=Count("pk", filter=FAILED), took=Sum("minutes"))
    )  # fmt: skip
    found = {
        row["day"]: LiveDay(row["day"], row["every"] - row["failed"], row["failed"], row["took"] or Decimal(0)) for row in rows
    }
    return [found.get(day) or LiveDay(day, 0, 0, Decimal(0)) for day in (first + timedelta(days=n) for n in range(DAYS))]


def _providers(now: datetime) -> list[LiveProviderRow]:
    rows = (
        _ended(now).values("provider")
        .annotate(every=Count("pk"), failed=Count("pk", filter=FAILED), took=Sum("minutes"), paid=Sum("cost"))
    )  # fmt: skip
    made = [
        LiveProviderRow(
            row["provider"], row["every"] - row["failed"], row["failed"], row["took"] or Decimal(0), row["paid"] or Decimal(0)
        )
        for row in rows
    ]
    return sorted(made, key=lambda row: -row.minutes)
