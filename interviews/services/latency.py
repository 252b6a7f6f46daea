"""How quickly the avatar replies: marks of turns, stored, summed up and exported (docs/voice.md).

A turn's marks are whole ms since `since`: the candidate's last voice ("speech"), or the moment a button was pressed or a typed
answer came ("message"). The candidate's turn holds what happened to their words, the avatar's turn what happened to its reply.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from prometheus_client import Histogram

from interviews.models import Interview, Turn
from interviews.services.conversation_rows import locked

SPEECH, MESSAGE = "speech", "message"
STAGES: dict[str, Promise] = {
    "segment_closed": _("speech found to be over"),
    "turn_ended": _("answer taken to be over"),
    "text_final": _("words known"),
    "first_sentence": _("first sentence of the reply known"),
    "said": _("sent to the page"),
    "first_sound": _("heard by the candidate"),
}
LONGEST_MS = 120_000  # more than that is no latency but a page that slept
RECENT = 1_000
_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0, 30.0)
SECONDS = Histogram(
    "interview_reply_seconds", "From the candidate's last voice (or message) to each stage of the reply.", ["stage", "since"],
    buckets=_BUCKETS,
)  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """One stage of one turn."""

    stage: str
    label: Promise
    ms: int

    @property
    def seconds(self) -> float:
        return self.ms / 1000


@dataclass(frozen=True)
class Stage:
    """One stage over many turns, in ms."""

    stage: str
    label: Promise
    count: int
    median_ms: int
    p95_ms: int

    @property
    def median_s(self) -> float:
        return self.median_ms / 1000

    @property
    def p95_s(self) -> float:
        return self.p95_ms / 1000


def note(interview_id: int, number: int, marks: Mapping[str, int], *, since: str) -> None:
    """Keep the marks of one turn, beside what is known of it, and count them. Impossible ones are left out."""
    good = {stage: ms for stage, ms in marks.items() if stage in STAGES and 0 <= ms <= LONGEST_MS}
    if not good:
        return
    with transaction.atomic():
        locked(interview_id)
        turn = Turn.objects.filter(interview_id=interview_id, number=number).only("marks").first()
        if turn is None:
            return
        fresh = {stage: ms for stage, ms in good.items() if stage not in turn.marks}
        turn.marks = {**turn.marks, **fresh, "since": since}
        turn.save(update_fields=["marks"])
    for stage, ms in fresh.items():
        SECONDS.labels(stage=stage, since=since).observe(ms / 1000)


def of_turn(marks: Mapping[str, Any]) -> list[Mark]:
    """The marks of one turn in the order things happen."""
    return [Mark(stage, label, marks[stage]) for stage, label in STAGES.items() if isinstance(marks.get(stage), int)]


def summary(all_marks: Iterable[Mapping[str, Any]], *, since: str = SPEECH) -> list[Stage]:
    """Median and 95th percentile of each stage that occurred."""
    found: dict[str, list[int]] = defaultdict(list)
    for marks in all_marks:
        if marks.get("since") == since:
            for mark in of_turn(marks):
                found[mark.stage].append(mark.ms)
    return [_stage(stage, found[stage]) for stage in STAGES if found[stage]]


def recent() -> list[Stage]:
    """… in the latest RECENT turns of the site, whoever spoke them."""
    people = Turn.objects.exclude(interview__kind=Interview.Kind.REHEARSAL)  # nobody waits for a reply in a rehearsal
    return summary(people.order_by("-pk").values_list("marks", flat=True)[:RECENT])


def _stage(stage: str, values: list[int]) -> Stage:
    p95 = statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
    return Stage(stage, STAGES[stage], len(values), round(statistics.median(values)), round(p95))
