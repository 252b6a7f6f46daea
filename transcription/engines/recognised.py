"""What a recogniser answers: plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One word and when it was said, in ms from the start of the sound."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Recognised:
    """`text` may be empty: nothing was said. `confidence` in [0, 1] or None; `language` (two letters) as heard, or ""."""

    text: str
    language: str = ""
    confidence: float | None = None
    no_speech: float | None = None  # [0, 1], the engine's own doubt that anybody spoke
    words: tuple[Word, ...] = ()
