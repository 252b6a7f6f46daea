"""A profile's snapshot as the body of an order (contract §3.1). Unknown fields are refused there: only what was asked is sent."""

from collections.abc import Mapping
from typing import Any

from avatars.presenter.format import BACKGROUNDS
from avatars.providers import remedies
from avatars.providers.base import VideoJob
from avatars.speech.alignment import Script
from avatars.speech.text import prepare
from interview_site.errors import Category, ProviderError

OWN_VOICE = "heygen"  # as a profile's speech engine: HeyGen says the text itself
MAX_SCRIPT = 5_000  # characters
ASPECTS = {"vertical": "9:16", "horizontal": "16:9", "square": "1:1"}
SLOWEST, FASTEST = 0.5, 1.5
EXPRESSIVENESS = ("low", "medium", "high")


def avatar_of(settings: Mapping[str, Any]) -> str:
    """The look that is filmed. Raises ProviderError when none was chosen."""
    chosen = str(settings.get("recorded_avatar") or "")
    if not chosen:
        raise refused("no avatar is chosen", remedies.AVATAR_NOT_CHOSEN)
    return chosen


def body(job: VideoJob, *, sound: str, background: str) -> dict[str, Any]:
    """`sound`: the uploaded asset, "" when HeyGen speaks; `background`: the uploaded picture, "" for a colour or none.

    Raises ProviderError for a profile without an avatar, or without a voice where HeyGen speaks.
    """
    settings = job.settings
    made: dict[str, Any] = {
        "type": "avatar",
        "avatar_id": avatar_of(settings),
        "title": job.reference,  # found again by it when the answer was lost
        "callback_id": job.reference,
        "aspect_ratio": ASPECTS.get(str(settings.get("aspect")), ASPECTS["square"]),
        "resolution": "1080p" if str(settings.get("resolution")) == "1080" else "720p",
    }
    if sound:
        made["audio_asset_id"] = sound
    else:
        made |= _spoken(job)
    if settings.get("captions"):
        made["caption"] = {"file_format": "srt", "style": "default"}
    if background:
        made["background"] = {"type": "image", "asset_id": background}
    elif colour := background_colour(settings):
        made["background"] = {"type": "color", "value": colour}
    if settings.get("emotion") in EXPRESSIVENESS:
        made["expressiveness"] = settings["emotion"]
    return made


def background_colour(settings: Mapping[str, Any]) -> str:
    value = str(settings.get("background") or "")
    return value if value.startswith("#") and len(value) == 7 else ""


def background_picture(settings: Mapping[str, Any]) -> str:
    """The name of an uploaded picture. The drawn rooms belong to our own presenter: a filmed avatar stands in its own."""
    value = str(settings.get("background") or "")
    return "" if value in BACKGROUNDS or value.startswith("#") else value


def _spoken(job: VideoJob) -> dict[str, Any]:
    voice = str(job.settings.get("voice") or "")
    if not voice:
        raise refused("no voice is chosen", remedies.VOICE_MISSING)
    script = Script.of(prepare(job.text, job.language)).text
    if len(script) > MAX_SCRIPT:
        raise refused("the text is too long", "too_long")
    return {"script": script, "voice_id": voice, "voice_settings": {"speed": _speed(job.settings.get("speed"))}}


def _speed(value: object) -> float:
    try:
        speed = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return 1.0
    return round(min(max(speed, SLOWEST), FASTEST), 2) if speed == speed else 1.0


def refused(what: str, code: str) -> ProviderError:
    """A mistake seen before anything was sent."""
    return ProviderError(
        f"heygen: {what}", category=Category.INVALID_REQUEST, provider="heygen", code=code, person_text=remedies.TEXTS[code]
    )
