"""Any server with OpenAI's `POST /audio/speech` (docs/contracts/openai.md §7, §8): OpenAI, speaches, LocalAI, Ollama, …

It is asked for WAV: the only format of that list which says its own rate and needs no decoder.
"""

import time
from dataclasses import dataclass

import httpx2
import openai
from django.conf import settings

from avatars.engines.aligned import AlignedEngine
from avatars.engines.base import Capabilities, SpeechRequest, Voice
from avatars.engines.lip_sync import Heard
from avatars.engines.sound_files import NotSound, wav_samples
from avatars.engines.voice_names import NamedVoice, in_languages, named_voices
from avatars.speech.alignment import Script
from interview_site.errors import Category, ProviderError
from interview_site.openai_http import HEADERS, http_client
from interview_site.outbound import category_of, retry_after_s

MAX_ANSWER_BYTES = 60 * 1024 * 1024
MAX_CHARACTERS = 4_096
CONNECT_S = 3.0


@dataclass(frozen=True)
class Configuration:
    """`timeout_s` bounds the whole call, whatever the server does."""

    base_url: str
    model: str
    voices: tuple[NamedVoice, ...]
    api_key: str = ""
    languages: tuple[str, ...] = ("ru", "en")
    timeout_s: float = 20.0

    @classmethod
    def from_settings(cls) -> "Configuration":
        return cls(
            settings.TTS_BASE_URL,
            settings.TTS_MODEL,
            named_voices(settings.TTS_VOICES),
            settings.TTS_API_KEY,
            tuple(settings.TTS_LANGUAGES),
            settings.TTS_TIMEOUT_S,
        )


class OpenAISpeechEngine(AlignedEngine):
    kind = "openai"

    def __init__(self, configuration: Configuration | None = None) -> None:
        self.configuration = configuration or Configuration.from_settings()
        self.capabilities = Capabilities(
            self.configuration.languages,
            needs_key=bool(self.configuration.api_key),
            remote=True,
            costs_money=True,
            exact_timeline=False,
        )
        # The package's own retries are off and its default timeout of ten minutes is replaced (contract §8).
        self._client = openai.OpenAI(
            base_url=self.configuration.base_url,
            api_key=self.configuration.api_key or "not-needed",
            max_retries=0,
            timeout=openai.Timeout(self.configuration.timeout_s, connect=min(CONNECT_S, self.configuration.timeout_s)),
            default_headers=HEADERS,
            http_client=http_client(self.configuration.base_url),
        )

    def voices(self) -> tuple[Voice, ...]:
        return in_languages(self.configuration.voices, self.capabilities.languages)

    def version(self) -> str:
        return f"1-{self.configuration.model}"

    def close(self) -> None:
        self._client.close()

    def _say(self, script: Script, request: SpeechRequest) -> Heard:
        if len(script.text) > MAX_CHARACTERS:
            raise self.refused(f"{len(script.text)} characters in one request")
        try:
            return Heard(*wav_samples(self._asked(script.text, request)))
        except NotSound as error:
            raise self.fault(f"the answer is no WAV ({error})", Category.SERVER, code="not_sound") from error

    def _asked(self, text: str, request: SpeechRequest) -> bytes:
        deadline, body = time.monotonic() + self.configuration.timeout_s, bytearray()
        try:
            with self._client.audio.speech.with_streaming_response.create(
                input=text, model=self.configuration.model, voice=request.voice.partition("-")[2], response_format="wav",
                speed=request.speed,
            ) as response:  # fmt: skip
                kind = response.headers.get("content-type", "")
                if kind.startswith("text/") or "json" in kind:
                    raise self.fault(f"the answer is {kind[:40]}, not sound", Category.SERVER, code="not_sound")
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        raise self.fault("the answer is too big", Category.SERVER, code="too_large")
                    if time.monotonic() > deadline:
                        raise self.fault("the answer took too long", Category.CONNECTIVITY)
        except openai.APIStatusError as error:
            raise self._refusal(error) from error
        except openai.APIConnectionError as error:  # timeouts too
            raise self.fault(type(error).__name__, Category.CONNECTIVITY) from error
        except httpx2.HTTPError as error:  # a body cut off in the middle is not translated by the package
            raise self.fault(type(error).__name__, Category.CONNECTIVITY) from error
        except openai.OpenAIError as error:
            raise self.fault(type(error).__name__, Category.SERVER) from error
        return bytes(body)

    def _refusal(self, error: openai.APIStatusError) -> ProviderError:
        code = str(getattr(error, "code", None) or "")[:80]
        wait_s = retry_after_s({"Retry-After": error.response.headers.get("retry-after", "")})
        category = Category.QUOTA if code == "insufficient_quota" else category_of(error.status_code)
        return self.fault(
            f"status {error.status_code} {code}".strip(), category, code=code or str(error.status_code),
            request_id=str(error.request_id or "")[:80], retry_after_s=wait_s,
        )  # fmt: skip
