"""PocketSphinx: a small recogniser whose wheel holds its English model. For trying things out and for tests: it needs nothing
but `pip install pocketsphinx`, and it hears far worse than Whisper."""

import importlib.util
import threading
from functools import lru_cache
from typing import Any

from transcription.engines.base import Capabilities, RecognitionEngine
from transcription.engines.recognised import Recognised, Word
from transcription.wav import pcm_in

FRAME_MS = 10
_lock = threading.Lock()  # a decoder is a state machine: one stretch of speech after the other


class SphinxEngine(RecognitionEngine):
    name = "pocketsphinx"
    label = "PocketSphinx (English)"
    model = "en-us"
    capabilities = Capabilities(is_local=True, confidence=True, words=True, languages=("en",), longest_s=120.0)

    @classmethod
    def from_settings(cls, name: str) -> "SphinxEngine":
        return cls()

    def missing(self) -> str:
        if importlib.util.find_spec("pocketsphinx") is None:
            return "The package pocketsphinx is not installed: pip install pocketsphinx."
        return ""

    def _recognise(self, wav: bytes, language: str, hints: tuple[str, ...]) -> Recognised:
        with _lock:
            decoder = _decoder()
            decoder.start_utt()
            decoder.process_raw(pcm_in(wav), full_utt=True)
            decoder.end_utt()
            heard = [piece for piece in decoder.seg() or () if not piece.word.startswith(("<", "["))]
        # A word's other pronunciations are written `was(2)`.
        words = tuple(
            Word(piece.start_frame * FRAME_MS, (piece.end_frame + 1) * FRAME_MS, piece.word.partition("(")[0]) for piece in heard
        )
        confidence = sum(min(1.0, piece.prob) for piece in heard) / len(heard) if heard else None
        return Recognised(" ".join(word.text for word in words), "en" if words else "", confidence, words=words)


@lru_cache(maxsize=1)
def _decoder() -> Any:
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL")
