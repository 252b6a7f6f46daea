"""Recorded videos: ask for one, cancel it, try it again (design §2, §3). What workers do with them: `generation_work`."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.models import AvatarGeneration, AvatarSettings, GenerationPassage
from avatars.providers import registry
from avatars.providers.base import Capabilities
from avatars.services.generation_states import State, move, wake
from avatars.services.presenters import version_of
from avatars.services.profiles import for_provider
from avatars.speech.languages import LANGUAGES
from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong, prepare
from interview_site.errors import ProviderError

__all__ = [
    "CannotBeCancelled", "NothingToSay", "TextTooLong", "cancel", "generate", "generate_all", "has_lost_its_file",
    "made_already", "retry",
]  # fmt: skip

# What a video looks and sounds like; the rest of a profile (persona, live minutes, …) changes nothing in it.
LOOK_AND_SOUND = "speech_engine voice speed emotion resolution aspect captions background clothes lip_sync".split()
LOCAL = "local"


class CannotBeCancelled(Exception):
    """The order is with a provider that cannot be stopped. `person_text` says so."""

    def __init__(self, person_text: str | Promise) -> None:
        super().__init__(str(person_text))
        self.person_text = person_text


def generate(
    *, text: str, settings: Mapping[str, Any], language: str = "", by: Any = None, provider: str = "", retry_failed: bool = False
) -> AvatarGeneration:
    """The video of this text with this profile's snapshot: the one we have or ordered already, or a new order.

    Never waits: the row is written and a worker is rung. `provider` overrides the profile's choice. A cancelled video, or
    one whose file is gone, is made again; a failed one is returned as it is (`retry`), or with `retry_failed` ordered anew,
    which may cost again. What waits for a person is left to one unless surely unpaid. Two who ask at once get one row.
    Raises NothingToSay, TextTooLong and NotConfigured (for an explicit `provider`).
    """
    language = language or str(settings.get("language") or "ru")
    language = language if language in LANGUAGES else "ru"
    text = _clean(text)
    prepare(text, language)
    kind = provider or chosen_provider(settings)
    renders_here = registry.provider(kind).capabilities.renders_here
    snapshot = snapshot_for(settings, kind, language)
    generation, _made = keep_order(
        _fingerprint(kind, text, language, snapshot),
        by,
        text=text, language=language, settings=snapshot, provider=kind, renders_here=renders_here,
    )  # fmt: skip
    if retry_failed and (generation.state == State.FAILED or generation.was_surely_not_taken):
        order_anew(generation, (State.FAILED, State.BLOCKED), by, "asked for again")
    return generation


def keep_order(fingerprint: str, by: Any, **fields: Any) -> tuple[AvatarGeneration, bool]:
    """The row of this fingerprint, and whether it is a new one; work on it has begun or is over.

    A cancelled one, and one whose file is gone, is made again; a failed one is left to a person.
    """
    with transaction.atomic():
        generation, made = AvatarGeneration.objects.get_or_create(
            fingerprint=fingerprint, defaults={"due_at": timezone.now(), "created_by": by, **fields}
        )
        if made:
            GenerationPassage.objects.create(generation=generation, new_state=State.QUEUED, by=by)
    if made:
        wake(generation)
    elif generation.state == State.CANCELLED or has_lost_its_file(generation):
        order_anew(generation, (State.CANCELLED, State.SUCCEEDED), by, "asked for again")
    return generation, made


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


def made_already(texts: Iterable[str], settings: Mapping[str, Any]) -> set[str]:
    """Which of these texts are videos of this profile's snapshot already: ordering them again costs nothing."""
    language, kind = str(settings.get("language") or "ru"), chosen_provider(settings)
    snapshot = snapshot_for(settings, kind, language)
    by_fingerprint = {_fingerprint(kind, _clean(text), language, snapshot): text for text in texts}
    made = AvatarGeneration.objects.filter(fingerprint__in=list(by_fingerprint), state=State.SUCCEEDED)
    return {by_fingerprint[fingerprint] for fingerprint in made.values_list("fingerprint", flat=True)}


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
    return order_anew(generation, (State.FAILED, State.CANCELLED, State.BLOCKED), by, "tried again by a person")


def order_anew(generation: AvatarGeneration, only_from: tuple[str, ...], by: Any, reason: str) -> bool:
    """Back to the beginning from one of these states; False from another one. May cost again."""
    # An order in doubt keeps its reference where that makes repeating free; elsewhere a person has looked and decides to pay.
    in_doubt = generation.submitting_at is not None and _repeats_for_nothing(generation.provider)
    again = move(
        generation, State.QUEUED, only_from=only_from, by=by, reason=reason, submission=generation.submission + (not in_doubt),
        provider_id="", submitting_at=generation.submitting_at if in_doubt else None, progress=0, polls=0, attempts=0, crashes=0,
        deadline_at=None, finished_at=None, error_code="", last_error="", due_at=timezone.now(), lease_until=None,
    )  # fmt: skip
    if again:
        wake(generation)
    return again


def _repeats_for_nothing(kind: str) -> bool:
    try:
        return registry.provider(kind).capabilities.create_is_idempotent
    except ProviderError:
        return True  # not configured now: nothing is sent before it is again, and then the doubt is still there


def _cancel_there(generation: AvatarGeneration) -> None:
    provider = registry.provider(generation.provider)
    if not provider.capabilities.cancels:
        raise CannotBeCancelled(_("The provider has begun and cannot be stopped. The video is kept when it comes."))
    provider.cancel_video(generation.provider_id)


def chosen_provider(settings: Mapping[str, Any]) -> str:
    """The first provider of the profile that makes recorded videos and is configured; our own otherwise."""
    return next((kind for kind, able in providers_in_order(settings) if able.recorded_video), LOCAL)


def providers_in_order(settings: Mapping[str, Any]) -> Iterator[tuple[str, Capabilities]]:
    """The configured providers of a profile's snapshot with what they can do; none for the style `local`."""
    kinds = settings.get("providers") if settings.get("style") != AvatarSettings.Style.LOCAL else None
    for kind in kinds if isinstance(kinds, list) else []:
        try:
            yield str(kind), registry.provider(str(kind)).capabilities
        except ProviderError:
            continue


def _clean(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(f"at most {MAX_CHARACTERS} characters can be spoken at once")
    # PostgreSQL refuses NUL, and UTF-8 lone surrogates.
    text = "".join(" " if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text.strip()


def snapshot_for(settings: Mapping[str, Any], kind: str, language: str) -> dict[str, Any]:
    """What of a profile a row keeps: as this provider needs it, in this language."""
    settings = for_provider(settings, kind)
    kept = {name: settings[name] for name in (*AvatarSettings.SNAPSHOT_FIELDS, "profile") if name in settings}
    return {**kept, "language": language}


def _fingerprint(kind: str, text: str, language: str, settings: Mapping[str, Any]) -> str:
    parts = [kind, registry.provider(kind).version(), text, language, who_is_shown(kind, settings)]
    parts += [settings.get(name) for name in LOOK_AND_SOUND]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str).encode()).hexdigest()


def who_is_shown(kind: str, settings: Mapping[str, Any]) -> object:
    return version_of(str(settings.get("presenter") or "")) if kind == LOCAL else settings.get("recorded_avatar")


def has_lost_its_file(generation: AvatarGeneration) -> bool:
    """Done, but our copy is gone from the storage."""
    return generation.state == State.SUCCEEDED and not default_storage.exists(generation.video.name)
