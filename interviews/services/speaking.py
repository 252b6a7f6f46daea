"""A sentence of ours as sound: the interview's door to `avatars.services.speech` (design §3, the ladder)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from avatars.services import speech
from interviews.services.policies import policy


@dataclass(frozen=True)
class Spoken:
    """`audio_url` and `timeline_url` are empty when there is no sound; then `duration_ms` is the time to read."""

    rung: str
    duration_ms: int
    audio_url: str = ""
    timeline_url: str = ""


def speak(text: str, *, public_id: str, language: str, avatar: Mapping[str, Any]) -> Spoken:
    """Make (or find) the speech of one sentence; blocks, so call it in a thread.

    `avatar` is the profile's snapshot of the plan. A sentence without anything to say (emoji, a row of dashes) is shown.
    Raises ProviderError when the engine could not.
    """
    try:
        row = speech.for_settings(avatar, text, language)
    except (speech.NothingToSay, speech.TextTooLong):
        return shown(text, rung="local")
    address = [public_id, row.public_id]
    audio, timeline = (reverse(f"interview-speech-{part}", args=address) for part in ("audio", "timeline"))
    return Spoken("local", row.duration_ms, audio, timeline)


def shown(text: str, rung: str = "text") -> Spoken:
    """The last rung: the sentence is only read."""
    return Spoken(rung, max(1500, round(len(text) * policy().reading_ms_per_character)))
