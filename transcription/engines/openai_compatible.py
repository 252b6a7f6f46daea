"""Any server with OpenAI's `POST /audio/transcriptions` (docs/contracts/openai.md §6, §8): OpenAI, vLLM, speaches, …

The package's own retries are off (ours are rows) and its default timeout of ten minutes is replaced.
"""

import json
import math
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import openai

from interview_site.errors import Category, ProviderError
from transcription.engines.base import Capabilities, Recognised, RecognitionEngine

MOST_ANSWER_BYTES = 2 * 1024 * 1024
CONNECT_S = 5.0
_BY_STATUS = {
    401: Category.AUTHENTICATION, 403: Category.AUTHENTICATION, 402: Category.QUOTA, 404: Category.INVALID_REQUEST,
    408: Category.CONNECTIVITY, 409: Category.SERVER, 429: Category.RATE_LIMIT,
}  # fmt: skip


@dataclass(frozen=True)
class Configuration:
    """`timeout_s` bounds the whole call."""

    base_url: str
    model: str
    api_key: str = ""
    timeout_s: float = 60.0
    is_local: bool = False


class OpenAICompatibleEngine(RecognitionEngine):
    name = "openai_compatible"
    label = "OpenAI-compatible"

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        # gpt-* models answer plain JSON only; Whisper and its kin also say how sure they are (contract §6).
        self._is_gpt = configuration.model.startswith("gpt-")
        self.capabilities = Capabilities(is_local=configuration.is_local, confidence=not self._is_gpt)
        self._client = openai.OpenAI(
            base_url=configuration.base_url,
            api_key=configuration.api_key or "none",
            max_retries=0,
            timeout=openai.Timeout(configuration.timeout_s, connect=CONNECT_S),
        )

    def _recognise(self, wav: bytes, language: str) -> Recognised:
        return _read(self._ask(wav, language))

    def _ask(self, wav: bytes, language: str) -> dict:
        deadline = time.monotonic() + self.configuration.timeout_s
        try:
            with self._client.audio.transcriptions.with_streaming_response.create(
                file=("speech.wav", wav, "audio/wav"), model=self.configuration.model, **self._hints(language)
            ) as response:
                body = bytearray()
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > MOST_ANSWER_BYTES:
                        raise _fault("the answer is too big", Category.SERVER)
                    if time.monotonic() > deadline:
                        raise _fault("the answer took too long", Category.CONNECTIVITY)
        except openai.APIStatusError as error:
            raise _status_fault(error) from error
        except openai.APIConnectionError as error:  # timeouts too
            raise _fault(type(error).__name__, Category.CONNECTIVITY) from error
        except openai.OpenAIError as error:
            raise _fault(type(error).__name__, Category.SERVER) from error
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _fault("the answer is not JSON", Category.SERVER) from error
        if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
            raise _fault("the answer has no text", Category.SERVER)
        return answer

    def _hints(self, language: str) -> dict:
        """Never `language` and `languages` together: the request would be refused."""
        if self.configuration.model.startswith("gpt-transcribe"):
            return {"response_format": "json", "extra_body": {"languages": [language]} if language else {}}
        hints = {"response_format": "json" if self._is_gpt else "verbose_json", "temperature": 0}
        return {**hints, "language": language} if language else hints


def _read(answer: dict) -> Recognised:
    segments = [part for part in answer.get("segments") or [] if isinstance(part, dict)]
    return Recognised(
        text=answer["text"].replace("\x00", "").strip(),
        language=_language(answer),
        confidence=_mean([math.exp(min(0.0, value)) for value in _numbers(segments, "avg_logprob")]),
        no_speech=_mean(_numbers(segments, "no_speech_prob")),
    )


def _language(answer: dict) -> str:
    """An ISO code of two letters, or "": whisper-1 writes the language's English name."""
    names = {"russian": "ru", "english": "en", "kazakh": "kk"}
    languages = answer.get("languages")
    first = languages[0].get("code") if isinstance(languages, list) and languages and isinstance(languages[0], dict) else None
    found = str(first or answer.get("language") or "").lower()
    return names.get(found, found if len(found) == 2 else "")


def _numbers(segments: list[dict], name: str) -> list[float]:
    values = [part.get(name) for part in segments]
    return [float(value) for value in values if isinstance(value, int | float) and math.isfinite(value)]


def _mean(values: list[float]) -> float | None:
    return min(1.0, max(0.0, sum(values) / len(values))) if values else None


def _fault(text: str, category: Category, **fields: object) -> ProviderError:
    return ProviderError(f"openai_compatible: {text}", category=category, provider="openai_compatible", **fields)


def _status_fault(error: openai.APIStatusError) -> ProviderError:
    status = error.status_code
    category = _BY_STATUS.get(status, Category.SERVER if status >= 500 else Category.INVALID_REQUEST)
    code = str(getattr(error, "code", None) or "")
    if code == "insufficient_quota":
        category = Category.QUOTA
    request_id = str(error.request_id or "")[:100]
    return _fault(f"status {status}", category, code=code[:80], retry_after_s=_retry_after_s(error), request_id=request_id)


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
