"""The voices of an engine as an operator writes them: `label:gender:id`, several with commas between them."""

from collections.abc import Iterable
from dataclasses import dataclass

from avatars.engines.base import Voice


@dataclass(frozen=True)
class NamedVoice:
    """A name for people, `female` or `male`, the engine's own id."""

    label: str
    gender: str
    id: str


def named_voices(entries: Iterable[str]) -> tuple[NamedVoice, ...]:
    """The voices of a setting. Raises ValueError with what is wrong and what to write."""
    voices = []
    for entry in entries:
        label, _colon, rest = entry.strip().partition(":")
        gender, _colon, voice_id = rest.partition(":")
        if gender not in ("female", "male") or not label.strip() or not voice_id.strip():
            raise ValueError(f"{entry[:60]!r} is no voice: write label:female:id or label:male:id")
        voices.append(NamedVoice(label.strip()[:60], gender, voice_id.strip()[:80]))
    return tuple(voices)


def in_languages(named: Iterable[NamedVoice], languages: Iterable[str]) -> tuple[Voice, ...]:
    """Every voice in every language the engine speaks, named `<language>-<id>`."""
    named = tuple(named)
    return tuple(
        Voice(f"{language}-{voice.id}", language, voice.gender, voice.label) for language in languages for voice in named
    )
