"""Recorded videos: ask for one, cancel it, try it again (design §2, §3). What workers do with them: `generation_work`."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.models import AvatarGeneration, AvatarSettings, GenerationPassage
from avatars.providers import registry
from avatars.services.generation_states import State, move, wake
from avatars.services.presenters import version_of
from avatars.speech.languages import LANGUAGES
from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong, prepare
from interview_site.errors import ProviderError

__all__ = ["CannotBeCancelled", "NothingToSay", "TextTooLong", "cancel", "generate", "generate_all", "retry"]

# What a video looks and sounds like; the rest of a profile (persona, live minutes, …) changes nothing in it.
LOOK_AND_SOUND = "speech_engine voice speed emotion resolution aspect captions background clothes lip_sync".split()
LOCAL = "local"


class CannotBeCancelled(Exception):
    """The order is with a provider that cannot be stopped. `person_text` says so."""

    def __init__(self, person_text: str | Promise) -> None:
        super().__init__(str(person_text))
        self.person_text = person_text


def generate(
    *, text: str, settings: Mapping[str, Any], language: str = "", by: Any = None, provider: str = ""
) -> AvatarGeneration:
    """The video of this text with this profile's snapshot: the one we have or ordered already, or a new order.

    Never waits: the row is written and a worker is rung. `provider` overrides the profile's choice. A cancelled video, or
    one whose file is gone, is made again; a failed one is returned as it is (`retry`). Two who ask at once get one row.
    Raises NothingToSay, TextTooLong and NotConfigured (for an explicit `provider`).
    """
    language = language or str(settings.get("language") or "ru")
    language = language if language in LANGUAGES else "ru"
    text = _clean(text)
    prepare(text, language)
    kind = _chosen(settings, provider)
    renders_here = registry.provider(kind).capabilities.renders_here
    snapshot = _snapshot(settings, language)
    with transaction.atomic():
        generation, made = AvatarGeneration.objects.get_or_create(
            fingerprint=_fingerprint(kind, text, language, snapshot),
            defaults={
                "text": text, "language": language, "settings": snapshot, "provider": kind, "renders_here": renders_here,
                "due_at": timezone.now(), "created_by": by,
            },
        )  # fmt: skip
        if made:
            GenerationPassage.objects.create(generation=generation, new_state=State.QUEUED, by=by)
    if made:
        wake(generation)
    elif generation.state == State.CANCELLED or _lost_its_file(generation):
        _order_anew(generation, (State.CANCELLED, State.SUCCEEDED), by, "asked for again")
    return generation


def generate_all(
    texts: Iterable[str], *, settings: Mapping[str, Any], language: str = "", by: Any = None
) -> list[AvatarGeneration]:
    """Several texts with one profile, in their order; texts with nothing to say are left out. Raises TextTooLong."""
    made = []
    for text in texts:
        try:
            made.append(generate(text=text, settings=settings, language=language, by=by))
        except NothingToSay:
            continue
    return made


def cancel(generation: AvatarGeneration, *, by: Any = None) -> bool:
    """Stop it; False when it has ended already. Raises CannotBeCancelled, ProviderError (the provider could not be asked)."""
    generation.refresh_from_db()
    if generation.is_finished:
        return False
    if not generation.renders_here:
        if generation.submitting_at is not None and generation.state == State.SPEAKING:
            raise CannotBeCancelled(_("It is being handed to the provider right now. Try again in a minute."))
        if generation.state == State.UNKNOWN:
            raise CannotBeCancelled(_("It is not known yet whether the provider took this order. Try again in a few minutes."))
        if generation.provider_id and generation.state in (State.SUBMITTED, State.PROCESSING):
            _cancel_there(generation)
    return move(generation, State.CANCELLED, only_from=(generation.state,), by=by, reason="cancelled by a person")


def retry(generation: AvatarGeneration, *, by: Any = None) -> bool:
    """Order a failed, cancelled or blocked video anew; False from any other state. May cost again."""
    generation.refresh_from_db()
    return _order_anew(generation, (State.FAILED, State.CANCELLED, State.BLOCKED), by, "tried again by a person")


def _order_anew(generation: AvatarGeneration, only_from: tuple[str, ...], by: Any, reason: str) -> bool:
    again = move(
        generation, State.QUEUED, only_from=only_from, by=by, reason=reason, submission=generation.submission + 1, provider_id="",
        submitting_at=None, progress=0, polls=0, attempts=0, crashes=0, deadline_at=None, finished_at=None, error_code="",
        last_error="", due_at=timezone.now(), lease_until=None,
    )  # fmt: skip
    if again:
        wake(generation)
    return again


def _cancel_there(generation: AvatarGeneration) -> None:
    provider = registry.provider(generation.provider)
    if not provider.capabilities.cancels:
        raise CannotBeCancelled(_("The provider has begun and cannot be stopped. The video is kept when it comes."))
    provider.cancel_video(generation.provider_id)


def _chosen(settings: Mapping[str, Any], wanted: str) -> str:
    """The first provider of the profile that makes recorded videos and is configured; our own otherwise."""
    if wanted:
        registry.provider(wanted)
        return wanted
    if settings.get("style") == AvatarSettings.Style.LOCAL:
        return LOCAL
    kinds = settings.get("providers")
    for kind in kinds if isinstance(kinds, list) else []:
        try:
            if registry.provider(str(kind)).capabilities.recorded_video:
                return str(kind)
        except ProviderError:
            continue
    return LOCAL


def _clean(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(f"at most {MAX_CHARACTERS} characters can be spoken at once")
    # PostgreSQL refuses NUL, and UTF-8 lone surrogates.
    text = "".join(" " if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text.strip()


def _snapshot(settings: Mapping[str, Any], language: str) -> dict[str, Any]:
    kept = {name: settings[name] for name in AvatarSettings.SNAPSHOT_FIELDS if name in settings}
    return {**kept, "language": language}


def _fingerprint(kind: str, text: str, language: str, settings: Mapping[str, Any]) -> str:
    who = version_of(str(settings.get("presenter") or "")) if kind == LOCAL else settings.get("recorded_avatar")
    parts = [kind, registry.provider(kind).version(), text, language, who]
    parts += [settings.get(name) for name in LOOK_AND_SOUND]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()


def _lost_its_file(generation: AvatarGeneration) -> bool:
    return generation.state == State.SUCCEEDED and not default_storage.exists(generation.video.name)
