"""ElevenLabs (docs/contracts/elevenlabs.md): sound with the time of every letter, by the guarded client."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.conf import settings

from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import Capabilities, SpeechRequest, Voice
from avatars.engines.lip_sync import Heard
from avatars.engines.sound_files import NotSound, pcm_samples
from avatars.engines.voice_names import NamedVoice, in_languages, named_voices
from avatars.speech.alignment import Script
from avatars.speech.alignment_marks import Mark
from interview_site import outbound
from interview_site.errors import Category, ProviderError

RATE = 24_000  # pcm_24000: every plan has it, and nothing must be decoded
MAX_ANSWER_BYTES = 40 * outbound.MIB
MAX_CHARACTERS = 5_000  # the smallest limit of the models we name (contract §5)
MIN_SPEED, MAX_SPEED = 0.7, 1.2  # contract §2: beyond it other models distort or refuse
_BY_CODE = {
    "quota_exceeded": Category.QUOTA,
    "invalid_api_key": Category.AUTHENTICATION,
    "detected_unusual_activity": Category.AUTHENTICATION,
    "missing_permissions": Category.AUTHENTICATION,
    "voice_not_found": Category.INVALID_REQUEST,
    "max_character_limit_exceeded": Category.INVALID_REQUEST,
    "text_too_long": Category.INVALID_REQUEST,
    "invalid_parameters": Category.INVALID_REQUEST,
    "validation_error": Category.INVALID_REQUEST,
    "rate_limit_exceeded": Category.RATE_LIMIT,
    "concurrent_limit_exceeded": Category.RATE_LIMIT,
    "too_many_concurrent_requests": Category.RATE_LIMIT,
    "system_busy": Category.RATE_LIMIT,
}


@dataclass(frozen=True)
class Configuration:
    """`timeout_s` bounds the whole call. Kazakh is spoken by the v3 models only."""

    api_key: str
    voices: tuple[NamedVoice, ...]
    base_url: str = "https://api.elevenlabs.io"
    model: str = "eleven_multilingual_v2"
    timeout_s: float = 20.0

    @classmethod
    def from_settings(cls) -> "Configuration":
        return cls(
            settings.ELEVENLABS_API_KEY,
            named_voices(settings.ELEVENLABS_VOICES),
            settings.ELEVENLABS_BASE_URL,
            settings.ELEVENLABS_MODEL,
            settings.ELEVENLABS_TIMEOUT_S,
        )


class ElevenLabsEngine(AlignedEngine):
    kind = "elevenlabs"

    def __init__(self, configuration: Configuration | None = None) -> None:
        self.configuration = configuration or Configuration.from_settings()
        languages = ("ru", "en", "kk") if self.configuration.model.startswith("eleven_v3") else ("ru", "en")
        self.capabilities = Capabilities(
            languages, needs_key=True, remote=True, costs_money=True, exact_timeline=False, speeds=(MIN_SPEED, MAX_SPEED),
            tells_what_is_left=True,
        )  # fmt: skip

    def voices(self) -> tuple[Voice, ...]:
        return in_languages(self.configuration.voices, self.capabilities.languages)

    def version(self) -> str:
        return f"1-{self.configuration.model}"

    def left(self) -> tuple[int, str] | None:
        """Contract §4. A key may be allowed to speak and not to read the account: that is no bad key."""
        try:
            found = self._asked("GET", "/v1/user/subscription")
        except ProviderError as error:
            if error.code == "missing_permissions":
                return None
            raise
        used, most = found.get("character_count"), found.get("character_limit")
        return (max(most - used, 0), "characters") if isinstance(used, int) and isinstance(most, int) else None

    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        if len(script.text) > MAX_CHARACTERS:
            raise self.refused(f"{len(script.text)} characters in one request")
        voice_id = request.voice.partition("-")[2]
        body = self._asked(
            "POST", f"/v1/text-to-speech/{quote(voice_id, safe='')}/with-timestamps?output_format=pcm_{RATE}",
            {
                "text": script.text,
                "model_id": self.configuration.model,
                "voice_settings": {"speed": round(min(max(request.speed, MIN_SPEED), MAX_SPEED), 3)},
            },
        )
        try:
            samples = pcm_samples(base64.b64decode(body["audio_base64"], validate=True), RATE)
        except (KeyError, TypeError, ValueError, binascii.Error, NotSound) as error:
            raise self.fault(f"the answer holds no sound ({type(error).__name__})", Category.SERVER) from error
        return Heard(samples, RATE, _marks(body.get("alignment"), script.text))

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = outbound.request(
            method, self.configuration.base_url + path, json=body, headers={"xi-api-key": self.configuration.api_key},
            max_bytes=MAX_ANSWER_BYTES, provider=self.kind, total_s=self.configuration.timeout_s, trusted=True,
        )  # fmt: skip
        if answer.status != 200:
            raise self._refusal(answer)
        # A JSON answer saved as sound, and the other way round, are classic faults (contract §1).
        if "json" not in answer.headers.get("Content-Type", ""):
            raise self.fault("the answer is not JSON", Category.SERVER, code="not_json")
        found = answer.json(provider=self.kind)
        if not isinstance(found, dict) or found.get("detail"):
            raise self._refusal(answer)
        return found

    def _refusal(self, answer: outbound.Answer) -> ProviderError:
        """One of the three shapes of contract §6, or a gateway's page."""
        code = _code(answer)
        category = _BY_CODE.get(code) or (Category.SERVER if answer.status == 200 else outbound.category_of(answer.status))
        if answer.status in (409, 425):
            category = Category.SERVER
        return self.fault(
            f"status {answer.status} {code}".strip(), category, code=code or str(answer.status),
            request_id=answer.headers.get("request-id", "")[:80], retry_after_s=outbound.retry_after_s(answer.headers),
        )  # fmt: skip


def _code(answer: outbound.Answer) -> str:
    try:
        body = answer.json()
    except ProviderError:
        return ""
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, list):
        return "validation_error"
    if not isinstance(detail, dict):
        return ""
    return str(detail.get("code") or detail.get("status") or "")[:60]


def _marks(alignment: Any, text: str) -> list[Mark]:
    """The time of each letter, when the answer tells it for the text as it was sent; [] otherwise (contract §3)."""
    if not isinstance(alignment, dict):
        return []
    lists = [alignment.get(name) for name in ("characters", "character_start_times_seconds", "character_end_times_seconds")]
    if not all(isinstance(values, list) and len(values) == len(text) for values in lists):
        return []
    letters, starts, ends = lists
    if "".join(map(str, letters)) != text:
        return []
    try:
        return [
            Mark(float(start) * 1000, float(end) * 1000, at, 1) for at, (start, end) in enumerate(zip(starts, ends, strict=True))
        ]
    except (TypeError, ValueError):
        return []
