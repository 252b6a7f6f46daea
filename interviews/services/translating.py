"""Translations of positions as rows: made by a model or by hand, edited, approved, found stale (issue of authoring)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site.rings import ring
from interviews.authoring import translating, words
from interviews.models import Language, Position, PositionTranslation
from interviews.models.authoring import Work
from interviews.prompts import prompt
from interviews.services import audit
from interviews.services.model_work import NoUse, ask_again, end, hand_on, perform, progress
from interviews.topics import asked_about

TASK = "interviews.tasks.translate_position"


class CannotApprove(Exception):
    """`text` is fit for a person."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


def translation_of(position: Position, language: str) -> PositionTranslation:
    """The row of this language, made when there is none yet. Raises ValueError for the position's own language."""
    if language == position.language or language not in Language.values:
        raise ValueError(language)
    row, _made = PositionTranslation.objects.get_or_create(
        position=position, language=language, defaults={"state": Work.READY, "progress": 0}
    )
    return row


def ask(row: PositionTranslation, *, by: object) -> None:
    """Queue the translation of everything that is missing or stale; words that are fresh stay as HR left them."""
    ask_again(row, created_by=by)
    audit.record("translate", row.position, actor=by, note=row.language)
    ring(TASK, row.pk)


def stale_places(row: PositionTranslation, source: dict[str, str] | None = None) -> list[str]:
    return words.missing(source if source is not None else words.words_of(row.position), row.words, row.sources)


def keep(row: PositionTranslation, given: dict[str, str], *, by: object) -> None:
    """What HR wrote: each given place counts as a translation of today's source. Empty ones are taken out."""
    source = words.words_of(row.position)
    with transaction.atomic():
        locked = PositionTranslation.objects.select_for_update().get(pk=row.pk)
        for place, text in given.items():
            if place not in source:
                continue
            if text.strip():
                locked.words[place], locked.sources[place] = text.strip(), words.digest(source[place])
            else:
                locked.words.pop(place, None)
                locked.sources.pop(place, None)
        locked.save(update_fields=["words", "sources"])
        audit.record("change_translation", row.position, actor=by, note=row.language)
    row.words, row.sources = locked.words, locked.sources


def approve(row: PositionTranslation, *, by: object) -> None:
    """Offer this language to candidates from the next invitation on. Raises CannotApprove."""
    if row.is_under_way:
        raise CannotApprove(_("The translation is still in the making."))
    source = words.words_of(row.position)
    if not any(place.startswith("q:") for place in source):
        raise CannotApprove(_("This position has no questions yet."))
    if stale_places(row, source):
        raise CannotApprove(_("Some texts are not translated yet, or have changed since. They are marked below."))
    for place, text in row.words.items():
        if place.startswith("q:") and (topic := asked_about(text)):
            raise CannotApprove(topic.reason)
    PositionTranslation.objects.filter(pk=row.pk).update(approved_at=timezone.now(), approved_by=by)
    row.refresh_from_db()
    audit.record("approve_translation", row.position, actor=by, note=row.language)


def withdraw(row: PositionTranslation, *, by: object) -> None:
    """Offer this language no more; invitations that left keep it."""
    PositionTranslation.objects.filter(pk=row.pk).update(approved_at=None, approved_by=None)
    row.refresh_from_db()
    audit.record("withdraw_translation", row.position, actor=by, note=row.language)


def for_plan(position: Position) -> dict[str, Any]:
    """Language → words, of every approved translation that is complete and up to date."""
    rows = list(position.translations.filter(approved_at__isnull=False).exclude(language=position.language).order_by("language"))
    if not rows:
        return {}
    source = words.words_of(position)
    return {
        row.language: words.for_plan(source, row.words) for row in rows if not words.missing(source, row.words, row.sources)
    }


# --- In the worker ---


def translate(pk: int) -> None:
    perform(PositionTranslation, pk, _translate)


def _translate(row: PositionTranslation) -> None:
    """One batch a run, until nothing is missing."""
    position = row.position
    source = words.words_of(position)
    left = {place: source[place] for place in words.missing(source, row.words, row.sources)}
    if not left:
        end(row, Work.READY, prompt_version=str(prompt("translate_position", row.language).version))
        return
    done = 100 * (len(source) - len(left)) // max(len(source), 1)
    progress(row, "translating", max(5, done))
    asked = translating.batch(left)
    found, answer = translating.translated(
        asked, source=position.language, target=row.language, subject=f"translation-{row.pk}-{row.run}"
    )
    if not found:
        raise NoUse("invalid_response")
    with transaction.atomic():
        fresh = PositionTranslation.objects.select_for_update().get(pk=row.pk)  # HR may have written meanwhile
        for place, text in found.items():
            if place in words.missing(source, fresh.words, fresh.sources):
                fresh.words[place], fresh.sources[place] = text, words.digest(source[place])
        hand_on(row, TASK, "translating", max(5, done), answer, words=fresh.words, sources=fresh.sources)
