"""A2E as one of our providers (docs/contracts/a2e.md §1–§6): recorded video of its avatars, with its voice or our sound.

A2E fetches the sound from an address. Ours is given where this site can be reached from the internet (`A2E_OWN_SOUND`);
elsewhere A2E speaks itself, with the profile's voice when that is one of its own, else its usual voice of the language.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from django.urls import reverse

from avatars.providers import remedies
from avatars.providers.a2e import api, faults, orders
from avatars.providers.a2e.api import A2EApi, Configuration
from avatars.providers.a2e.catalogue import Catalogue
from avatars.providers.base import (
    AvatarProvider,
    Balance,
    CannotTell,
    Capabilities,
    Character,
    Polling,
    Progress,
    ProviderSpeech,
    VideoJob,
    VideoState,
    VideoStatus,
    Voice,
)
from avatars.services.presenters import gender_of
from avatars.speech.languages import LANGUAGES
from interview_site import own_address
from interview_site.errors import Category, ProviderError

Value = TypeVar("Value")
PAGE, MOST_PAGES = 50, 10
LANGUAGE_S = 3.0  # advice somebody waits for
# A list that goes back further than any order in doubt holds it or never will.
LOOK_BACK = timedelta(days=2)
WAITING = ("init", "start", "pending")
FAILED = ("fail", "failed", "error", "cancel", "canceled", "cancelled")
_PICTURE = re.compile(r"picture:([\w-]{1,40})")


class A2EProvider(AvatarProvider):
    kind = faults.KIND
    label = "A2E"
    polling = Polling(first_s=10.0, every_s=5.0, slowest_s=15.0, deadline_s=20 * 60.0)

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__()
        self.configuration = configuration or Configuration.from_settings()
        self.api = A2EApi(self.configuration)
        self.capabilities = Capabilities(
            languages=LANGUAGES, catalogue=True, speech=True, recorded_video=True, own_audio=True, captions=True,
            finds_by_reference=True, cancels=True, most_at_once=self.configuration.videos_at_once, live_session=True,
        )  # fmt: skip
        self.catalogue = Catalogue(self.api)

    def takes_our_sound(self, settings: Mapping[str, Any]) -> bool:
        wish = self.configuration.own_sound
        return wish == "always" or (wish == "auto" and own_address.others_can_fetch())

    def takes_given_sound(self) -> bool:
        return self.takes_our_sound({})

    def _detected_language(self, text: str) -> str:
        return orders.language_named(self.api.ask(api.LANGUAGE, {"msg": text[:500]}, within_s=LANGUAGE_S))

    def _characters(self) -> tuple[Character, ...]:
        return self.catalogue.characters()

    def _voices(self) -> tuple[Voice, ...]:
        return self.catalogue.voices()

    # --- Speech ---

    def _speak(self, job: VideoJob) -> ProviderSpeech:
        if len(job.text) > self.configuration.tts_characters:
            raise faults.fault(
                f"{len(job.text)} characters, at most {self.configuration.tts_characters} in one order",
                Category.INVALID_REQUEST, code=remedies.NEEDS_PUBLIC_SITE,
            )  # fmt: skip
        voice = self._voice_for(job.settings, job.language)
        return ProviderSpeech(self.say(job.text, voice, job.language, _speed(job.settings)))

    def say(self, text: str, voice: str, language: str, speed: float = 1.0, *, within_s: float = 0.0) -> str:
        """The address of the spoken text; it lives for days. Costs coins. Raises ProviderError.

        A clone is tried by its second id when the first is refused: a refusal costs nothing.
        """
        chosen = orders.VoiceId.read(voice)
        for number in range(len(chosen.ids)):
            body = {"msg": text, "speechRate": round(min(max(speed, 0.5), 2.0), 2), **chosen.fields(number, language)}
            try:
                address = self.api.order(api.SEND_TTS, body, within_s=within_s)
            except ProviderError as error:
                if error.category != Category.INVALID_REQUEST or number + 1 == len(chosen.ids):
                    raise
                continue
            if not isinstance(address, str) or not address.startswith(("https://", "http://")):
                raise faults.fault("the speech has no address", Category.SERVER, code="odd_answer")
            return address
        raise faults.fault("no voice is named", Category.INVALID_REQUEST, code=remedies.VOICE_MISSING)

    def _voice_for(self, settings: Mapping[str, Any], language: str) -> str:
        wanted = str(settings.get("voice") or "") if settings.get("speech_engine") == self.kind else ""
        if wanted:
            return wanted.partition("-")[2] if wanted.partition("-")[0] in LANGUAGES else wanted
        voice = self.catalogue.usual_voice(language, gender_of(str(settings.get("presenter") or "")))
        if voice is None:
            raise faults.fault(f"no voice for {language}", Category.INVALID_REQUEST, code=remedies.VOICE_MISSING)
        return voice.id

    # --- Video ---

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        audio = (job.audio.address if job.audio else "") or job.provider_audio
        if not audio:
            raise faults.fault("there is no sound yet", Category.SERVER, code="not_sent")
        if job.audio and not self.takes_our_sound(job.settings):
            raise faults.fault("our sound has no public address", Category.INVALID_REQUEST, code=remedies.NEEDS_PUBLIC_SITE)
        character, picture = self._before_sending(lambda: self._character_for(job.settings)), self._background(job.settings)
        replaced = bool(picture) or orders.is_colour(job.settings.get("background"))
        body = orders.video_order(
            job.settings, title=job.reference, character=character, audio=audio, language=job.language, picture=picture,
            ratio=self.catalogue.film_ratio(character) if replaced else orders.FILM_RATIO,
        )  # fmt: skip
        data = self.api.order(api.GENERATE, body)
        provider_id = str(data.get("_id") or "") if isinstance(data, dict) else ""
        if not provider_id:
            # It may have been taken all the same: looked for by its title.
            raise faults.fault("the order has no id", Category.SERVER, code="odd_answer")
        return VideoState(VideoStatus.ACCEPTED, provider_id)

    def _video_state(self, provider_id: str) -> VideoState:
        rows = self.api.ask(api.STATUS, {"_id": provider_id})
        rows = [row for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, dict) and row.get("status")]
        row = next((row for row in rows if row.get("_id") == provider_id), rows[0] if rows else None)
        if row is None:  # not found yet (contract §5.2)
            return VideoState(VideoStatus.ACCEPTED, provider_id)
        return _state_of(row, provider_id)

    def _find_video(self, reference: str) -> VideoState | None:
        titled, seen = False, 0
        for page in range(1, MOST_PAGES + 1):
            data = self.api.read(api.VIDEO_LIST, {"current": str(page), "pageSize": str(PAGE)})
            rows = data.get("data") if isinstance(data, dict) else None
            if not isinstance(rows, list):
                raise faults.fault("the list is no list", Category.SERVER, code="odd_answer")
            rows = [row for row in rows if isinstance(row, dict)]
            for row in rows:
                if row.get("title") == reference[: orders.MOST_TITLE] and row.get("_id"):
                    return _state_of(row, str(row["_id"]))
            titled, seen = titled or any("title" in row for row in rows), seen + len(rows)
            if rows and not titled:
                raise CannotTell("the list shows no titles", provider=self.kind)
            if not rows or seen >= _whole(data.get("total"), seen + 1) or _is_old(rows[-1]):
                return None
        raise CannotTell("the list is too long to be read", provider=self.kind)

    def _cancel_video(self, provider_id: str) -> None:
        """The path is a guess of the contract (§5.4): a refusal changes nothing for us."""
        try:
            self.api.delete(api.DELETE_VIDEO.format(id=quote(provider_id, safe="")))
        except ProviderError as error:
            if error.category not in (Category.INVALID_REQUEST, Category.SERVER):
                raise

    def _balance(self) -> Balance | None:
        data = self.api.read(api.COINS)
        try:
            return Balance(Decimal(str(data["coins"])), "coins")
        except (KeyError, TypeError, InvalidOperation) as error:
            raise faults.fault("the balance is no number", Category.SERVER, code="odd_answer") from error

    # --- Within ---

    def _character_for(self, settings: Mapping[str, Any]) -> Character:
        """The profile's avatar, which must be in the account's list; without a choice the first public one."""
        wanted = str(settings.get("recorded_avatar") or "")
        if found := self.catalogue.character(wanted):
            return found
        code = remedies.AVATAR_MISSING if wanted else remedies.AVATAR_NOT_CHOSEN
        raise faults.fault("the avatar is not in the account's list", Category.INVALID_REQUEST, code=code)

    def _before_sending(self, ask: Callable[[], Value]) -> Value:
        """What must be known first: its fault leaves no doubt that nothing was ordered."""
        try:
            return ask()
        except ProviderError as error:
            if error.permanent or error.category == Category.RATE_LIMIT:
                raise
            raise ProviderError(
                error.log_text, category=error.category, provider=self.kind, code="not_sent", request_id=error.request_id,
                retry_after_s=error.retry_after_s,
            ) from error  # fmt: skip

    def _background(self, settings: Mapping[str, Any]) -> str:
        """The address of an uploaded background; "" where there is none, or A2E could not fetch it (the film keeps its own)."""
        found = _PICTURE.fullmatch(str(settings.get("background") or ""))
        if not found or not self.takes_our_sound(settings):
            return ""
        return own_address.site_address(reverse("background-picture", args=[found.group(1)]))

    def _fetch_video(self, state: VideoState, path: Path) -> None:
        try:
            super()._fetch_video(state, path)
        except ProviderError as error:
            if error.code not in ("403", "404", "410"):
                raise
            # The link ran out: the next question may sign it anew (contract §5.6). It says nothing about the key.
            raise faults.fault(
                f"the film's address answered {error.code}", Category.INVALID_REQUEST, code=remedies.LINK_EXPIRED, permanent=False
            ) from error


def _state_of(row: Mapping[str, Any], provider_id: str) -> VideoState:
    word, result = str(row.get("status") or "").lower(), str(row.get("result") or "")
    state = VideoState(VideoStatus.PROCESSING, provider_id, min(max(_whole(row.get("process"), 0), 0), 99))
    if word in FAILED:
        return replace(state, status=VideoStatus.FAILED, error=faults.of_failed_video(str(row.get("msg") or "no reason given")))
    if word == "success" and result.startswith(("https://", "http://")):
        return replace(state, status=VideoStatus.SUCCEEDED, progress=100, video_url=result)
    return replace(state, status=VideoStatus.ACCEPTED) if word in WAITING else state


def _whole(value: object, usual: int) -> int:
    try:
        return int(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return usual


def _is_old(row: Mapping[str, Any]) -> bool:
    try:
        made_at = datetime.fromisoformat(str(row.get("createdAt")))
    except ValueError:
        return False
    return datetime.now(UTC) - (made_at if made_at.tzinfo else made_at.replace(tzinfo=UTC)) > LOOK_BACK


def _speed(settings: Mapping[str, Any]) -> float:
    try:
        speed = float(settings.get("speed") or 1.0)
    except (TypeError, ValueError):
        return 1.0
    return speed if 0.5 <= speed <= 2.0 else 1.0
