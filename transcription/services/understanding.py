"""Sound → what was said, with every guard against invented text; the same for a stored stretch and for a stream. Synchronous."""

from collections.abc import Callable
from dataclasses import dataclass

from transcription import phantoms, spoken_language
from transcription.engines.base import RecognitionEngine
from transcription.engines.recognised import Word
from transcription.models import Recording
from transcription.services.listening import listen, permitted
from transcription.wav import is_silent, wav_from


@dataclass(frozen=True)
class Understanding:
    """`text` may be empty: nobody said anything. `engine`: the signature of who heard it; `confidence` in [0, 1]."""

    text: str
    engine: str
    language: str = ""  # two letters, as heard
    language_mismatch: bool = False
    confidence: float | None = None
    words: tuple[Word, ...] = ()

    @property
    def word_times(self) -> list[list[int | str]]:
        """[[start_ms, end_ms, word], …]"""
        return [[word.start_ms, word.end_ms, word.text] for word in self.words]


def understand(
    engines: tuple[RecognitionEngine, ...], wav: bytes, recording: Recording, *, on_piece: Callable[[], None] | None = None
) -> Understanding:
    """What was said in this WAV (PCM16, 16 kHz, mono). `engines` must not be empty; costs money with most of them.

    Silence is not sent to anybody; known inventions and loops of recognisers are dropped. Raises ProviderError as `listen` does.
    """
    if is_silent(wav):
        return Understanding("", engines[0].signature)
    engine, answer = listen(engines, wav, recording, on_piece=on_piece)
    text, words = phantoms.without_loops(answer.text), answer.words
    if phantoms.is_phantom(text, answer.no_speech, answer.confidence, recording.hints):
        text, words = "", ()
    mismatch = spoken_language.is_other(text, answer.language, recording.language)
    return Understanding(text, engine.signature, answer.language[:8], mismatch, answer.confidence, words)


def understand_unstored(pcm: bytes, language: str, *, local_only: bool) -> Understanding | None:
    """What was said in sound that nobody keeps; None without an engine that may hear it. Raises ProviderError."""
    recording = Recording(language=language, recognise=True, local_only=local_only)
    engines = permitted(recording)
    return understand(engines, wav_from(pcm), recording) if engines else None
