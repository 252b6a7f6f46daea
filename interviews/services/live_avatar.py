"""Whether an interview is held by a live avatar, and what its page needs for that (design §3)."""

from django.templatetags.static import static

from avatars.models import AvatarSettings
from avatars.providers import registry
from avatars.providers.live import Transport
from interviews.models import Consent, Interview
from interviews.plan import Plan
from interviews.services import consents
from interviews.services.disclosure import LOCAL_AVATARS

# Bundles of frontend/src/entries: fetched only by a page that is to join such a room.
CARRIERS = {Transport.LIVEKIT: "dist/live_livekit.js", Transport.AGORA: "dist/live_agora.js"}


def is_wanted(interview: Interview, plan: Plan) -> bool:
    """Whether this interview is held by a live avatar: the profile speaks by one, and one may be and is configured."""
    return bool(providers(interview, plan))


def providers(interview: Interview, plan: Plan) -> list[str]:
    """The profile's order without our own presenter, which is a rung of its own; empty where the style is another.

    A room outside the company hears the interviewer's words, and its provider learns the address of whoever joins: without
    consent to that (`Consent.Data.WORDS`) there is none.
    """
    if plan.avatar.get("style") != AvatarSettings.Style.LIVE:
        return []
    able = set(registry.live_kinds()) - {"local"}
    if not consents.may_leave(interview, Consent.Data.WORDS):
        able &= set(LOCAL_AVATARS)
    return [kind for kind in plan.avatar.get("providers") or [] if kind in able]


def carriers() -> dict[str, str]:
    """Transport → address of the script that joins such rooms."""
    return {str(transport): static(path) for transport, path in CARRIERS.items()}
