"""Avatar profiles: exactly one of them is the default (design §2)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from avatars.models import AvatarSettings


class DefaultIsNeeded(ValueError):
    """The default profile cannot be taken away; another one has to become the default first."""


def save_profile(profile: AvatarSettings) -> AvatarSettings:
    """Save, keeping exactly one default: a new default takes the mark from the old one, and the first profile is it.

    Raises DefaultIsNeeded when the default would lose its mark.
    """
    with transaction.atomic():
        others = AvatarSettings.objects.select_for_update().filter(is_default=True).exclude(pk=profile.pk)
        if profile.is_default:
            for other in others:
                other.is_default = False
                # Through save(), so that the history of both profiles tells it.
                other.save(update_fields=["is_default", "updated_at"])
        elif not others.exists():
            if profile.pk and AvatarSettings.objects.filter(pk=profile.pk, is_default=True).exists():
                raise DefaultIsNeeded
            profile.is_default = True
        profile.save()
    return profile


def current(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The profile of a snapshot as it stands now, persona and knowledge too; the default one when it is gone."""
    number = settings.get("profile")
    profile = AvatarSettings.objects.filter(pk=number).first() if isinstance(number, int) else None
    return profile.snapshot() if profile is not None else default_snapshot()


def for_provider(settings: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """A profile's snapshot as one provider needs it: `recorded_avatar` and `live_avatar` are ids of that provider.

    The plain fields belong to the first provider of the order, to anybody where there is no order; `characters` holds the ids
    of the others. One provider's id is never another's.
    """
    return {**settings, "recorded_avatar": character_of(settings, kind), "live_avatar": character_of(settings, kind, "live")}


def character_of(settings: Mapping[str, Any], kind: str, use: str = "recorded") -> str:
    """The id a provider is to film with (`recorded`) or to bring live (`live`); "" when none was chosen."""
    plain = str(settings.get(f"{use}_avatar") or "")
    order, chosen = settings.get("providers"), settings.get("characters")
    first = order[0] if isinstance(order, list) and order else None
    if plain and first == kind:
        return plain
    mine = chosen.get(kind) if isinstance(chosen, Mapping) else None
    own = mine.get(use) if isinstance(mine, Mapping) else ""
    return str(own or (plain if first is None else ""))


def all_characters(settings: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """`characters` of a snapshot with the plain ids of the first provider among them."""
    chosen, order = settings.get("characters"), settings.get("providers")
    found = {kind: dict(ids) for kind, ids in chosen.items() if isinstance(ids, dict)} if isinstance(chosen, Mapping) else {}
    for kind in order[:1] if isinstance(order, list) else []:
        for use in ("recorded", "live"):
            if item_id := character_of(settings, kind, use):
                found.setdefault(kind, {})[use] = item_id
    return found


def reset_profile(profile: AvatarSettings) -> AvatarSettings:
    """Everything but the name, the default mark and the budget as in a new profile; the history keeps what it was."""
    for name in AvatarSettings.SNAPSHOT_FIELDS:
        if name != "name":
            setattr(profile, name, AvatarSettings._meta.get_field(name).get_default())
    return save_profile(profile)


def default_snapshot() -> dict[str, Any]:
    """The default profile as plain values; a profile as it comes out of the box where there is none yet."""
    profile = AvatarSettings.objects.filter(is_default=True).first() or AvatarSettings()
    return profile.snapshot()
