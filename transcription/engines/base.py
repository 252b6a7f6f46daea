"""What a recogniser is: one protocol, plain values, errors by category (style §2, §3)."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from interview_site.errors import Category, ProviderError
from transcription.engines import pieces
from transcription.engines.recognised import Recognised
from transcription.wav import BYTES_PER_MS, pcm_in, wav_from

log = logging.getLogger(__name__)
MOST_HINTS = 60
MOST_HINT_CHARACTERS = 600  # Whisper looks at the last 224 tokens of a prompt only


@dataclass(frozen=True)
class Capabilities:
    """What callers may expect; nobody asks for the class of an engine.

    `is_local`: the sound does not leave the company. `languages`: those it knows, () for any. `longest_s`: more than this is
    handed over in pieces (25 MB is the limit of most services; ten minutes of our sound are 19 MB).
    """

    is_local: bool = False
    confidence: bool = False
    words: bool = False
    languages: tuple[str, ...] = ()
    longest_s: float = 600.0


class RecognitionEngine:
    """An engine writes `_recognise` and `missing`; `recognise` is what everybody calls."""

    name = ""  # as STT_ENGINES has it
    label = ""
    model = ""
    capabilities = Capabilities()

    @property
    def signature(self) -> str:
        """What stands beside a text: engine and model."""
        return f"{self.name}:{self.model}"[:80].rstrip(":")

    def missing(self) -> str:
        """What this machine lacks to run it, with the remedy, for operators; "" when nothing. Cheap: loads no model."""
        return ""

    def knows(self, language: str) -> bool:
        return not self.capabilities.languages or language in self.capabilities.languages

    def recognise(
        self, wav: bytes, language: str, hints: tuple[str, ...] = (), *, on_piece: Callable[[], None] | None = None
    ) -> Recognised:
        """Text of one stretch of speech (WAV, PCM16, 16 kHz, mono).

        `language` is what is expected (ru, en, kk); `hints` are words that may come up. `on_piece` is called between the
        pieces of something long. Costs money with most engines. Raises ProviderError and nothing else.
        """
        started = time.monotonic()
        outcome = "ok"
        try:
            return self._in_pieces(wav, language, usable_hints(hints), on_piece)
        except ProviderError as error:
            outcome = error.category
            raise
        except Exception as error:  # an engine's own fault must not look like a lost task
            outcome = type(error).__name__
            raise ProviderError(f"{self.name}: {type(error).__name__}", category=Category.SERVER, provider=self.name) from error
        finally:
            took_ms = round((time.monotonic() - started) * 1000)
            log.info("recognition", extra={"engine": self.name, "outcome": outcome, "ms": took_ms, "bytes": len(wav)})

    def _in_pieces(self, wav: bytes, language: str, hints: tuple[str, ...], on_piece: Callable[[], None] | None) -> Recognised:
        longest_ms = int(self.capabilities.longest_s * 1000)
        if len(wav) <= longest_ms * BYTES_PER_MS:
            return self._recognise(wav, language, hints)
        pcm, parts = pcm_in(wav), []
        for start_ms, end_ms in pieces.spans(pcm, longest_ms):
            if parts and on_piece:
                on_piece()
            piece = wav_from(pcm[start_ms * BYTES_PER_MS : end_ms * BYTES_PER_MS])
            parts.append((start_ms, self._recognise(piece, language, hints)))
        return pieces.joined(parts)

    def _recognise(self, wav: bytes, language: str, hints: tuple[str, ...]) -> Recognised:
        """At most `capabilities.longest_s` of sound. May raise anything; ProviderError says what is to be done."""
        raise NotImplementedError


def usable_hints(hints: tuple[str, ...]) -> tuple[str, ...]:
    """Hints on one line each, without signs a service refuses (one bad keyword refuses the whole request), not too many."""
    found: list[str] = []
    length = 0
    for hint in hints:
        cleaned = " ".join("".join(" " if sign in "<>" or not sign.isprintable() else sign for sign in hint).split())[:60]
        length += len(cleaned) + 2
        if length > MOST_HINT_CHARACTERS or len(found) == MOST_HINTS:
            break
        if cleaned and cleaned not in found:
            found.append(cleaned)
    return tuple(found)
