"""Any server with OpenAI's `POST /audio/transcriptions` (docs/contracts/openai.md §6, §8): OpenAI, vLLM, speaches, …

The package's own retries are off (ours are rows) and its default timeout of ten minutes is replaced. A server that refuses
word times or our hints is asked more simply, and from then on at once in the way it took.
"""

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import openai
from django.conf import settings

from interview_site.errors import Category, ProviderError
from interview_site.openai_http import HEADERS, http_client
from transcription.engines.base import Capabilities, RecognitionEngine
from transcription.engines.recognised import Recognised, Word

MOST_ANSWER_BYTES = 2 * 1024 * 1024
MOST_WORDS = 20_000
CONNECT_S = 5.0
DOUBT = 0.5  # below this confidence the sound is heard once more without saying which language to expect
BETTER_BY = 0.15  # … and that answer counts when the engine is so much surer of another language
_BY_STATUS = {
    401: Category.AUTHENTICATION, 403: Category.AUTHENTICATION, 402: Category.QUOTA, 404: Category.INVALID_REQUEST,
    408: Category.CONNECTIVITY, 409: Category.SERVER, 429: Category.RATE_LIMIT,
}  # fmt: skip
_NOT_UNDERSTOOD = ("400", "415", "422")
# Forms of an answer, the richest first.
_FORMS: tuple[dict[str, Any], ...] = (
    {"response_format": "verbose_json", "timestamp_granularities": ["word", "segment"], "temperature": 0},
    {"response_format": "verbose_json", "temperature": 0},
    {"response_format": "json"},
)
_PLAIN = len(_FORMS) - 1
_LANGUAGES = {
    "russian": "ru", "english": "en", "kazakh": "kk", "ukrainian": "uk", "belarusian": "be", "uzbek": "uz", "tatar": "tt",
    "turkish": "tr", "azerbaijani": "az", "tajik": "tg", "turkmen": "tk", "mongolian": "mn", "german": "de", "french": "fr",
    "spanish": "es", "italian": "it", "polish": "pl", "chinese": "zh", "korean": "ko", "japanese": "ja", "arabic": "ar",
    "hindi": "hi", "persian": "fa", "bashkir": "ba", "georgian": "ka", "armenian": "hy",
}  # fmt: skip


@dataclass(frozen=True)
class Configuration:
    """`timeout_s` bounds the whole call."""

    base_url: str
    model: str
    api_key: str = ""
    timeout_s: float = 60.0
    is_local: bool = False
    name: str = "openai_compatible"

    @classmethod
    def from_settings(cls, name: str) -> "Configuration | None":
        """STT_… or, for the second server, STT2_…; None without address and model."""
        first = "STT2" if name.endswith("_2") else "STT"
        base_url, model = getattr(settings, f"{first}_BASE_URL"), getattr(settings, f"{first}_MODEL")
        if not (base_url and model):
            return None
        rest = (getattr(settings, f"{first}_{what}") for what in ("API_KEY", "TIMEOUT_S", "IS_LOCAL"))
        return cls(base_url, model, *rest, name)


class OpenAICompatibleEngine(RecognitionEngine):
    label = "OpenAI-compatible"

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.name, self.model = configuration.name, configuration.model
        # gpt-* models answer plain JSON only; Whisper and its kin also say how sure they are (contract §6).
        self._is_gpt = configuration.model.startswith("gpt-")
        self._form = _PLAIN if self._is_gpt else 0
        self._takes_hints = True
        self.capabilities = Capabilities(is_local=configuration.is_local, confidence=not self._is_gpt, words=not self._is_gpt)
        self._client = openai.OpenAI(
            base_url=configuration.base_url,
            api_key=configuration.api_key or "none",
            max_retries=0,
            timeout=openai.Timeout(configuration.timeout_s, connect=CONNECT_S),
            default_headers=HEADERS,
            http_client=http_client(configuration.base_url, is_local=configuration.is_local),
        )
        # Taken now: the package loads half of itself at the first look, which nobody's first words should wait for.
        self._transcriptions = self._client.audio.transcriptions.with_streaming_response

    @classmethod
    def from_settings(cls, name: str) -> "OpenAICompatibleEngine | None":
        configuration = Configuration.from_settings(name)
        return _engine(configuration) if configuration else None

    def _recognise(self, wav: bytes, language: str, hints: tuple[str, ...]) -> Recognised:
        answer = _read(self._ask(wav, language, hints))
        if not language or answer.confidence is None or answer.confidence >= DOUBT or len(answer.text.split()) < 3:
            return answer
        # Told to expect Russian, a recogniser writes Russian whatever it hears: English speech would become nonsense.
        try:
            other = _read(self._ask(wav, "", ()))
        except ProviderError:
            return answer
        surer = (other.confidence or 0.0) >= answer.confidence + BETTER_BY
        return other if other.language not in ("", language) and surer else answer

    def _ask(self, wav: bytes, language: str, hints: tuple[str, ...]) -> dict:
        """From the richest question down to the plainest. Raises the first refusal when none is understood."""
        refused: ProviderError | None = None
        for form, given in self._ways(hints):
            try:
                answer = self._send(wav, {**_FORMS[form], **self._hints(language, given)})
            except ProviderError as error:
                if error.code not in _NOT_UNDERSTOOD:
                    raise
                refused = refused or error
                continue
            if refused:
                self._form, self._takes_hints = form, self._takes_hints and (bool(given) or not hints)
            return answer
        raise refused

    def _ways(self, hints: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
        given = hints if self._takes_hints else ()
        for form in range(self._form, len(_FORMS)):
            yield form, given
        if given:
            yield _PLAIN, ()

    def _send(self, wav: bytes, fields: dict[str, Any]) -> dict:
        deadline = time.monotonic() + self.configuration.timeout_s
        try:
            with self._transcriptions.create(
                file=("speech.wav", wav, "audio/wav"), model=self.configuration.model, **fields
            ) as response:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MOST_ANSWER_BYTES:
                        raise self._fault("the answer is too big", Category.SERVER)
                    if time.monotonic() > deadline:
                        raise self._fault("the answer took too long", Category.CONNECTIVITY)
        except openai.APIStatusError as error:
            raise self._status_fault(error) from error
        except openai.APIConnectionError as error:  # timeouts too
            raise self._fault(type(error).__name__, Category.CONNECTIVITY) from error
        except openai.OpenAIError as error:
            raise self._fault(type(error).__name__, Category.SERVER) from error
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._fault("the answer is not JSON", Category.SERVER) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise self._fault("the answer has no text", Category.SERVER)
        return answer

    def _hints(self, language: str, hints: tuple[str, ...]) -> dict[str, Any]:
        """Never `language` and `languages` together: the request would be refused."""
        if self.configuration.model.startswith("gpt-transcribe"):
            lists = {"languages": [language] if language else [], "keywords": list(hints)}
            return {"extra_body": {name: values for name, values in lists.items() if values}}
        prompt = {"prompt": ", ".join(hints)} if hints else {}
        return {"language": language, **prompt} if language else prompt

    def _fault(self, text: str, category: Category, **fields: Any) -> ProviderError:
        return ProviderError(f"{self.name}: {text}", category=category, provider=self.name, **fields)

    def _status_fault(self, error: openai.APIStatusError) -> ProviderError:
        status = error.status_code
        category = _BY_STATUS.get(status, Category.SERVER if status >= 500 else Category.INVALID_REQUEST)
        if str(getattr(error, "code", None) or "") == "insufficient_quota":
            category = Category.QUOTA
        return self._fault(
            f"status {status}", category, code=str(status), retry_after_s=_retry_after_s(error),
            request_id=str(error.request_id or "")[:100],
        )  # fmt: skip


@lru_cache(maxsize=4)
def _engine(configuration: Configuration) -> OpenAICompatibleEngine:
    return OpenAICompatibleEngine(configuration)


def _read(answer: dict) -> Recognised:
    segments = _dicts(answer.get("segments"))
    return Recognised(
        text=answer["text"].replace("\x00", "").strip(),
        language=_language(answer),
        confidence=_mean([math.exp(min(0.0, value)) for value in _numbers(segments, "avg_logprob")]),
        no_speech=_mean(_numbers(segments, "no_speech_prob")),
        words=tuple(_words(answer, segments)),
    )


def _language(answer: dict) -> str:
    """An ISO code of two letters, or "": whisper-1 writes the language's English name."""
    languages = answer.get("languages")
    first = languages[0].get("code") if isinstance(languages, list) and languages and isinstance(languages[0], dict) else None
    found = str(first or answer.get("language") or "").lower()
    return _LANGUAGES.get(found, found if len(found) == 2 else "")


def _words(answer: dict, segments: list[dict]) -> Iterator[Word]:
    """OpenAI puts words beside the segments, some servers inside them."""
    rows = _dicts(answer.get("words")) or [word for segment in segments for word in _dicts(segment.get("words"))]
    for row in rows[:MOST_WORDS]:
        times = _numbers([row], "start") + _numbers([row], "end")
        text = row.get("word")
        if len(times) == 2 and isinstance(text, str) and text.strip() and 0 <= times[0] <= times[1] < 86_400:
            yield Word(round(times[0] * 1000), round(times[1] * 1000), text.replace("\x00", "").strip()[:100])


def _dicts(value: object) -> list[dict]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _numbers(segments: list[dict], name: str) -> list[float]:
    values = [part.get(name) for part in segments]
    return [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]


def _mean(values: list[float]) -> float | None:
    return min(1.0, max(0.0, sum(values) / len(values))) if values else None


def _retry_after_s(error: openai.APIStatusError) -> float | None:
    value = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, min(float(value), 24 * 3600))
    except ValueError:
        pass
    try:
        return max(0.0, min(parsedate_to_datetime(value).timestamp() - time.time(), 24 * 3600))
    except (ValueError, TypeError):
        return None
