"""When each part last showed that it is alive, and which part is late (threats 72).

| part | who writes it |
|---|---|
| `web` | a thread of the web process |
| `worker.<name>` | a thread of the worker's main process; the name is the one before `@` in `celery worker -n` |
| `beat` | beat itself, whenever it has handed its tick to the broker |
| `tick` | the worker that took beat's tick: beat, broker and a worker work together |
"""

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from interview_site.models import Heartbeat

log = logging.getLogger(__name__)
EVERY_S = 10.0
LATE_S = 60.0  # threats 53, 72: a part that has been silent for so long is called late
TICK_LATE_S = 120.0  # a tick may wait behind long renders
FORGOTTEN = timedelta(days=1)  # a worker that was renamed or scaled away
_STARTED = time.monotonic()
EXPECTED = ("web", "beat", "tick")


@dataclass(frozen=True)
class PartHealth:
    """`age_s` is None when the part has never been seen."""

    part: str
    at: datetime | None
    age_s: float | None
    late: bool


def parts(now: datetime | None = None, *, up_s: float | None = None) -> list[PartHealth]:
    """Every part that should be there and every worker seen within a day. Raises DatabaseError.

    `up_s` is how long this process runs: a part never seen is not called late while the site is still coming up.
    """
    now = now or timezone.now()
    coming_up = (time.monotonic() - _STARTED if up_s is None else up_s) < LATE_S
    seen = dict(Heartbeat.objects.filter(at__gte=now - FORGOTTEN).values_list("part", "at"))
    names = [*EXPECTED, *sorted(set(seen) - set(EXPECTED))]
    if not any(name.startswith("worker.") for name in seen):
        names.append("worker")
    return [_health(name, seen.get(name), now, coming_up) for name in names]


def _health(part: str, at: datetime | None, now: datetime, coming_up: bool) -> PartHealth:
    if at is None:
        return PartHealth(part, None, None, not coming_up)
    age_s = max((now - at).total_seconds(), 0.0)
    return PartHealth(part, at, round(age_s, 1), age_s > (TICK_LATE_S if part == "tick" else LATE_S))


def beat_quietly(part: str) -> None:
    """Write the row of this part; a database that is away is a line in the log, not a fault of the part."""
    try:
        Heartbeat.beat(part)
    except DatabaseError as error:
        log.warning("heartbeat not written", extra={"part": part, "fault": type(error).__name__})
    finally:
        # This thread's own connection: an open one would be inherited by the worker's next pool process.
        connection.close()


def keep_beating(part: str, every_s: float = EVERY_S) -> threading.Thread:
    """Write the row now and every `every_s` seconds from a background thread, for the life of the process."""

    def forever() -> None:
        while True:
            beat_quietly(part)
            time.sleep(every_s)

    thread = threading.Thread(target=forever, name=f"heartbeat-{part}", daemon=True)
    thread.start()
    return thread
