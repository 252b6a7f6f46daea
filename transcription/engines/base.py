"""What a recogniser is: one protocol, plain values, errors by category (style §2, §3)."""

import logging
import time
from dataclasses import dataclass, field

from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Capabilities:
    """`is_local`: the sound does not leave the company; `confidence`: the engine says how sure it is."""

    is_local: bool = False
    confidence: bool = False


@dataclass(frozen=True)
class Recognised:
    """`text` may be empty: nothing was said. `confidence` in [0, 1] or None; `language` as the engine says, or ""."""

    text: str
    language: str = ""
    confidence: float | None = None
    no_speech: float | None = None  # [0, 1], the engine's own doubt that anybody spoke
    details: dict = field(default_factory=dict)


class RecognitionEngine:
    """An engine writes `_recognise`; `recognise` is what everybody calls."""

    name = ""
    label = ""
    capabilities = Capabilities()

    def recognise(self, wav: bytes, language: str) -> Recognised:
        """Text of one stretch of speech (WAV, PCM16, 16 kHz, mono; at most about a minute).

        `language` is a hint (ru, en, kk). Costs money with most engines. Raises ProviderError and nothing else.
        """
        started = time.monotonic()
        outcome = "ok"
        try:
            return self._recognise(wav, language)
        except ProviderError as error:
            outcome = error.category
            raise
        except Exception as error:  # an engine's own fault must not look like a lost task
            outcome = type(error).__name__
            raise ProviderError(f"{self.name}: {type(error).__name__}", category=Category.SERVER, provider=self.name) from error
        finally:
            took_ms = round((time.monotonic() - started) * 1000)
            log.info("recognition", extra={"engine": self.name, "outcome": outcome, "ms": took_ms, "bytes": len(wav)})

    def _recognise(self, wav: bytes, language: str) -> Recognised:
        raise NotImplementedError
