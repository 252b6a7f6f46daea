"""The catalogue: what each provider offers, read by a worker, kept in our rows, shown with its age (design §6).

A provider that is down changes nothing: the last known list stays. Pages read rows only; `catalogue_copies` has the pictures.
"""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from avatars.models import CatalogueItem, CatalogueList
from avatars.providers import registry
from avatars.providers.base import AvatarProvider, Character, Voice
from interview_site import due, tables
from interview_site.errors import Category, ProviderError
from interview_site.rings import ring

log = logging.getLogger(__name__)
Kind = CatalogueItem.Kind
TASK = "avatars.tasks.refresh_catalogue"
EVERY = timedelta(days=1)
MOST_ITEMS = 5_000  # of one kind: a list that never ends is cut
SLOWEST_S = 6 * 3600.0
_LANGUAGE_NAMES = {"russian": "ru", "english": "en", "kazakh": "kk"}
_LOCALE = re.compile(r"([a-z]{2,3})([-_].*)?")
_WRITTEN = ["name", "gender", "language", "origin", "live", "recorded", "picture_url", "sample_url", "position"]


@dataclass(frozen=True)
class Counts:
    """How many avatars and voices a provider lists, and how many of them are the account's own or cloned."""

    characters: int = 0
    voices: int = 0
    own: int = 0


def listed_kinds() -> tuple[str, ...]:
    """The configured providers with a catalogue worth keeping: those somewhere else."""
    return tuple(kind for kind in registry.configured_kinds() if _has_list(registry.provider(kind)))


def _has_list(provider: AvatarProvider) -> bool:
    return provider.capabilities.catalogue and not provider.capabilities.renders_here


def list_of(kind: str) -> CatalogueList:
    """The provider's row; one that was never read is not saved yet."""
    return CatalogueList.objects.filter(provider=kind).first() or CatalogueList(provider=kind)


def ask_for_refresh(kind: str) -> CatalogueList:
    """Let a worker read the list again, now. Asked twice while one is due: read once."""
    row, _made = CatalogueList.objects.get_or_create(provider=kind)
    now = timezone.now()
    waiting = CatalogueList.objects.filter(pk=row.pk).filter(Q(due_at__isnull=True) | Q(due_at__gt=now))
    if waiting.update(due_at=now, attempts=0):
        row.refresh_from_db()
    ring(TASK, row.pk)
    return row


def ensure_lists(using: str, **kwargs: object) -> None:
    """post_migrate: a provider whose key was given since the last start is read by the next worker."""
    if not tables.is_there(CatalogueList, using):
        return
    for kind in listed_kinds():
        CatalogueList.objects.get_or_create(provider=kind, defaults={"due_at": timezone.now()})


def refresh_due(pk: int) -> None:
    """What the worker does with one row: read, then due again in a day, or sooner after a fault. Safe to run twice."""
    if not CatalogueList.claim(pk, lease_s=120):
        return
    row = CatalogueList.objects.get(pk=pk)
    try:
        provider = registry.provider(row.provider)
    except ProviderError as error:
        _rest(row, error.category, error.log_text, due_at=None)
        return
    try:
        read(provider)
    except ProviderError as error:
        seconds = max(error.retry_after_s or 0.0, due.backoff_s(row.attempts, base_s=60.0, most_s=SLOWEST_S))
        # A refused key is not asked every minute.
        wait_s = EVERY.total_seconds() if error.category == Category.AUTHENTICATION else seconds
        _rest(row, error.category, error.log_text, due_at=timezone.now() + timedelta(seconds=wait_s))


def read(provider: AvatarProvider) -> CatalogueList:
    """Ask the provider for both lists and keep them. Raises ProviderError; then the old lists stand as they were."""
    characters, voices = provider.characters(), provider.voices()
    now = timezone.now()
    with transaction.atomic():
        _replace(provider.kind, Kind.CHARACTER, [_character(provider.kind, character) for character in characters])
        _replace(provider.kind, Kind.VOICE, [_voice(provider.kind, voice) for voice in voices])
        row, _made = CatalogueList.objects.update_or_create(
            provider=provider.kind,
            defaults={
                "fetched_at": now, "tried_at": now, "error_category": "", "last_error": "", "attempts": 0, "lease_until": None,
                "due_at": now + EVERY,
            },
        )  # fmt: skip
    log.info("catalogue read", extra={"provider": provider.kind, "characters": len(characters), "voices": len(voices)})
    return row


def items(kind: str, what: str) -> QuerySet[CatalogueItem]:
    """The provider's avatars (`Kind.CHARACTER`) or voices, in its own order."""
    return CatalogueItem.objects.filter(provider=kind, kind=what).order_by("position")


def item(kind: str, what: str, item_id: str) -> CatalogueItem | None:
    return CatalogueItem.objects.filter(provider=kind, kind=what, item_id=item_id).first()


def counts() -> dict[str, Counts]:
    """By provider, in one query."""
    rows = CatalogueItem.objects.order_by().values("provider").annotate(
        characters=Count("pk", filter=Q(kind=Kind.CHARACTER)),
        voices=Count("pk", filter=Q(kind=Kind.VOICE)),
        own=Count("pk", filter=~Q(origin=CatalogueItem.Origin.PUBLIC)),
    )  # fmt: skip
    return {row["provider"]: Counts(row["characters"], row["voices"], row["own"]) for row in rows}


def is_offered(kind: str, what: str, item_id: str) -> bool | None:
    """True: the provider lists it. False: its fresh list does not. None: nobody can tell (never read, old, or down)."""
    if item(kind, what, item_id):
        return True
    return False if list_of(kind).is_fresh() else None


def _rest(row: CatalogueList, category: str, log_text: str, *, due_at: object) -> None:
    CatalogueList.objects.filter(pk=row.pk).update(
        tried_at=timezone.now(), error_category=str(category), last_error=log_text[:300], lease_until=None, due_at=due_at
    )


def _replace(provider: str, what: str, listed: list[CatalogueItem]) -> None:
    """The rows become what was listed; copies of pictures stay while their address does."""
    seen: dict[str, CatalogueItem] = {}
    for row in listed[:MOST_ITEMS]:
        if row.item_id:
            row.position = len(seen)
            seen.setdefault(row.item_id, row)
    old = {row.item_id: row for row in items(provider, what)}
    CatalogueItem.objects.filter(pk__in=[row.pk for item_id, row in old.items() if item_id not in seen]).delete()
    changed, stale = [], []
    for item_id in seen.keys() & old.keys():
        before, now = old[item_id], seen[item_id]
        if any(getattr(before, name) != getattr(now, name) for name in _WRITTEN):
            if _plain(before.picture_url) != _plain(now.picture_url) or _plain(before.sample_url) != _plain(now.sample_url):
                stale.append(before.pk)
            for name in _WRITTEN:
                setattr(before, name, getattr(now, name))
            changed.append(before)
    CatalogueItem.objects.bulk_update(changed, _WRITTEN, batch_size=200)
    CatalogueItem.objects.filter(pk__in=stale).update(copy="", copy_failed_at=None)
    CatalogueItem.objects.bulk_create([row for item_id, row in seen.items() if item_id not in old], batch_size=500)


def _plain(url: str) -> str:
    """An address without its signature, which changes at each reading."""
    return url.partition("?")[0]


def _character(provider: str, character: Character) -> CatalogueItem:
    return CatalogueItem(
        provider=provider, kind=Kind.CHARACTER, item_id=_short(character.id), name=_short(character.name),
        gender=character.gender[:20], origin=str(character.origin), live=character.live, recorded=character.recorded,
        picture_url=_address(character.picture_url), language=",".join(character.languages)[:20],
    )  # fmt: skip


def _voice(provider: str, voice: Voice) -> CatalogueItem:
    return CatalogueItem(
        provider=provider, kind=Kind.VOICE, item_id=_short(voice.id), name=_short(voice.name), gender=voice.gender[:20],
        language=language_code(voice.language), origin=str(voice.origin), sample_url=_address(voice.sample_url),
    )  # fmt: skip


def language_code(word: str) -> str:
    """Two letters from "ru", "ru-RU" or "Russian"; "" for a voice of many languages or of one we cannot tell."""
    word = word.strip().lower()
    found = _LOCALE.fullmatch(word)
    return _LANGUAGE_NAMES.get(word) or (found[1][:2] if found else "")


def _short(text: str) -> str:
    # A provider's word: PostgreSQL refuses NUL.
    return text.replace("\0", "")[:200]


def _address(url: str) -> str:
    return url if url.startswith(("https://", "http://")) and len(url) <= 2000 and "\0" not in url else ""
