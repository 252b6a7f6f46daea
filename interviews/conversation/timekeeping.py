"""How long a conversation has really lasted: pauses and absences cost nothing of the time budget."""

from collections.abc import Iterable
from datetime import datetime

LONGEST_GAP_S = 900.0  # more than this without a turn is an absence (a closed tab, a lost network), not an answer


def active_s(turns_at: Iterable[datetime], pauses: Iterable[tuple[datetime, datetime | None]], now: datetime) -> float:
    """Seconds from the first turn until `now`. `pauses` are (from, to) with None for one that lasts still.

    Between two turns at most LONGEST_GAP_S count, and of those none that lie in a pause.
    """
    points = [*sorted(turns_at), now]
    spans = [(begin, end or now) for begin, end in pauses]
    return sum(
        min(max(0.0, (after - before).total_seconds() - _overlap(before, after, spans)), LONGEST_GAP_S)
        for before, after in zip(points, points[1:], strict=False)
    )


def _overlap(begin: datetime, end: datetime, spans: Iterable[tuple[datetime, datetime]]) -> float:
    return sum(max(0.0, (min(end, until) - max(begin, since)).total_seconds()) for since, until in spans)
