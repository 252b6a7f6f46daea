"""Sentences of ours as sound or as a recorded clip: the interview's door to what `avatars` has made (design §3, the ladder)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from avatars.services import speech
from interviews.conversation.script import intro
from interviews.models import Interview
from interviews.plan import from_json
from interviews.services.clip_parts import Part, parts
from interviews.services.clips import ReadyClip, are_wanted
from interviews.services.clips import ready as clips_of
from interviews.services.policies import policy
from interviews.services.sentences import split


@dataclass(frozen=True)
class Spoken:
    """How the next `covers` sentences are brought to the candidate.

    `audio_url` and `timeline_url` are empty when there is no sound of its own; then `duration_ms` is the time to read, or the
    length of the clip at `clip_url` or of what the live avatar says, whose sentences stand in `parts`. `by_presenter`: see
    `clips.ReadyClip`.
    """

    rung: str
    duration_ms: int
    audio_url: str = ""
    timeline_url: str = ""
    covers: int = 1
    clip_url: str = ""
    parts: Sequence[Part] = ()
    by_presenter: bool = True


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


def recorded(clip: ReadyClip, *, public_id: str) -> Spoken:
    """All sentences of a clip."""
    return Spoken(
        "clip", clip.duration_ms, covers=len(clip.sentences), clip_url=clip_url(public_id, clip), parts=clip.parts,
        by_presenter=clip.by_presenter,
    )  # fmt: skip


def live(texts: Sequence[str], duration_ms: int) -> Spoken:
    """These sentences, taken by the live avatar's room; when each is said is reckoned by its length."""
    shares = parts(" ".join(texts), texts, None, duration_ms)
    return Spoken("live", duration_ms, covers=len(texts), parts=shares, by_presenter=False)


def clip_url(public_id: str, clip: ReadyClip) -> str:
    return reverse("interview-clip", args=[public_id, clip.public_id])


def first_clips(interview: Interview) -> list[str]:
    """Addresses of the clips a call begins with, to be fetched while it rings; none of a call that goes on."""
    plan = from_json(interview.version.plan).in_language(interview.language)
    if not are_wanted(plan) or interview.state in Interview.LIVE:
        return []
    first = [intro(plan, interview.language, settings.COMPANY_NAME), plan.questions[0].text]
    ready = {" ".join(clip.sentences): clip for clip in clips_of(interview.version_id, interview.language)}
    found = (ready.get(" ".join(split(text, interview.language))) for text in first)
    return [clip_url(interview.public_id, clip) for clip in found if clip is not None]
