"""How a room is opened: at most one for an owner, paid before it is asked for, stopped when its answer is lost (threats 53).

1. Take the owner's place and one of the provider's places in one transaction: a row `opening`.
2. Take the money for the longest time.
3. Open the room; the answer makes the row `live`. An answer that was lost makes it `closing`: it is looked up and stopped.
"""

import time
from datetime import timedelta
from typing import Any

from django.conf import settings as site
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.models import LiveSession, ProviderHealth, StreamingContext
from avatars.providers import registry, remedies
from avatars.providers.live import OPEN_WITHIN_S, LiveProvider, LiveRequest, Room
from avatars.services import budget, live_closing, live_languages
from avatars.services.live_states import Reason, State, move, save
from interview_site.errors import Category, ProviderError

# A row that has waited longer for its answer than any provider may take was left by a process that died.
CRASHED_AFTER_S = OPEN_WITHIN_S + 5.0
# How long who asks at the same time as another waits for the room that one opens.
WAIT_FOR_ANOTHER_S = OPEN_WITHIN_S
QUALITIES = ("low", "medium", "high")
TEXTS: dict[str, Promise] = {
    "budget": remedies.TEXTS["budget"],
    "concurrency": _("As many live sessions as allowed are open. Close one or try again later."),
    "not_configured": _("No live avatar is configured. Give a provider's key in the settings."),
    "unavailable": _("The live avatar cannot be reached now. Try again later."),
    "hosts_occupied": remedies.TEXTS[remedies.HOSTS_OCCUPIED],
    "language": _("This live avatar does not speak that language."),
    "voice": _("No speech engine of this site has this voice."),
}


class LiveRefused(Exception):
    """No room now. `code`: a key of TEXTS; `text`: for a person."""

    def __init__(self, code: str, text: str | Promise = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code, self.text, self.retry_after_s = code, text or TEXTS[code], retry_after_s


def open_row(row: LiveSession, context: str) -> LiveSession:
    """The room of a row that is not saved yet, or the one its owner has got meanwhile. `context` "": the stored one.

    Raises LiveRefused; the row tells why, where one was written.
    """
    try:
        provider = registry.live_provider(row.provider)
    except registry.NotConfigured:
        raise LiveRefused("not_configured")
    able = provider.live
    row.own_sound = live_languages.own_sound(row.provider, row.settings, purpose=row.purpose)
    if not live_languages.is_confirmed(row.provider, row.avatar_id, row.language, our_sound=row.own_sound):
        raise LiveRefused("language")
    row.quality = row.quality if row.quality in QUALITIES else "medium"
    row.transport = str(able.transport)
    if able.costs_money:
        own = able.own_sound_cost if row.own_sound else None
        row.minute_price = budget.live_minute(row.provider, able.minute_cost if own is None else own)
        row.reserved = budget.live_cost(row.minute_price, row.most_s) if row.minute_price else 0
    taken = _take_place(row, provider)
    if taken is not row:
        return awaited(taken)
    try:
        budget.reserve_live(row)
    except budget.OverBudget as error:
        move(row, State.CLOSED, reason=Reason.NOT_OPENED, error="budget")
        raise LiveRefused("budget", error.person_text)
    return _ask_for_room(row, provider, context)


def awaited(session: LiveSession) -> LiveSession:
    """The same row, live: perhaps another call opens it right now. Raises LiveRefused."""
    until = time.monotonic() + WAIT_FOR_ANOTHER_S
    while session.state == State.OPENING and time.monotonic() < until:
        time.sleep(0.1)
        session.refresh_from_db()
    if session.state != State.LIVE:
        raise LiveRefused("unavailable")
    return session


def _take_place(row: LiveSession, provider: LiveProvider) -> LiveSession:
    """The owner's place and one of the provider's, or the row that already has the owner's. Raises LiveRefused."""
    limits = [most for most in (site.LIVE_AT_ONCE.get(row.provider), provider.live.most_at_once) if most]
    row.due_at = timezone.now() + timedelta(seconds=CRASHED_AFTER_S)
    try:
        with transaction.atomic():
            if limits:
                # Whoever else wants a place at this provider waits here.
                ProviderHealth.objects.get_or_create(provider=row.provider)
                ProviderHealth.objects.select_for_update().get(provider=row.provider)
                if LiveSession.objects.costing().filter(provider=row.provider).count() >= min(limits):
                    raise LiveRefused("concurrency")
            row.save(force_insert=True)
            row.passages.create(new_state=State.OPENING)
    except IntegrityError:
        held = LiveSession.objects.open().filter(owner=row.owner).first()
        if held is None:
            raise LiveRefused("unavailable")
        return held
    return row


def _ask_for_room(row: LiveSession, provider: LiveProvider, context: str) -> LiveSession:
    def note(provider_id: str) -> None:
        """Before anything is paid: a row that was closed meanwhile opens no room."""
        if not save(row, states=(State.OPENING,), provider_id=provider_id[:200]):
            raise ProviderError("closed before it was open", category=Category.INVALID_REQUEST, code="not_sent")

    request = LiveRequest(
        row.public_id, row.avatar_id, row.language, row.voice, row.quality, row.most_s, row.own_sound,
        context or _stored_context(row), row.settings,
    )  # fmt: skip
    try:
        room = provider.open_room(request, note)
    except ProviderError as error:
        raise _not_opened(row, error)
    return _opened(row, room)


def _stored_context(row: LiveSession) -> str:
    """Read for a new room: its days begin anew (live_contexts.delete_old_contexts)."""
    kept = StreamingContext.objects.filter(owner=row.owner, avatar_id=row.avatar_id)
    kept.update(updated_at=timezone.now())
    return kept.values_list("text", flat=True).first() or ""


def _opened(row: LiveSession, room: Room) -> LiveSession:
    now = timezone.now()
    about: dict[str, Any] = {
        "provider_id": room.provider_id, "private": dict(room.private), "join": room.join.as_json() if room.join else {},
    }  # fmt: skip
    ends_at = now + timedelta(seconds=row.most_s)
    if room.expires_at is not None:  # a provider may give less time than was asked for
        ends_at = min(ends_at, room.expires_at)
    clocks = {"started_at": now, "heartbeat_at": now, "active_at": now, "kept_at": now, "ends_at": ends_at, "due_at": None}
    if move(row, State.LIVE, only_from=(State.OPENING,), **about, **clocks):
        return row
    # It was closed meanwhile, or taken for crashed: nobody waits for this room.
    live_closing.opened_too_late(row, {**about, "started_at": now})
    raise LiveRefused("unavailable")


def _not_opened(row: LiveSession, error: ProviderError) -> LiveRefused:
    """The row's end, and the refusal to raise: surely not opened, or in doubt (a lost or broken answer may have been a yes)."""
    never_sent = error.code in ("breaker_open", "address_refused", "not_sent")
    in_doubt = error.category in (Category.CONNECTIVITY, Category.SERVER) and not error.permanent and not never_sent
    code = remedies.code_of(error)
    if in_doubt:
        live_closing.doubt(row, error)
    else:
        move(row, State.CLOSED, only_from=(State.OPENING, State.CLOSING), reason=Reason.NOT_OPENED, error=code, provider_id="",
             last_error=error.log_text[:500], minutes=0, cost=0)  # fmt: skip
    if error.code == remedies.HOSTS_OCCUPIED or error.category == Category.RATE_LIMIT:
        return LiveRefused("hosts_occupied", retry_after_s=error.retry_after_s)
    if error.code == "not_configured":
        return LiveRefused("not_configured")
    return LiveRefused("unavailable", error.person_text)
