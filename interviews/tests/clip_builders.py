"""A position that speaks by recorded clips, and clips that are ready without anybody having made them."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from avatars.models import AvatarGeneration, AvatarSettings
from avatars.services import speech
from avatars.tests.generation_builders import mp4
from interviews.models import Interview, Position, PositionClip, PositionVersion
from interviews.services import clips
from interviews.tests.builders import make_interview, make_position


def make_recorded_position(*, language: str = "en", providers: tuple[str, ...] = ("fake",), **fields: Any) -> Position:
    profile, _made = AvatarSettings.objects.get_or_create(
        name="Filmed", defaults={"style": "recorded", "providers": list(providers), "language": language}
    )
    return make_position(language=language, avatar=profile, **fields)


def make_filmed_interview(**fields: Any) -> Interview:
    """Bob has answered the call, and every clip of his version is ready."""
    interview = make_interview(position=make_recorded_position(), state=Interview.State.IN_PROGRESS, **fields)
    clips.prepare(interview.version, interview.language)
    film(interview.version, interview.language)
    return interview


def film(version: PositionVersion, language: str, *names: str) -> None:
    """Every clip of the version, or those with these names, succeeds."""
    rows = PositionClip.objects.filter(version=version, language=language, generation__isnull=False)
    for clip in rows.filter(name__in=names) if names else rows:
        succeed(clip.generation)


def succeed(generation: AvatarGeneration) -> None:
    said = speech.for_settings(generation.settings, generation.text, generation.language)
    AvatarGeneration.objects.filter(pk=generation.pk).update(
        state=AvatarGeneration.State.SUCCEEDED, video=default_storage.save("generations/clip.mp4", ContentFile(mp4())),
        timeline=said.timeline, duration_ms=said.duration_ms, due_at=None, progress=100,
    )  # fmt: skip
