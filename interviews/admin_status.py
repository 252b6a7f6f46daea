"""The block of the conversation on the status page (interview_site.status)."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interview_site.status import Block
from interviews.services import latency

GROUP = gettext_lazy("The conversation")
SLOW_MS = 5_000  # a candidate wonders whether anybody is there


def blocks() -> Iterable[Block]:
    """One query."""
    yield _replies(latency.recent())


def _replies(stages: list[latency.Stage]) -> Block:
    title = _("Replies to what was said")
    if not stages:
        return Block("replies", title, GROUP, "timer", "unknown", _("nobody has spoken with the avatar yet"))
    heard = stages[-1]
    headline = _("%(stage)s after %(seconds)s s") % {"stage": heard.label, "seconds": _seconds(heard.median_ms)}
    facts = tuple(
        (
            stage.label,
            _("%(median)s s, 95 of 100 within %(p95)s s")
            % {"median": _seconds(stage.median_ms), "p95": _seconds(stage.p95_ms)},
        )
        for stage in stages
    )  # fmt: skip
    notes = (_("Since the candidate fell silent, their thinking pauses included; the latest turns of all interviews."),)
    return Block("replies", title, GROUP, "timer", "good" if heard.p95_ms <= SLOW_MS else "warning", headline, facts, notes)


def _seconds(ms: int) -> str:
    return number_format(ms / 1000, 2)
