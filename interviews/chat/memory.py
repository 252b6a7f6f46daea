"""The memory of a live session's conversation: whose turn it is, what was said, when the avatar will be silent.

Every move is one conditional UPDATE of the session's row: any number of processes may answer the same session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from avatars.models import LiveSession
from interviews.chat.messages import SaidMessage, bounded
from interviews.models import LiveChat

KEPT = timedelta(hours=2)  # behind the last message, where the end of the session was not noticed
HANDING = timedelta(seconds=60)  # the lease of a sentence on its way; a provider's own time limits are shorter
SWEPT_AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """A message's place in its session. `is_speaking`: the avatar still says, or is about to say, something older."""

    generation: int
    history: tuple[SaidMessage, ...] = ()
    is_speaking: bool = False


def begin(session: str) -> Standing:
    """A new message: from now on nothing older is handed to the avatar."""
    with transaction.atomic():
        row = _row(session)
        mine(session).update(generation=F("generation") + 1, expires_at=timezone.now() + KEPT)
        row.refresh_from_db()
    now = timezone.now()
    is_speaking = any(until is not None and until > now for until in (row.handing_until, row.spoken_until))
    return Standing(row.generation, tuple(row.messages), is_speaking)


def join(session: str) -> int:
    """The generation of what is said now, for words that stand behind it instead of in its place."""
    with transaction.atomic():
        return _row(session).generation


def is_current(session: str, generation: int) -> bool:
    return mine(session).filter(generation=generation).exists()


def take_mouth(session: str, generation: int) -> bool:
    """Whether a sentence of this generation may be handed over now; give_mouth must follow."""
    row = mine(session).filter(LiveChat.mouth_is_free(), generation=generation)
    return row.update(handing_until=timezone.now() + HANDING) == 1


def give_mouth(session: str, *, spoke_ms: int = 0, hushed: bool = False) -> None:
    """The sentence was handed over and will take `spoke_ms`. `hushed`: the avatar was silenced before it."""
    now = timezone.now()
    with transaction.atomic():
        row = mine(session).select_for_update().first()
        if row is None:
            return
        before = now if hushed or row.spoken_until is None else max(row.spoken_until, now)
        mine(session).update(handing_until=None, spoken_until=before + timedelta(milliseconds=spoke_ms))


def spoken_until(session: str, generation: int) -> datetime | None:
    """When everything handed over will have been said; None when this generation is over."""
    row = mine(session).filter(generation=generation).only("spoken_until").first()
    return (row.spoken_until or timezone.now()) if row is not None else None


def remember(session: str, said: Sequence[SaidMessage]) -> None:
    """Add messages; the oldest ones go when the limits are reached. A session that was forgotten meanwhile stays so."""
    with transaction.atomic():
        row = mine(session).select_for_update().first()
        if row is not None:
            mine(session).update(messages=bounded([*row.messages, *said]), expires_at=timezone.now() + KEPT)


def forget(session: str) -> None:
    mine(session).delete()


def sweep() -> int:
    """Forget what is over: past its time, or the session has ended. Returns how many."""
    rows = list(LiveChat.objects.order_by("expires_at").values_list("session", "expires_at")[:SWEPT_AT_ONCE])
    names = [name for name, _until in rows]
    ended = LiveSession.objects.filter(public_id__in=names, state__in=LiveSession.FINISHED).values_list("public_id", flat=True)
    over = set(ended) | {name for name, until in rows if until < timezone.now()}
    return LiveChat.objects.filter(session__in=over).delete()[0]


def mine(session: str) -> QuerySet[LiveChat]:
    return LiveChat.objects.filter(session=session)


def _row(session: str) -> LiveChat:
    row, _made = LiveChat.objects.get_or_create(session=session, defaults={"expires_at": timezone.now() + KEPT})
    return row
