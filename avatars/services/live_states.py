"""How a live session moves: by conditional UPDATE along the declared graph, with a row for each passage (design §2).

What a move brings with it stands here too: when it ends, its length and cost are written, the money is settled, alerts are
resolved, join data, tokens and the speech of a chat are forgotten, and one line is logged.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from avatars.models import LiveAlert, LiveSession, LiveSessionPassage
from avatars.services import budget, speech_cleanup
from interview_site import due, notify

log = logging.getLogger(__name__)
State, Reason = LiveSession.State, LiveSession.Reason
TASK, QUEUE = "avatars.tasks.tend_live_session", "live"  # stops do not wait behind videos


def move(
    session: LiveSession, new: str, *, only_from: Collection[str] = (), reason: str = "", by: Any = None, **fields: object
) -> bool:
    """Take the row to `new` if the graph allows it from where it stands now; False when it does not, or another was first.

    `reason` is kept with the passage; the first one that ends it becomes the row's own. `fields` are written with it. The
    instance given is refreshed when it worked.
    """
    said: list[int] = []
    with transaction.atomic():
        row = LiveSession.objects.filter(pk=session.pk).first()
        if row is None or new not in LiveSession.MOVES[row.state] or (only_from and row.state not in only_from):
            return False
        old = row.state
        if new not in LiveSession.OPEN and not row.reason:
            fields["reason"] = reason[:40]
        if new in LiveSession.FINISHED:
            fields = {**_ended(row, new), **fields}
            said = row.private.get("speech", [])
        if LiveSession.objects.filter(pk=session.pk, state=old).update(state=new, **fields) != 1:
            return False
        LiveSessionPassage.objects.create(session_id=session.pk, old_state=old, new_state=new, reason=reason[:200], by=by)
        session.refresh_from_db()
        if new in LiveSession.FINISHED:
            budget.settle_live(session)
            LiveAlert.objects.filter(session_id=session.pk, resolved_at__isnull=True).exclude(
                kind__in=(LiveAlert.Kind.STOP_FAILED, LiveAlert.Kind.ANSWER_LOST) if new == State.LOST else ()
            ).update(resolved_at=timezone.now())
    speech_cleanup.forget_speech(said)
    _tell(session, old, new)
    return True


def note_speech(session: LiveSession, pk: int) -> None:
    """This speech was made of a person's own words: it goes when the session ends."""
    with transaction.atomic():
        row = LiveSession.objects.select_for_update().filter(pk=session.pk, state__in=LiveSession.COSTING).first()
        if row is not None and pk not in row.private.get("speech", []):
            LiveSession.objects.filter(pk=row.pk).update(private={**row.private, "speech": [*row.private.get("speech", []), pk]})


def save(session: LiveSession, *, states: Collection[str], **fields: object) -> bool:
    """Write fields while the row stands in one of these states; False when it does not any more."""
    written = LiveSession.objects.filter(pk=session.pk, state__in=states).update(**fields) == 1
    if written:
        for name, value in fields.items():
            setattr(session, name, value)
    return written


def wait(session: LiveSession, seconds: float, *, log_text: str = "", **fields: object) -> bool:
    """Give a row that is being closed back until `seconds` from now."""
    due_at = timezone.now() + timedelta(seconds=seconds)
    return save(
        session, states=(State.CLOSING,), due_at=due_at, lease_until=None, last_error=log_text[:500], **fields
    )  # fmt: skip


def alert(kind: str, *, session: LiveSession | None = None, provider: str = "", provider_id: str = "", text: str = "") -> None:
    """A row a person sees until it is resolved; the same one only once. Of a session, or of a room that is not ours."""
    if session is not None:
        provider, provider_id = session.provider, session.provider_id
    about = {"provider": provider, "provider_id": provider_id}
    key = {"session": session} if session else {"session": None, **about}
    made, new = LiveAlert.objects.get_or_create(kind=kind, resolved_at=None, **key, defaults={**about, "text": text[:300]})
    if new:
        log.error("live alert", extra={"kind": kind, "provider": provider, "live": session.pk if session else None})
    elif made.text != text[:300]:
        LiveAlert.objects.filter(pk=made.pk).update(text=text[:300])


def backoff_s(stops: int) -> float:
    """Seconds until the next stop is tried: 2 s, doubling, at most a minute: an open room costs."""
    return due.backoff_s(stops, base_s=2.0, most_s=60.0)


def lasted_s(session: LiveSession, until: datetime) -> float:
    """Seconds from its start, or from the wish where the answer was lost."""
    return max((until - (session.started_at or session.created_at)).total_seconds(), 0.0)


def _ended(row: LiveSession, new: str) -> dict[str, object]:
    """Length and cost: to the confirmed stop; the whole paid time where nobody confirmed one; nothing for one never opened."""
    now = timezone.now()
    fields: dict[str, object] = {"due_at": None, "lease_until": None, "stopped_at": now, "join": {}, "private": {}}
    if row.started_at is None and not row.provider_id and new == State.CLOSED:
        return fields | {"minutes": Decimal(0), "cost": Decimal(0)}
    seconds = lasted_s(row, now)
    if new == State.LOST:
        # It ran at the most to its own end. Where the provider had closed it, it was alive at the last heartbeat or word.
        seconds = lasted_s(row, max(row.heartbeat_at, min(row.active_at, now))) if row.state == State.LIVE else float(row.most_s)
    seconds = min(seconds, float(row.most_s))
    cost = budget.live_cost(row.minute_price, seconds) if row.minute_price else Decimal(0)
    return fields | {"minutes": Decimal(str(round(seconds / 60, 2))), "cost": cost}


def _tell(session: LiveSession, old: str, new: str) -> None:
    if old in LiveSession.OPEN and new not in LiveSession.OPEN:
        notify.live_event(session.public_id, "closed", reason=session.reason)
    if new in LiveSession.FINISHED:
        log.info("live session", extra={
            "live": session.pk, "provider": session.provider, "purpose": session.purpose, "state": new,
            "reason": session.reason, "error": session.error, "minutes": float(session.minutes or 0),
            "cost": float(session.cost or 0), "stops": session.stops,
        })  # fmt: skip
    else:
        log.debug("live session moves", extra={"live": session.pk, "from": old, "to": str(new)})
