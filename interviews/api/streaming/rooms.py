"""Which live avatar a caller of /api/v1/avatar/streaming… means, and their room with it (docs/contracts/compat_api.md section 1).

A caller has one room for an avatar: `get-token` asked again gives the open one. The provider is the one that lists the avatar,
in the default profile's order; the local presenter is chosen by its own names, which are offered where no provider is.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from avatars.models import CatalogueItem, LiveSession
from avatars.providers import registry
from avatars.services import catalogue, live_sessions, presenters, profiles
from avatars.services.live_sessions import LiveRefused
from avatars.services.service_status import ALICE

LOCAL, A2E = "local", "a2e"


@dataclass(frozen=True)
class LiveAvatar:
    id: str
    name: str


def remote_kinds(profile: dict[str, Any]) -> list[str]:
    """The live providers somewhere else, the profile's own order first."""
    able = [kind for kind in registry.live_kinds() if kind != LOCAL]
    order = profile.get("providers")
    first = [kind for kind in order if kind in able] if isinstance(order, list) else []
    return [*first, *(kind for kind in able if kind not in first)]


def kind_by(transport: str, profile: dict[str, Any]) -> str | None:
    """The provider whose rooms are joined this way; None when none is configured."""
    kinds = [LOCAL] if transport == LOCAL else remote_kinds(profile)
    able = [kind for kind in kinds if kind in registry.live_kinds()]
    return next((kind for kind in able if str(registry.live_provider(kind).live.transport) == transport), None)


def avatars() -> list[LiveAvatar]:
    """Those that can come live; the local presenters where no provider is configured."""
    kinds = remote_kinds(profiles.default_snapshot())
    if not kinds:
        return [LiveAvatar(offer.name, offer.label) for offer in presenters.offers()]
    rows = CatalogueItem.objects.filter(provider__in=kinds, kind=CatalogueItem.Kind.CHARACTER, live=True)
    listed = sorted(rows, key=lambda row: (kinds.index(row.provider), row.position))
    return [LiveAvatar(row.item_id, str(row)) for row in listed]


def kinds_for(avatar_id: str, profile: dict[str, Any]) -> list[str]:
    """The providers to ask for this avatar, in order; empty when nobody could have it."""
    if avatar_id and avatar_id in {offer.name for offer in presenters.offers()}:
        return [LOCAL]
    kinds = remote_kinds(profile)
    offered = {kind: catalogue.is_offered(kind, CatalogueItem.Kind.CHARACTER, avatar_id) for kind in kinds} if avatar_id else {}
    sure = [kind for kind in kinds if offered.get(kind) is True]
    return sure or [kind for kind in kinds if offered.get(kind) is not False]


def usual_avatar(profile: dict[str, Any]) -> str:
    """The avatar a caller means who names none: the profile's live one, else the first there is, else A2E's public one."""
    kinds = remote_kinds(profile)
    if not kinds:
        return str(profile.get("presenter") or presenters.USUAL)
    chosen = [profiles.character_of(profile, kind, "live") for kind in kinds]
    listed = [avatar.id for avatar in avatars()]
    return next((avatar for avatar in (*chosen, *listed) if avatar), ALICE if A2E in kinds else "")


def owner_of(caller: str, avatar_id: str) -> str:
    """The owner of the caller's room with this avatar: one of them can be open."""
    return f"{caller}/avatar-{short_hash(avatar_id)}"


def room(caller: str, avatar_id: str) -> LiveSession | None:
    """The caller's open room with this avatar."""
    return live_sessions.newest(owner=owner_of(caller, avatar_id))


def open_room(caller: str, avatar_id: str, context: str) -> LiveSession:
    """The caller's room with this avatar, opened where it is not. Raises LiveRefused of the last provider that was asked."""
    profile = profiles.default_snapshot()
    kinds = kinds_for(avatar_id, profile)
    refusal = LiveRefused("not_configured", _("No provider lists this live avatar.") if remote_kinds(profile) else "")
    for kind in kinds:
        try:
            return live_sessions.open_session(
                owner=owner_of(caller, avatar_id), provider=kind, settings=profile, avatar_id=avatar_id,
                language=_spoken(kind, str(profile.get("language") or "ru")), context=context, purpose=LiveSession.Purpose.CHAT,
            )  # fmt: skip
        except LiveRefused as error:
            refusal = error
    raise refusal


def _spoken(kind: str, wanted: str) -> str:
    """The older calls name no language and send words in any: the profile's, else one the provider is known to speak."""
    able = registry.live_provider(kind).live.languages
    return wanted if not able or wanted in able else able[0]


def costs_money(avatar_id: str) -> bool:
    """Whether a room with this avatar is paid for."""
    kinds = kinds_for(avatar_id, profiles.default_snapshot())
    return any(registry.live_provider(kind).live.costs_money for kind in kinds)


def short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
