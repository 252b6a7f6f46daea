"""What nobody else would stop: the sweep on beat, and the nightly comparison with the providers' own lists (threats 53).

The sweep, every 10 s: sessions without a heartbeat, silent too long (after a warning), over their time; rooms that are to be
told that somebody is there; rows whose stop is due or whose opener died. Ticks that overlap share the work.
"""

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings as site
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from avatars.models import LiveAlert, LiveSession
from avatars.providers import registry, remedies
from avatars.providers.live import LiveProvider, Room
from avatars.services import live_closing
from avatars.services.live_states import Reason, State, alert, move
from interview_site import notify
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
BATCH = 200
PARALLEL = 16
# What began or ended so shortly before a list was read may be missing in it, or still stand there.
LISTS_LAG_S = 60.0


def sweep() -> int:
    """One tick; returns how many sessions it had to do with."""
    now = timezone.now()
    seen = _end(_silent_pages(now), Reason.NO_HEARTBEAT)
    seen += _end(LiveSession.objects.filter(state=State.LIVE, ends_at__lte=now), Reason.TIME_UP)
    seen += _idle(now)
    due = list(LiveSession.objects.due().order_by("due_at").values_list("pk", flat=True)[:BATCH])
    _in_parallel([lambda pk=pk: live_closing.stop(pk) for pk in due])  # type: ignore[misc]
    kept = _keep_alive(now)
    return seen + len(due) + kept


def _silent_pages(now: datetime) -> Iterable[LiveSession]:
    lost = now - timedelta(seconds=site.LIVE_HEARTBEAT_LOST_S)
    return LiveSession.objects.seen().filter(state=State.LIVE, heartbeat_at__lte=lost)


def _end(sessions: Iterable[LiveSession], reason: str) -> int:
    return sum(live_closing.close_later(session, reason) for session in sessions)


def _idle(now: datetime) -> int:
    """Warn, then close. A page that could not be warned in time is warned late, and gets its time.

    A room whose page gives no signs of life has a shorter limit, and nobody who could be warned.
    """
    ended = 0
    if site.LIVE_CHAT_IDLE_S:
        quiet_since = now - timedelta(seconds=site.LIVE_CHAT_IDLE_S)
        ended += _end(LiveSession.objects.unseen().filter(state=State.LIVE, active_at__lte=quiet_since), Reason.IDLE)
    if not site.LIVE_IDLE_S:
        return ended
    warning = timedelta(seconds=site.LIVE_IDLE_WARNING_S)
    silent = LiveSession.objects.filter(state=State.LIVE, active_at__lte=now - timedelta(seconds=site.LIVE_IDLE_S) + warning)
    ended += _end(silent.filter(warned_at__lte=now - warning), Reason.IDLE)
    for session in silent.filter(warned_at__isnull=True):
        mine = LiveSession.objects.filter(pk=session.pk, state=State.LIVE, warned_at__isnull=True, active_at=session.active_at)
        if mine.update(warned_at=now):
            notify.live_event(session.public_id, "idle_warning", seconds=site.LIVE_IDLE_WARNING_S)
            ended += 1
    return ended


def _keep_alive(now: datetime) -> int:
    """Tell providers that want it that somebody is still there: only while heartbeats come."""
    calls: list[Callable[[], None]] = []
    for kind in registry.live_kinds():
        every_s = registry.live_provider(kind).live.keep_alive_s
        if not every_s:
            continue
        stale = LiveSession.objects.filter(provider=kind, state=State.LIVE).filter(
            Q(kept_at__isnull=True) | Q(kept_at__lte=now - timedelta(seconds=every_s))
        )
        for session in stale:
            # Whoever moves the time on is the one who calls.
            if LiveSession.objects.filter(pk=session.pk, kept_at=session.kept_at).update(kept_at=now):
                calls.append(lambda session=session: _kept_alive(session))  # type: ignore[misc]
    _in_parallel(calls)
    return len(calls)


def _kept_alive(session: LiveSession) -> None:
    try:
        registry.live_provider(session.provider).keep_alive(session.room)
    except ProviderError as error:
        if error.code == remedies.ROOM_GONE:
            move(session, State.LOST, only_from=(State.LIVE,), reason=Reason.ROOM_GONE)
        else:
            log.warning("keep-alive failed", extra={"live": session.pk, "category": str(error.category)})


# --- The nightly comparison ---


@dataclass
class Compared:
    """What one provider's list told."""

    provider: str
    running: int = 0
    stopped: int = 0  # ours, running although we had closed them
    lost: int = 0  # ours, not running although we held them for live
    strangers: int = 0  # not ours
    fault: str = ""  # the list could not be read


def reconcile() -> list[Compared]:
    """Compare every provider's rooms with ours; safe to run at any time.

    Rooms of ours that we do not hold as live are stopped; sessions whose room is missing are closed as lost. A room whose id is
    not in our table is only reported, unless LIVE_STOP_STRANGERS says that the account is ours alone.
    """
    return [_compare(kind) for kind in registry.live_kinds() if registry.live_provider(kind).live.lists_rooms]


def _compare(kind: str) -> Compared:
    provider, found = registry.live_provider(kind), Compared(kind)
    asked_at = timezone.now()
    try:
        running = provider.running()
    except ProviderError as error:
        found.fault = error.log_text
        log.warning("rooms could not be compared", extra={"provider": kind, "category": str(error.category)})
        return found
    found.running = len(running)
    before = asked_at - timedelta(seconds=LISTS_LAG_S)
    ours = {row.provider_id: row for row in LiveSession.objects.filter(provider=kind, provider_id__in=running).order_by("pk")}
    for provider_id in running:
        row = ours.get(provider_id)
        if row is None:
            found.strangers += _stranger(provider, provider_id)
        elif row.is_finished and (row.stopped_at is None or row.stopped_at <= before):
            found.stopped += _runs_on(row)
    _resolve_strangers(kind, running)
    missing = LiveSession.objects.filter(provider=kind, state=State.LIVE, started_at__lte=before).exclude(provider_id__in=running)
    for row in missing:
        found.lost += move(row, State.LOST, only_from=(State.LIVE,), reason=Reason.ROOM_GONE)
    stopping = LiveSession.objects.filter(provider=kind, state=State.CLOSING, created_at__lte=before)
    for row in stopping.exclude(provider_id="").exclude(provider_id__in=running):
        move(row, State.CLOSED, only_from=(State.CLOSING,), reason="not in the provider's list")
    log.info("rooms compared", extra={name: value for name, value in vars(found).items() if name != "fault"})
    return found


def _runs_on(row: LiveSession) -> bool:
    if not move(row, State.CLOSING, only_from=LiveSession.FINISHED, reason=Reason.FOUND_RUNNING, due_at=timezone.now()):
        return False
    alert(LiveAlert.Kind.FOUND_RUNNING, session=row)
    live_closing.stop(row.pk)
    return True


def _stranger(provider: LiveProvider, provider_id: str) -> bool:
    alert(LiveAlert.Kind.STRANGER, provider=provider.kind, provider_id=provider_id[:200])
    if site.LIVE_STOP_STRANGERS:
        try:
            provider.close(Room(provider_id))
        except ProviderError as error:
            log.warning("a stranger's room could not be stopped", extra={"provider": provider.kind, "reason": error.log_text})
    return True


def _resolve_strangers(kind: str, running: list[str]) -> None:
    gone = LiveAlert.objects.filter(kind=LiveAlert.Kind.STRANGER, provider=kind, resolved_at__isnull=True)
    gone.exclude(provider_id__in=running).update(resolved_at=timezone.now())


# --- Several at once ---


def _in_parallel(calls: list[Callable[[], None]]) -> None:
    """One in this thread, several in a few."""
    if len(calls) == 1:
        calls[0]()
    elif calls:
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="live") as pool:
            list(pool.map(_in_thread, calls))


def _in_thread(call: Callable[[], None]) -> None:
    try:
        call()
    except Exception:  # the outermost loop: the lease brings the row back, the others go on
        log.exception("sweeping a live session failed")
    finally:
        connection.close()
