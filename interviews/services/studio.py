"""The studio: staff talk with any live avatar before a candidate does.

A studio session is a live session of the member of staff; the page speaks in it by the calls that other sites use
(`/api/streaming/…`, `/api/chat`) with a streaming token, whose owner it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from django.utils.translation import gettext as _

from avatars.engines import registry as engines
from avatars.models import AvatarSettings, CatalogueItem, LiveSession
from avatars.providers import registry
from avatars.services import live_sessions, offers, presenters
from interviews.chat import memory
from interviews.models import KeptConversation
from interviews.services import audit

MOST_MESSAGES = 400
MOST_CHARACTERS = 4_000
LOCAL = "local"


@dataclass(frozen=True)
class Offer:
    """One avatar of one provider; `id` "" is the profile's choice. `own_voice`: no voice of ours can be given to it."""

    provider: str
    id: str
    name: str
    own_voice: bool = False


@dataclass(frozen=True)
class Standing:
    """How a session stands. `is_idle`: it will be closed for silence. `cost`: so far, in the site's currency; None: not known.
    `reason`: why it ended, in words; "" when its user closed it."""

    is_open: bool
    is_idle: bool
    minutes: float
    cost: float | None
    reason: str


def avatars() -> list[Offer]:
    """Our own presenters first, then the live avatars of every configured provider."""
    found = [Offer(LOCAL, "", _("The profile’s presenter"))]
    found += [Offer(LOCAL, offer.name, offer.label) for offer in presenters.offers()]
    for kind in registry.live_kinds():
        if kind == LOCAL:
            continue
        label, own_voice = registry.live_provider(kind).label, not registry.live_provider(kind).live.own_sound
        found.append(Offer(kind, "", _("%(provider)s: the profile’s") % {"provider": label}, own_voice))
        rows = CatalogueItem.objects.filter(provider=kind, kind=CatalogueItem.Kind.CHARACTER, live=True).order_by("position")
        found += [Offer(kind, row.item_id, f"{label}: {row}", own_voice) for row in rows]
    return found


def voices() -> list[tuple[offers.OfferedVoice, str]]:
    """Those our own sound can be made with, each with its engine's name; a provider's own voice comes with its avatar."""
    return [(voice, str(engines.LABELS.get(voice.engine, voice.engine))) for voice in offers.voices() if voice.speaks]


def open_session(
    *, owner: str, profile: AvatarSettings, provider: str, avatar_id: str, language: str, voice: str, quality: str
) -> LiveSession:
    """Raises live_sessions.LiveRefused."""
    return live_sessions.open_session(
        owner=owner, provider=provider, settings=profile.snapshot(), avatar_id=avatar_id, language=language,
        voice=voice, quality=quality, purpose=LiveSession.Purpose.STUDIO,
    )  # fmt: skip


def standing(session: LiveSession) -> Standing:
    ended_at = session.stopped_at or timezone.now()
    seconds = (ended_at - session.started_at).total_seconds() if session.started_at else 0.0
    cost = session.cost
    if cost is None and session.minute_price is not None:
        cost = session.minute_price * -int(-seconds // 60)
    if cost is None and not registry.live_provider(session.provider).live.costs_money:
        cost = 0
    reason = "" if session.reason == LiveSession.Reason.CLOSED else session.reason
    return Standing(
        session.is_open, session.is_open and session.warned_at is not None, round(seconds / 60, 1),
        None if cost is None else float(cost), str(dict(LiveSession.Reason.choices).get(reason, reason)),
    )  # fmt: skip


def stop_all(user: AbstractBaseUser) -> int:
    """End every live session this person has open, in the studio or by their own calls; returns how many."""
    mine = LiveSession.objects.open().filter(owner__startswith=f"user:{user.pk}/")
    stopped = 0
    for session in mine:
        stopped += live_sessions.close_soon(session=session, reason=LiveSession.Reason.CLOSED, by=user)
        memory.forget(session.public_id)
    return stopped


def delete_old() -> int:
    """Delete kept conversations after STUDIO_KEPT_DAYS; returns how many went. Safe to run twice."""
    before = timezone.now() - timedelta(days=settings.STUDIO_KEPT_DAYS)
    return KeptConversation.objects.filter(created_at__lt=before).delete()[0]


def keep(*, session: LiveSession, messages: Sequence[Mapping[str, Any]], by: AbstractBaseUser) -> KeptConversation:
    """Store what the page shows; pressed again, the longer text takes the place of the shorter."""
    kept, _made = KeptConversation.objects.update_or_create(
        session=session.public_id,
        defaults={"kept_by": by, "provider": session.provider, "avatar_id": session.avatar_id, "language": session.language,
                  "messages": [dict(message) for message in messages]},
    )  # fmt: skip
    audit.record("keep", kept, actor=by, note=f"{len(messages)} texts")
    return kept
