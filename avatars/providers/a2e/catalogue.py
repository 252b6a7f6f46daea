"""What the A2E account has on offer, kept for a day: voices with clones, avatars, the shape of their films (contract §2, §4)."""

import threading
import time
from collections.abc import Callable
from io import BytesIO
from typing import TypeVar

from PIL import Image

from avatars.providers.a2e import api, faults, orders
from avatars.providers.a2e.api import A2EApi
from avatars.providers.base import Character, Origin, Voice
from avatars.speech.languages import LANGUAGES
from interview_site import outbound
from interview_site.errors import Category, ProviderError

Value = TypeVar("Value")
FOR_S = 24 * 3600.0
ASK_AGAIN_AFTER_S = 60.0  # an id that is not in the list is looked for anew, but not with every order


class Catalogue:
    """Shared by threads; two that ask at once may both read. Each method raises ProviderError."""

    def __init__(self, calls: A2EApi) -> None:
        self._api = calls
        self._kept: dict[str, tuple[float, object]] = {}
        self._lock = threading.Lock()

    def characters(self) -> tuple[Character, ...]:
        """Read now: those for recorded video, then the live ones, whose ids are others."""
        return (*self.recorded(), *self._live())

    def recorded(self) -> tuple[Character, ...]:
        """Read now: public ones and the account's own."""
        rows = self._api.read_list(api.CHARACTER_LIST)
        found = [orders.character_of(row, number) for number, row in enumerate(rows, 1)]
        return self._keep("characters", tuple(character for character in found if character))

    def voices(self) -> tuple[Voice, ...]:
        """Read now: cloned ones first, then the public ones of each of our languages."""
        found = self._clones()
        for language in LANGUAGES:
            country, region = orders.REGIONS[language]
            params = {"country": country, "region": region, "voice_map_type": f"{country}-{region}"}
            found += orders.voices_of(self._api.read_list(api.VOICE_LIST, params), language)
        return self._keep("voices", tuple({voice.id: voice for voice in found}.values()))

    def usual_voice(self, language: str, gender: str) -> Voice | None:
        """The first public voice of the language, of that gender where there is one."""
        mine = [voice for voice in self._kept_or("voices", self.voices) if voice.language == language]
        return next((voice for voice in mine if voice.gender == gender), mine[0] if mine else None)

    def character(self, wanted: str) -> Character | None:
        """The avatar of that id, None when the account has none; for "" the first public one."""
        for newer_than_s in (FOR_S, ASK_AGAIN_AFTER_S):
            offered = self._kept_or("characters", self.recorded, newer_than_s)
            found = next(
                (one for one in offered if one.id == wanted or (not wanted and one.origin == Origin.PUBLIC)),
                offered[0] if offered and not wanted else None,
            )
            if found:
                return found
        return None

    def film_ratio(self, character: Character) -> float:
        """Width to height of the avatar's film, told by its picture; 16:9 when that cannot be read. Never raises."""

        def ask() -> float:
            try:
                ratio = _ratio(character.picture_url)
            except (ProviderError, OSError, ValueError, Image.DecompressionBombError):
                ratio = orders.FILM_RATIO
            return self._keep(f"ratio {character.id}", ratio)

        return self._kept_or(f"ratio {character.id}", ask)

    def _live(self) -> tuple[Character, ...]:
        try:
            return live_characters(self._api)
        except ProviderError as error:
            if error.category != Category.INVALID_REQUEST:
                raise
            return ()  # a service without streaming avatars (contract §7: "developing")

    def _clones(self) -> list[Voice]:
        try:
            rows = self._api.read_list(api.CLONED_VOICES)
        except ProviderError as error:
            if error.category != Category.INVALID_REQUEST:
                raise
            return []  # an account without clones may be told so by an error
        return [voice for row in rows if (voice := orders.clone_of(row))]

    def _keep(self, name: str, value: Value) -> Value:
        with self._lock:
            self._kept[name] = (time.monotonic(), value)
        return value

    def _kept_or(self, name: str, ask: Callable[[], Value], newer_than_s: float = FOR_S) -> Value:
        with self._lock:
            asked_at, value = self._kept.get(name, (0.0, None))
            if name in self._kept and time.monotonic() - asked_at < newer_than_s:
                return value  # type: ignore[return-value]
        return ask()


def live_characters(calls: A2EApi) -> tuple[Character, ...]:
    """The streaming avatars. Nothing tells their languages (contract §7.1): they are what the operator has confirmed."""
    return tuple(
        Character(
            str(row["_id"]), str(row.get("name") or row["_id"]), str(row.get("gender") or ""), str(row.get("video_cover") or ""),
            live=True, recorded=False, languages=calls.configuration.live_languages,
        )
        for row in calls.read_list(api.LIVE_AVATARS)
        if row.get("_id")
    )  # fmt: skip


def _ratio(picture_url: str) -> float:
    answer = outbound.request("GET", picture_url, provider=faults.KIND, total_s=15.0, max_bytes=10 * outbound.MIB)
    outbound.raise_for_status(answer, provider=faults.KIND)
    with Image.open(BytesIO(answer.body), formats=("JPEG", "PNG", "WEBP")) as picture:
        return min(max(picture.width / max(picture.height, 1), 0.4), 2.5)
