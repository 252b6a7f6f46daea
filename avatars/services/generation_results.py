"""What a provider's answer means for a video: taken, going on, failed, or done and fetched (threats 50–52)."""

import tempfile
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.models.generations import LATE_SUCCESS_FOR
from avatars.providers.base import AvatarProvider, VideoState, VideoStatus
from avatars.providers.remedies import GIVEN_UP, LINK_EXPIRED, code_of
from avatars.services import generation_files as files
from avatars.services.generation_states import State, block, fail, move, save, wait
from avatars.synthetic import TRAINED, xmp_box
from interview_site.errors import Category, ProviderError

ASK_BLOCKED_EVERY_S = 3600.0
# Faults of a finished video's file: kept with the row, because they say more than that its time is over.
ABOUT_THE_FILE = ("bad_media", LINK_EXPIRED)


def accept(generation: AvatarGeneration, provider: AvatarProvider, answer: VideoState, video_path: Path | None = None) -> None:
    """Move the row as the answer says. `video_path` is where the file lies already, when it was rendered here.

    A finished row is left alone; an answer that comes late or twice never moves a row back. Raises ProviderError when the
    file could not be fetched or is no proper video.
    """
    if answer.provider_id and answer.provider_id != generation.provider_id:
        save(generation, provider_id=answer.provider_id[:200])
    if video_path is None and generation.state in (State.SPEAKING, State.UNKNOWN) and answer.status != VideoStatus.FAILED:
        move(generation, State.SUBMITTED, submitting_at=None)
    if answer.status == VideoStatus.SUCCEEDED:
        _collect(generation, provider, answer, video_path)
    elif answer.status == VideoStatus.FAILED:
        _refused(generation, answer)
    else:
        _going_on(generation, provider, answer)


def _collect(generation: AvatarGeneration, provider: AvatarProvider, answer: VideoState, video_path: Path | None) -> None:
    sound_ms = (generation.timeline or {}).get("duration_ms", 0)
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        path = video_path or Path(folder) / "video.mp4"
        if video_path is None:
            # Whole there, not yet here: the API calls it "copy".
            save(generation, progress=100)
            provider.fetch_video(answer, path)
        lasts_ms = files.checked_duration_ms(path, provider=generation.provider, sound_ms=sound_ms)
        if video_path is None:  # our own renderer has labelled its films already
            with path.open("ab") as file:
                file.write(xmp_box(TRAINED, f"AI-avatar interviews, {generation.provider}"))
        name = files.store_video(path, generation.fingerprint)
    kept = False
    try:
        # Straight from `submitted` too: a short video may be done before anybody saw it begin.
        kept = move(
            generation, State.SUCCEEDED, reason="late, and kept" if generation.state == State.BLOCKED else "", video=name,
            progress=100, duration_ms=lasts_ms, cost=answer.cost, error_code="", last_error="", submitting_at=None,
        )  # fmt: skip
    finally:
        if not kept:
            default_storage.delete(name)


def _refused(generation: AvatarGeneration, answer: VideoState) -> None:
    error = answer.error or ProviderError("the provider gave up", category=Category.SERVER, provider=generation.provider)
    if generation.state == State.BLOCKED:
        save(generation, due_at=None, lease_until=None, last_error=error.log_text[:500])
    elif error.category in (Category.AUTHENTICATION, Category.QUOTA):
        block(generation, code_of(error), error.log_text)
    else:
        # "It will be tried again by itself" would be a lie: a failed order is only repeated by a person.
        fail(generation, code_of(error) if error.permanent else GIVEN_UP, error.log_text)


def _going_on(generation: AvatarGeneration, provider: AvatarProvider, answer: VideoState) -> None:
    if answer.status == VideoStatus.PROCESSING and generation.state == State.SUBMITTED:
        move(generation, State.PROCESSING)
    later(generation, provider, progress=max(generation.progress, min(answer.progress, 99)))


def later(generation: AvatarGeneration, provider: AvatarProvider, *, at_least_s: float = 0.0, **fields: object) -> None:
    """Ask again: soon, hourly once the deadline has passed, not at all a day after it."""
    now = timezone.now()
    deadline_at = generation.deadline_at or now + timedelta(seconds=provider.polling.deadline_for(0.0))
    if generation.state == State.BLOCKED:
        going_on = now + timedelta(seconds=ASK_BLOCKED_EVERY_S) < deadline_at + LATE_SUCCESS_FOR
        save(generation, lease_until=None, due_at=now + timedelta(seconds=ASK_BLOCKED_EVERY_S) if going_on else None, **fields)
    elif now >= deadline_at:
        save(generation, **fields)
        code = generation.error_code if generation.error_code in ABOUT_THE_FILE else "deadline"
        block(generation, code, "not done in time", ask_again_at=now + timedelta(seconds=ASK_BLOCKED_EVERY_S))
    else:
        polls = generation.polls
        seconds = max(provider.polling.wait_s(polls), at_least_s)
        # Asked again at the deadline itself, so that it does not pass unseen.
        seconds = min(seconds, max((deadline_at - now).total_seconds(), 1.0))
        error = {"error_code": str(fields.pop("error_code", "")), "log_text": str(fields.pop("last_error", ""))}
        wait(generation, seconds, polls=polls + 1, deadline_at=deadline_at, **error, **fields)
