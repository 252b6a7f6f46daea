"""What a worker does for one video: speak, hand over, or render here (design §2, threats 3, 5, 49).

1. Claim the row by its lease; a lease that ran out on a dead worker counts as a crash, three of them need a person.
2. `queued → speaking`: make the sound, keep our copy.
3. Write down that the order is being sent, then send it. A row found in between by the next worker is in doubt: sent again
   where that is free, else looked up by our reference.
4. What renders here is finished in this task; the rest is asked after by `generation_polling`.
"""

import logging
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.providers import registry
from avatars.providers.base import AvatarProvider, OwnAudio, VideoJob
from avatars.providers.remedies import code_of
from avatars.services import budget, public_files
from avatars.services import generation_files as files
from avatars.services.generation_results import accept
from avatars.services.generation_states import State, block, fail, move, save, wait
from avatars.services.speech import NothingToSay, TextTooLong, for_settings
from interview_site import due
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
# Longer than the longest call that hands an order over (120 s writes); a render renews it.
LEASE_S = 180
RENEW_EVERY_S = 1.0
MOST_ATTEMPTS = 10
# How long an order whose answer was lost may take to appear in the provider's list.
LOOK_UP_AFTER_S = 30.0
NEEDS_A_PERSON = (Category.AUTHENTICATION, Category.QUOTA)


class Stopped(Exception):
    """The row was cancelled while it was being rendered."""


def work(pk: int) -> None:
    """One step of one video, if it is due and nobody else has it. Safe to run twice and to be killed anywhere."""
    before = AvatarGeneration.objects.filter(pk=pk).values_list("lease_until", flat=True).first()
    if not AvatarGeneration.claim(pk, lease_s=LEASE_S):
        return
    generation = AvatarGeneration.objects.get(pk=pk)
    if before is not None and _crashed(generation):
        return
    try:
        _step(generation)
    except (NothingToSay, TextTooLong) as error:
        fail(generation, "nothing_to_say" if isinstance(error, NothingToSay) else "too_long", str(error))
    except ProviderError as error:
        _faulty(generation, error)
    except Stopped:
        log.info("video stopped while it was rendered", extra={"generation": pk})
    except OSError as error:
        _faulty(generation, ProviderError(type(error).__name__, category=Category.SERVER, code="storage"))


def _crashed(generation: AvatarGeneration) -> bool:
    """Count a lease that ran out; True when that was the last time allowed."""
    save(generation, crashes=generation.crashes + 1)
    if generation.crashes < due.MAX_CRASHES:
        return False
    return block(generation, "crashed", f"{generation.crashes} workers were lost while making it")


def _step(generation: AvatarGeneration) -> None:
    if generation.state == State.QUEUED and not move(generation, State.SPEAKING):
        return
    provider = registry.provider(generation.provider)
    if _in_doubt(generation) and not _may_be_repeated(generation, provider):
        _doubt(generation, "the worker was lost while the order was sent")
    elif generation.state == State.SPEAKING or generation.renders_here:
        if provider.capabilities.costs_money:
            budget.reserve_video(generation)
        _speak(generation, provider)
        _hand_over(generation, provider)


def _in_doubt(generation: AvatarGeneration) -> bool:
    """An order was sent, and whether it was taken is not known."""
    return generation.state == State.SPEAKING and generation.submitting_at is not None


def _may_be_repeated(generation: AvatarGeneration, provider: AvatarProvider) -> bool:
    """The same order again is free: the provider knows it by its reference, and still remembers."""
    able = provider.capabilities
    sent_s = (timezone.now() - (generation.submitting_at or timezone.now())).total_seconds()
    return able.create_is_idempotent and (not able.idempotent_for_s or sent_s < able.idempotent_for_s)


def _speak(generation: AvatarGeneration, provider: AvatarProvider) -> None:
    """Sound of ours, kept with the row, or the one a person gave; or the provider's own word for the sound it made."""
    if not _from_our_sound(generation, provider):
        if not generation.provider_audio:
            made = provider.speak(_job(generation, None))
            save(generation, provider_audio=made.audio, duration_ms=made.duration_ms or None)
        return
    if generation.audio and default_storage.exists(generation.audio.name):
        return
    if generation.sound_sha256:
        raise ProviderError("the given sound is gone", category=Category.INVALID_REQUEST, code="sound_lost")
    # A paid film of another voice than the chosen one is no help: its fault is waited out. Our own presenter goes on.
    speech = for_settings(generation.settings, generation.text, generation.language, fall_back=generation.renders_here)
    with default_storage.open(speech.audio.name) as file:
        name = files.store_sound(file.read(), generation.fingerprint)
    if not save(generation, audio=name, timeline=speech.timeline, duration_ms=speech.duration_ms):
        default_storage.delete(name)
        raise Stopped
    generation.refresh_from_db()


def _from_our_sound(generation: AvatarGeneration, provider: AvatarProvider) -> bool:
    return bool(generation.sound_sha256) or provider.takes_our_sound(generation.settings)


def _hand_over(generation: AvatarGeneration, provider: AvatarProvider) -> None:
    doubted = _in_doubt(generation)
    if not doubted and _waits_for_a_place(generation, provider):
        return
    now = timezone.now()
    deadline_at = now + timedelta(seconds=provider.polling.deadline_for((generation.duration_ms or 0) / 1000))
    # When it was sent first: a provider forgets a reference some time after that.
    sent_at = generation.submitting_at or now
    if not _announce(generation, provider, {"submitting_at": sent_at, "deadline_at": deadline_at, "polls": 0}):
        return
    with tempfile.TemporaryDirectory(prefix="video-") as folder:
        video_path = Path(folder) / "video.mp4"
        audio = _own_audio(generation, Path(folder)) if _from_our_sound(generation, provider) else None
        job = _job(generation, audio, video_path)
        try:
            answer = provider.create_video(job, _progress(generation))
        except ProviderError as error:
            _not_taken(generation, provider, error, doubted=doubted)
            return
        accept(generation, provider, answer, video_path if provider.capabilities.renders_here else None)


def _announce(generation: AvatarGeneration, provider: AvatarProvider, fields: dict[str, object]) -> bool:
    """Commit that the order is about to be sent; False when somebody else sends it, or it was cancelled."""
    if provider.capabilities.renders_here:
        if generation.state == State.SPEAKING:
            return move(generation, State.SUBMITTED, **fields)
        return save(generation, **fields)
    mine = AvatarGeneration.objects.filter(pk=generation.pk, state=State.SPEAKING)
    if not provider.capabilities.create_is_idempotent:
        mine = mine.filter(submitting_at__isnull=True)
    if mine.update(**fields) != 1:
        return False
    AvatarGeneration.renew(generation.pk, lease_s=LEASE_S)
    generation.refresh_from_db()
    return True


def _waits_for_a_place(generation: AvatarGeneration, provider: AvatarProvider) -> bool:
    """The provider makes as many videos as it can: come back later. Two workers may both see the last place: it refuses one."""
    most = provider.capabilities.most_at_once
    if not most:
        return False
    there = AvatarGeneration.objects.filter(provider=generation.provider, state__in=(State.SUBMITTED, State.PROCESSING))
    if len(there.values_list("pk", flat=True)[:most]) < most:
        return False
    polls = generation.polls + 1
    wait(generation, due.backoff_s(polls, base_s=10.0, most_s=300.0), log_text="waits for a free place at the provider",
         polls=polls, attempts=max(generation.attempts - 1, 0))  # fmt: skip
    return True


def _not_taken(generation: AvatarGeneration, provider: AvatarProvider, error: ProviderError, *, doubted: bool) -> None:
    """The order failed: surely not taken, or in doubt (a lost or broken answer may have been a yes).

    `doubted`: an earlier try was in doubt; a refused key or an empty balance now says nothing about that one.
    """
    never_sent = error.code in ("breaker_open", "address_refused", "not_sent")
    in_doubt = error.category in (Category.CONNECTIVITY, Category.SERVER) and not error.permanent and not never_sent
    if in_doubt and not provider.capabilities.create_is_idempotent and not provider.capabilities.renders_here:
        _doubt(generation, error.log_text)
        return
    if not in_doubt and not (doubted and error.category != Category.INVALID_REQUEST):
        save(generation, submitting_at=None)
    _faulty(generation, error)


def _doubt(generation: AvatarGeneration, why: str) -> None:
    due_at = timezone.now() + timedelta(seconds=LOOK_UP_AFTER_S)
    move(
        generation, State.UNKNOWN, only_from=(State.SPEAKING,), reason=why, due_at=due_at, lease_until=None, last_error=why[:500]
    )


def _faulty(generation: AvatarGeneration, error: ProviderError) -> None:
    """Later again, never again, or a person: the three ends of every fault."""
    code = code_of(error)
    if error.category in NEEDS_A_PERSON:
        block(generation, code, error.log_text)
    elif error.permanent:
        fail(generation, code, error.log_text)
    elif generation.attempts >= MOST_ATTEMPTS:
        block(generation, code, error.log_text)
    else:
        # Waiting for the breaker is no attempt.
        attempts = max(generation.attempts - 1, 0) if error.code == "breaker_open" else generation.attempts
        seconds = max(error.retry_after_s or 0.0, due.backoff_s(max(attempts, 1)))
        wait(generation, seconds, error_code=code, log_text=error.log_text, attempts=attempts)


def _job(generation: AvatarGeneration, audio: OwnAudio | None, video_path: Path | None = None) -> VideoJob:
    return VideoJob(
        generation.reference,
        generation.text,
        generation.language,
        generation.settings,
        audio,
        generation.provider_audio,
        video_path,
    )


def _own_audio(generation: AvatarGeneration, folder: Path) -> OwnAudio:
    path = folder / "sound.wav"
    with default_storage.open(generation.audio.name) as file:
        path.write_bytes(file.read())
    address = public_files.order_sound_address(generation)
    return OwnAudio(path, generation.duration_ms or 0, generation.timeline or {}, address)


class _progress:
    """Called by a renderer: keeps the lease, shows the progress, stops the work of a cancelled row."""

    def __init__(self, generation: AvatarGeneration) -> None:
        self._generation, self._written_at = generation, 0.0

    def __call__(self, percent: int) -> None:
        now = time.monotonic()
        if now - self._written_at < RENEW_EVERY_S:
            return
        self._written_at = now
        generation = self._generation
        if generation.state == State.SUBMITTED:
            move(generation, State.PROCESSING)
        lease_until = timezone.now() + timedelta(seconds=LEASE_S)
        percent = min(max(percent, 0), 99)
        if not save(generation, progress=percent, lease_until=lease_until):
            raise Stopped
