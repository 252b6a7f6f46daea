"""HeyGen's error codes in our words (contract §7, §8.2, §8.6). A code that is not here is judged by its HTTP status."""

from avatars.providers import remedies
from interview_site.errors import Category, ProviderError

_WRONG, _KEY, _MONEY = Category.INVALID_REQUEST, Category.AUTHENTICATION, Category.QUOTA
_SLOW, _THEIRS = Category.RATE_LIMIT, Category.SERVER
WAIT_FOR_THE_FIRST_S = 10.0  # a twin of this very request is still at work there

_BY_CODE: dict[str, tuple[Category, str]] = {
    "invalid_parameter": (_WRONG, ""),
    "validation_error": (_WRONG, ""),
    "tts_text_invalid": (_WRONG, ""),
    "script_too_short": (_WRONG, "nothing_to_say"),
    "download_failed": (_WRONG, remedies.SOURCE_UNREACHABLE),
    "http_download_failed": (_WRONG, remedies.SOURCE_UNREACHABLE),
    "content_policy_violation": (_WRONG, remedies.CONTENT_REFUSED),
    "avatar_consent_required": (_WRONG, remedies.CONSENT_MISSING),
    "avatar_not_found": (_WRONG, remedies.AVATAR_MISSING),
    "voice_not_found": (_WRONG, remedies.VOICE_MISSING),
    "voice_unavailable": (_WRONG, remedies.VOICE_MISSING),
    "voice_not_usable": (_WRONG, remedies.VOICE_MISSING),
    "payload_too_large": (_WRONG, remedies.SOUND_TOO_LONG),
    "video_not_found": (_WRONG, remedies.GONE),
    "resource_not_found": (_WRONG, ""),
    "unauthorized": (_KEY, ""),
    "authentication_failed": (_KEY, ""),
    "forbidden": (_KEY, remedies.NOT_ALLOWED),
    "resource_access_denied": (_KEY, remedies.NOT_ALLOWED),
    "ai_vendor_access_restricted": (_KEY, remedies.NOT_ALLOWED),
    "phone_verification_required": (_KEY, remedies.NOT_ALLOWED),
    "insufficient_credit": (_MONEY, remedies.NO_CREDIT),
    "trial_limit_exceeded": (_MONEY, remedies.NO_CREDIT),
    "plan_upgrade_required": (_MONEY, remedies.PLAN_TOO_SMALL),
    "unlimited_mode_disabled": (_MONEY, remedies.PLAN_TOO_SMALL),
    "resource_limit_reached": (_MONEY, remedies.LIMIT_REACHED),
    "rate_limit_exceeded": (_SLOW, ""),
    "quota_exceeded": (_SLOW, ""),  # comes with 429: too much at once, not too little money
    # The same order again, later and under the same key: one of them was or will be taken.
    "conflict": (_THEIRS, ""),
    "resource_not_ready": (_THEIRS, ""),
    "request_in_progress": (_THEIRS, ""),
    "asset_not_found": (_THEIRS, ""),  # of the sound we have just uploaded
    "internal_error": (_THEIRS, ""),
    "gateway_timeout": (_THEIRS, ""),
    # The numbers of v1 and v2.
    **dict.fromkeys(("40009", "400101", "400112", "401056", "401057", "400631"), (_KEY, "")),
    **dict.fromkeys(("400573", "400562"), (_KEY, remedies.NOT_ALLOWED)),
    "400561": (_MONEY, remedies.LIMIT_REACHED),
    "400599": (_MONEY, remedies.PLAN_TOO_SMALL),
    "400105": (_WRONG, remedies.CONTENT_REFUSED),
    **dict.fromkeys(("400624", "40044", "40056"), (_WRONG, remedies.SOUND_REFUSED)),
    **dict.fromkeys(("40118", "40119"), (_WRONG, remedies.SOUND_TOO_LONG)),
    **dict.fromkeys(("40001", "400175", "40012", "400128", "40065", "40039", "40031"), (_WRONG, "")),
    "400123": (_SLOW, ""),
}
# A refused field tells more than the code that refuses it.
_BY_FIELD = {
    "avatar_id": remedies.AVATAR_MISSING,
    "voice_id": remedies.VOICE_MISSING,
    "audio_url": remedies.SOURCE_UNREACHABLE,
    "audio_asset_id": remedies.SOUND_REFUSED,
}
_AGAIN_SOON = ("conflict", "resource_not_ready", "request_in_progress")


def known_codes() -> tuple[str, ...]:
    return tuple(_BY_CODE)


def fault(
    code: str, by_status: Category, *, field: str = "", status: int = 0, request_id: str = "", retry_after_s: float | None = None
) -> ProviderError:
    """The error for a code of theirs; `by_status` is what counts for a code nobody knows. Only the code goes into the log."""
    word = code.strip().lower()
    category, ours = _BY_CODE.get(word, (by_status, ""))
    if not ours and category == Category.INVALID_REQUEST:
        ours = _BY_FIELD.get(field, "")
    return ProviderError(
        " ".join(str(part) for part in ("heygen:", status or "", code[:80] or "no code", field[:40]) if part),
        category=category, provider="heygen", code=ours or word[:40], request_id=request_id[:80],
        person_text=remedies.TEXTS[ours] if ours else "",
        retry_after_s=WAIT_FOR_THE_FIRST_S if word in _AGAIN_SOON and retry_after_s is None else retry_after_s,
    )  # fmt: skip


def failure(code: str) -> ProviderError:
    """Why a video that was taken failed. Codes are not published (contract §4): an unknown one gets a neutral text."""
    word = code.strip().lower()
    category, ours = _BY_CODE.get(word, (Category.INVALID_REQUEST, remedies.GIVEN_UP))
    return ProviderError(
        f"heygen: the video failed: {code[:80] or 'no code'}", category=category, provider="heygen", permanent=True,
        code=ours or remedies.GIVEN_UP,
    )  # fmt: skip
