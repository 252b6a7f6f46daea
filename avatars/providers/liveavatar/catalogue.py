"""What the LiveAvatar account offers: avatars that are ready, voices, and the languages of its own voices (contract §3)."""

import logging
from typing import Any

from avatars.providers.base import Character, Origin, Voice
from avatars.providers.liveavatar import api
from avatars.providers.liveavatar.api import LiveAvatarApi
from avatars.speech.languages import LANGUAGES
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
SANDBOX_AVATAR = "dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"  # the only one of the sandbox (contract §7)


def characters(calls: LiveAvatarApi) -> tuple[Character, ...]:
    """The account's own first. Raises ProviderError."""
    languages = spoken_languages(calls)
    if calls.configuration.sandbox:
        return (Character(SANDBOX_AVATAR, "Sandbox", live=True, recorded=False, languages=languages),)
    found = [
        Character(
            str(row["id"]), str(row.get("name") or row["id"]), picture_url=str(row.get("preview_url") or ""), live=True,
            recorded=False, origin=origin, languages=languages,
        )
        for path, origin in ((api.OWN_AVATARS, Origin.OWN), (api.PUBLIC_AVATARS, Origin.PUBLIC))
        for row in calls.rows(path)
        if row.get("id") and row.get("status") == "ACTIVE" and not row.get("is_expired")
    ]  # fmt: skip
    return tuple({character.id: character for character in reversed(found)}.values())[::-1]


def voices(calls: LiveAvatarApi) -> tuple[Voice, ...]:
    """Raises ProviderError."""
    return tuple(
        Voice(str(row["id"]), str(row.get("name") or row["id"]), str(row.get("language") or ""), str(row.get("gender") or ""),
              origin=origin)
        for kind, origin in (("private", Origin.OWN), ("public", Origin.PUBLIC))
        for row in calls.rows(api.VOICES, voice_type=kind)
        if row.get("id")
    )  # fmt: skip


def spoken_languages(calls: LiveAvatarApi) -> tuple[str, ...]:
    """Which of our languages its voices speak; () when it does not say: then only our own sound is sure."""
    try:
        data = calls.read(api.LANGUAGES)
    except ProviderError as error:
        log.warning("liveavatar does not tell its languages", extra={"category": str(error.category)})
        return ()
    rows = data.get("results") or data.get("languages") if isinstance(data, dict) else data
    codes = {_code(row) for row in rows} if isinstance(rows, list) else set()
    return tuple(language for language in LANGUAGES if language in codes)


def _code(row: Any) -> str:
    """The shape of a language is not documented: a word, or an object that names its code."""
    word = row if isinstance(row, str) else ""
    if isinstance(row, dict):
        word = next((str(row[name]) for name in ("code", "language_code", "language", "id", "locale") if row.get(name)), "")
    return word.strip().lower().replace("_", "-").partition("-")[0]
