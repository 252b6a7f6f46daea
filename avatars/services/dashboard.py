"""The overview of recorded videos: counts, success, time, money; a constant number of queries (design §6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from avatars.models import AvatarGeneration, Spending
from avatars.services import budget

State = AvatarGeneration.State
DAYS, MONTHS = 30, 12
MOST_TIMED = 5_000  # videos whose time is looked at: the newest
ENDED = (State.SUCCEEDED, State.FAILED, State.BLOCKED)


@dataclass(frozen=True)
class ProviderRow:
    """One provider in the last 30 days. `median_s`: from the wish to our copy, None without a video."""

    kind: str
    asked: int
    succeeded: int
    failed: int  # failed, or waiting for a person
    median_s: float | None

    @property
    def success_percent(self) -> int | None:
        ended = self.succeeded + self.failed
        return round(100 * self.succeeded / ended) if ended else None


@dataclass(frozen=True)
class Day:
    at: date
    succeeded: int
    failed: int


@dataclass(frozen=True)
class Month:
    at: date
    spent: Decimal
    estimated: bool  # at least a part of it


@dataclass(frozen=True)
class Overview:
    states: dict[str, int]  # every state, all rows
    providers: list[ProviderRow]
    days: list[Day]  # the last 30, oldest first, empty ones too
    months: list[Month]  # the last 12
    budgets: list[tuple[object, budget.Standing]]

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def success_percent(self) -> int | None:
        ended = sum(row.succeeded + row.failed for row in self.providers)
        return round(100 * sum(row.succeeded for row in self.providers) / ended) if ended else None


def overview(now: datetime | None = None) -> Overview:
    now = now or timezone.now()
    since = now - timedelta(days=DAYS)
    return Overview(_states(), _providers(since), _days(now), _months(now), budget.standings())


def _states() -> dict[str, int]:
    found = dict(AvatarGeneration.objects.order_by().values_list("state").annotate(Count("pk")))
    return {str(state): found.get(state, 0) for state in State}


def _providers(since: datetime) -> list[ProviderRow]:
    recent = AvatarGeneration.objects.filter(created_at__gte=since).order_by()
    counts: dict[str, dict[str, int]] = {}
    for kind, state, count in recent.values_list("provider", "state").annotate(Count("pk")):
        counts.setdefault(kind, {})[state] = count
    times: dict[str, list[float]] = {}
    done = recent.filter(state=State.SUCCEEDED, finished_at__isnull=False).order_by("-created_at")
    for kind, asked_at, finished_at in done.values_list("provider", "created_at", "finished_at")[:MOST_TIMED]:
        times.setdefault(kind, []).append((finished_at - asked_at).total_seconds())
    return [
        ProviderRow(
            kind,
            asked=sum(states.values()),
            succeeded=states.get(State.SUCCEEDED, 0),
            failed=states.get(State.FAILED, 0) + states.get(State.BLOCKED, 0),
            median_s=median(times[kind]) if kind in times else None,
        )
        for kind, states in sorted(counts.items(), key=lambda pair: -sum(pair[1].values()))
    ]


def _days(now: datetime) -> list[Day]:
    today = timezone.localtime(now).date()
    first = today - timedelta(days=DAYS - 1)
    rows = (
        AvatarGeneration.objects.filter(created_at__gte=now - timedelta(days=DAYS), state__in=ENDED)
        .order_by()
        .annotate(day=TruncDate("created_at"))
        .values_list("day", "state")
        .annotate(Count("pk"))
    )
    found: dict[date, list[int]] = {}
    for day, state, count in rows:
        found.setdefault(day, [0, 0])[state != State.SUCCEEDED] += count
    return [
        Day(day, *found.get(day, [0, 0])) for day in (first + timedelta(days=number) for number in range(DAYS))
    ]  # fmt: skip


def _months(now: datetime) -> list[Month]:
    this = timezone.localtime(now).date().replace(day=1)
    months = [this]
    while len(months) < MONTHS:
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    rows = (
        Spending.objects.filter(at__date__gte=months[0])
        .order_by()
        .annotate(month=TruncMonth("at"))
        .values_list("month", "estimated")
        .annotate(Sum("amount"))
    )
    spent: dict[date, Decimal] = {}
    guessed: set[date] = set()
    for at, estimated, amount in rows:
        month = at.date() if isinstance(at, datetime) else at
        spent[month] = spent.get(month, Decimal(0)) + amount
        if estimated and amount:
            guessed.add(month)
    return [Month(month, spent.get(month, Decimal(0)), month in guessed) for month in months]
