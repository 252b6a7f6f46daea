"""Our own figures at /metrics, read from the rows when Prometheus asks: whatever process answers, the answer is the site's.

| metric | what |
|---|---|
| `site_due_rows{kind}` | rows of work whose time has come and that nobody holds (design §2) |
| `site_due_oldest_seconds{kind}` | how long the oldest of them has waited |
| `site_part_silent_seconds{part}` | since a part's last heartbeat |
| `site_count{what}` | what an app counts: `register_count(what, ask)` from its `ready()` |
"""

from collections.abc import Callable, Iterator

from django.db import DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from interview_site import due, heartbeats

_COUNTS: dict[str, Callable[[], float]] = {}


def register_count(what: str, ask: Callable[[], float]) -> None:
    """`ask()` is called at each scrape; it must be one cheap query."""
    _COUNTS[what] = ask


class SiteCollector(Collector):
    """A database that is away leaves our rows out; the process's own metrics still answer."""

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # registering must not ask the database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            families = list(self._families())
        except DatabaseError:
            return
        yield from families

    def _families(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        rows = GaugeMetricFamily("site_due_rows", "Rows of work that are due and not held.", labels=["kind"])
        oldest = GaugeMetricFamily("site_due_oldest_seconds", "How long the oldest due row has waited.", labels=["kind"])
        for kind in due.KINDS:
            waiting = kind.model.objects.due().order_by().aggregate(rows=Count("pk"), since=Min("due_at"))
            label = [kind.model._meta.label_lower]
            rows.add_metric(label, waiting["rows"])
            oldest.add_metric(label, (now - waiting["since"]).total_seconds() if waiting["since"] else 0)
        silent = GaugeMetricFamily("site_part_silent_seconds", "Since a part's last heartbeat.", labels=["part"])
        for part in heartbeats.parts(now):
            if part.age_s is not None:
                silent.add_metric([part.part], part.age_s)
        counts = GaugeMetricFamily("site_count", "What the apps count.", labels=["what"])
        for what, ask in _COUNTS.items():
            counts.add_metric([what], ask())
        yield from (rows, oldest, silent, counts)


def register() -> None:
    """Once a process; a second call changes nothing."""
    if not getattr(REGISTRY, "_site_gauges", False):
        REGISTRY.register(SiteCollector())
        REGISTRY._site_gauges = True
