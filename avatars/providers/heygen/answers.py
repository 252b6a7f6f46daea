"""HeyGen's answers as our values (contract §4, §5). Nothing that is missing or of another type stops a list."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from avatars.providers.base import Balance, Character, Origin, VideoState, VideoStatus, Voice
from avatars.providers.heygen.faults import failure

# Contract §4.1; an unknown word is "still running": the deadline decides.
_STATUS = {
    "waiting": VideoStatus.ACCEPTED,
    "pending": VideoStatus.ACCEPTED,
    "queued": VideoStatus.ACCEPTED,
    "processing": VideoStatus.PROCESSING,
    "completed": VideoStatus.SUCCEEDED,
    "failed": VideoStatus.FAILED,
}
_PROGRESS = {VideoStatus.ACCEPTED: 5, VideoStatus.PROCESSING: 40, VideoStatus.SUCCEEDED: 100, VideoStatus.FAILED: 0}
_LANGUAGES = {"russian": "ru", "english": "en", "kazakh": "kk"}


def status_of(word: object) -> VideoStatus:
    return _STATUS.get(str(word).lower(), VideoStatus.PROCESSING)


def state_of(provider_id: str, data: Mapping[str, Any]) -> VideoState:
    """`data` of a status answer. A finished video without an address is not finished for us yet."""
    status = status_of(data.get("status"))
    # With captions asked for, the video that shows them is another file.
    url = _text(data, "captioned_video_url") or _text(data, "video_url")
    if status == VideoStatus.SUCCEEDED and not url:
        status = VideoStatus.PROCESSING
    seconds = _number(data.get("duration"))
    if status == VideoStatus.FAILED:
        return VideoState(status, provider_id, error=failure(_failure_code(data)))
    return VideoState(status, provider_id, _PROGRESS[status], url, round(seconds * 1000))


def brief_state(provider_id: str, word: object) -> VideoState:
    """One item of a bulk status: how it ended is to be asked apart."""
    status = VideoStatus.FAILED if str(word).lower() == "not_found" else status_of(word)
    return VideoState(status, provider_id, _PROGRESS[status], brief=True)


def character(item: Mapping[str, Any], origin: Origin) -> Character | None:
    """A look (contract §5.1); None for one that is not ready."""
    if not _text(item, "id") or _text(item, "status") not in ("", "completed", "active"):
        return None
    if origin != Origin.PUBLIC and _text(item, "avatar_type") == "digital_twin":
        origin = Origin.CLONED
    name = _text(item, "name") or _text(item, "id")
    return Character(_text(item, "id"), name, _gender(item), _text(item, "preview_image_url"), origin=origin)


def voice(item: Mapping[str, Any], origin: Origin) -> Voice | None:
    """A voice (contract §5.3). `language` is an English name there: ours become codes, others stay as they are."""
    if not _text(item, "voice_id"):
        return None
    name = _text(item, "language")
    language = _LANGUAGES.get(name.split(" ")[0].split("(")[0].strip().lower(), name[:20])
    sample = _text(item, "preview_audio_url") or _text(item, "preview_audio")
    return Voice(_text(item, "voice_id"), _text(item, "name") or _text(item, "voice_id"), language, _gender(item), sample, origin)


def balance(data: Mapping[str, Any]) -> Balance | None:
    """Whichever block of contract §5.5 is there."""
    wallet, plan, usage = (_block(data, name) for name in ("wallet", "subscription", "usage_based"))
    if (left := _decimal(wallet.get("remaining_balance"))) is not None:
        return Balance(left, _text(wallet, "currency").upper() or "USD")
    credits = _block(plan, "credits")
    found = [_decimal(_block(credits, name).get("remaining")) for name in ("premium_credits", "add_on_credits")]
    if any(part is not None for part in found):
        return Balance(sum((part for part in found if part is not None), Decimal(0)), "credits")
    if (left := _decimal(usage.get("remaining_credits"))) is not None:
        return Balance(left, "credits")
    return None


def _failure_code(data: Mapping[str, Any]) -> str:
    told = data.get("error")
    code = data.get("failure_code") or (told.get("code") if isinstance(told, dict) else told)
    return str(code or "")


def _block(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _gender(data: Mapping[str, Any]) -> str:
    word = _text(data, "gender").lower()
    return {"man": "male", "woman": "female"}.get(word, word)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e6 else 0.0


def _decimal(value: object) -> Decimal | None:
    try:
        found = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None
