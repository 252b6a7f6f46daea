"""Words for a live room: by the provider's voice, or with sound of ours where the room takes it (design §3)."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import LiveSession
from avatars.providers import registry, remedies
from avatars.providers.live import LiveProvider, Spoken
from avatars.services import speech
from avatars.services.budget import CHARACTERS_A_SECOND
from avatars.services.live_sessions import SessionGone, mark_active
from avatars.services.live_states import Reason, State, move, note_speech
from interview_site.errors import ProviderError

__all__ = ["Said", "SessionGone", "interrupt", "say"]


@dataclass(frozen=True)
class Said:
    """A sentence the room took: the provider's id of it ("" for none), and how long it is about."""

    task_id: str
    duration_ms: int


def say(*, session: LiveSession, text: str, language: str = "") -> Said:
    """Let the avatar say these words after those before; returns when the room took them.

    Raises SessionGone, NothingToSay, TextTooLong and ProviderError.
    """
    provider = _live(session)
    language = language or session.language
    try:
        spoken = _with_our_sound(session, provider, text, language) if session.own_sound else provider.speak(
            session.room, text, language
        )  # fmt: skip
    except ProviderError as error:
        raise _or_gone(session, error)
    duration_ms = spoken.duration_ms or round(len(text) * 1000 / CHARACTERS_A_SECOND)
    mark_active(session=session, for_ms=duration_ms)
    return Said(spoken.task_id, duration_ms)


def interrupt(*, session: LiveSession) -> None:
    """Be silent at once and forget what waits; nothing where the provider cannot (the page mutes it). Raises as `say`."""
    provider = _live(session)
    try:
        provider.interrupt(session.room)
    except ProviderError as error:
        raise _or_gone(session, error)
    # What was to be said is not: silence counts from now.
    LiveSession.objects.open().filter(pk=session.pk).update(active_at=timezone.now())


def _live(session: LiveSession) -> LiveProvider:
    session.refresh_from_db()
    if session.state != State.LIVE:
        raise SessionGone(session.public_id)
    return registry.live_provider(session.provider)


def _with_our_sound(session: LiveSession, provider: LiveProvider, text: str, language: str) -> Spoken:
    settings = {**session.settings, "voice": session.voice or session.settings.get("voice", "")}
    made = speech.for_settings(settings, text, language)
    try:
        with tempfile.TemporaryDirectory(prefix="live-") as folder:
            path = Path(folder) / "sound.wav"
            with default_storage.open(made.audio.name) as file:
                path.write_bytes(file.read())
            spoken = provider.speak_sound(session.room, path, text)
    finally:  # behind the words, which do not wait for it
        if session.purpose in LiveSession.PRIVATE and session.started_at and made.created_at >= session.started_at:
            note_speech(session, made.pk)
    return Spoken(spoken.task_id, spoken.duration_ms or made.duration_ms)


def _or_gone(session: LiveSession, error: ProviderError) -> Exception:
    """The fault itself, or SessionGone where the provider has ended the room."""
    if error.code != remedies.ROOM_GONE:
        return error
    move(session, State.LOST, only_from=(State.LIVE,), reason=Reason.ROOM_GONE)
    return SessionGone(session.public_id)
