"""The catalogue behind the picker of the profile's form: lists as JSON, refreshing, copies of pictures, samples to hear."""

from collections.abc import Iterable
from typing import Any

from asgiref.sync import async_to_sync
from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from avatars.admin.samples import SAMPLES
from avatars.engines import registry as engines
from avatars.models import CatalogueItem, CatalogueList
from avatars.services import catalogue, live_languages, speech
from avatars.services.catalogue_copies import NoCopy, copy_of
from avatars.services.voice_samples import sample_of, says_samples
from avatars.views import public_speech_urls
from interview_site.ages import ago
from interview_site.errors import PERSON_TEXTS, Category, ProviderError
from interview_site.media import ranged_response

PAGE = 60
Origin = CatalogueItem.Origin
# The account's own first: they are few, and looked for.
_OWN_FIRST = Case(
    When(origin=Origin.OWN, then=Value(0)), When(origin=Origin.CLONED, then=Value(1)), default=Value(2),
    output_field=IntegerField(),
)  # fmt: skip


def listing(kind: str, what: str, wanted: Any) -> JsonResponse:
    """{"items", "counts", "more", "state"} of one provider or engine. Raises Http404.

    `wanted`: origin, q, language, use, page, speech_engine.
    """
    if what not in CatalogueItem.Kind.values:
        raise Http404
    if kind in catalogue.listed_kinds():
        return _from_provider(kind, what, wanted)
    if what == CatalogueItem.Kind.VOICE and kind in engines.offered_kinds():
        return _from_engine(kind, wanted)
    raise Http404


def refresh(kind: str) -> JsonResponse:
    """Ask for a new list. Raises Http404."""
    if kind not in catalogue.listed_kinds():
        raise Http404
    return JsonResponse({"state": state_of(catalogue.ask_for_refresh(kind))})


def state_of(row: CatalogueList) -> dict[str, Any]:
    """How old the list is and what went wrong, in words."""
    if row.fetched_at:
        text = _("Catalogue read: %(age)s") % {"age": ago(row.fetched_at)}
    else:
        text = _("Not read yet")
    fault = PERSON_TEXTS[Category(row.error_category)] if row.error_category in set(Category) else ""
    if fault and row.fetched_at:
        fault = _("%(fault)s This is the last known list.") % {"fault": fault}
    return {"text": text, "fault": str(fault), "reading": row.is_being_read, "known": row.is_known}


def media(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Our copy of a picture or a sample; 404 when there is none to be had."""
    item = CatalogueItem.objects.filter(pk=pk).first()
    if item is None:
        raise Http404
    try:
        copy = copy_of(item)
    except NoCopy:
        return HttpResponse(status=404, headers={"Cache-Control": "private, max-age=300"})
    types = {"webp": "image/webp", "wav": "audio/wav", "mp3": "audio/mpeg"}
    return async_to_sync(ranged_response)(
        request, copy, content_type=types[str(copy.name).rpartition(".")[2]], cache_control="private, max-age=86400"
    )


def spoken_sample(wanted: Any, settings: dict[str, Any]) -> JsonResponse:
    """The sample sentence by exactly this engine and voice, made once and kept; 503 with words when it cannot speak.

    `settings`: the snapshot of the profile whose budget a paid voice spends.
    """
    language = wanted.get("language") if wanted.get("language") in SAMPLES else "ru"
    voice, engine = wanted.get("voice", "")[:200], wanted.get("speech_engine", "")[:40]
    try:
        if engine not in engines.offered_kinds() and says_samples(engine):
            return _kept_sample(engine, voice, language, settings)
        made = speech.speak(text=SAMPLES[language], language=language, voice=voice, engine=engine, settings=settings)
    except ProviderError as error:
        return JsonResponse({"text": str(error.person_text)}, status=503)
    except (speech.NothingToSay, speech.TextTooLong):
        return JsonResponse({"text": _("This voice cannot speak at the moment.")}, status=503)
    return JsonResponse({"audio": public_speech_urls(made)[0]}, headers={"Cache-Control": "no-store"})


def _kept_sample(kind: str, voice: str, language: str, settings: dict[str, Any]) -> JsonResponse:
    """Of a provider whose voices are no speech engine of ours. Raises Http404, ProviderError."""
    item = catalogue.items(kind, CatalogueItem.Kind.VOICE).filter(item_id=voice).first()
    if item is None:
        raise Http404
    spoken = item.language if item.language in SAMPLES else language
    sample_of(item, SAMPLES[spoken], spoken, settings)
    address = reverse("admin:avatars_avatarsettings_copy", args=[item.pk])
    return JsonResponse({"audio": address}, headers={"Cache-Control": "no-store"})


def _from_provider(kind: str, what: str, wanted: Any) -> JsonResponse:
    rows = _matching(catalogue.items(kind, what), wanted)
    if what == CatalogueItem.Kind.CHARACTER and wanted.get("use") == "live":
        rows = _that_speak(rows, kind, wanted)
    counts = dict(rows.order_by().values_list("origin").annotate(Count("pk")))
    if wanted.get("origin") in Origin.values:
        rows = rows.filter(origin=wanted["origin"])
    first = (_page(wanted.get("page")) - 1) * PAGE
    found = list(rows.order_by(_OWN_FIRST, "position")[first : first + PAGE + 1])
    is_engine = what == CatalogueItem.Kind.VOICE and kind in engines.offered_kinds()
    speaks = is_engine or (what == CatalogueItem.Kind.VOICE and says_samples(kind))
    return JsonResponse(
        {
            "items": [_item(row, is_engine, speaks, wanted.get("language", "")) for row in found[:PAGE]],
            "counts": counts,
            "more": len(found) > PAGE,
            "state": state_of(catalogue.list_of(kind)),
        },
        headers={"Cache-Control": "no-store"},
    )


def _matching(rows: QuerySet[CatalogueItem], wanted: Any) -> QuerySet[CatalogueItem]:
    if words := wanted.get("q", "").strip()[:80]:
        rows = rows.filter(Q(name__icontains=words) | Q(item_id__iexact=words))
    if (language := wanted.get("language")) in SAMPLES and wanted.get("use") != "live":
        # A voice without a language of its own speaks many.
        rows = rows.filter(language__in=("", language))
    if (use := wanted.get("use")) in ("recorded", "live"):
        rows = rows.filter(**{use: True})
    return rows


def _that_speak(rows: QuerySet[CatalogueItem], kind: str, wanted: Any) -> QuerySet[CatalogueItem]:
    """Live avatars that surely speak the form's language: all of them where our own sound is used."""
    language, engine = wanted.get("language"), {"speech_engine": wanted.get("speech_engine", "")[:40]}
    if language not in SAMPLES or live_languages.own_sound(kind, engine):
        return rows
    return live_languages.confirmed(rows, language)


def _item(row: CatalogueItem, is_engine: bool, speaks: bool, language: str) -> dict[str, Any]:
    """`is_engine`: a speech engine of ours uses these voices; it names each with the language it is to speak.

    `speaks`: it says a sample on demand, also where the provider's own sample turns out to be gone.
    """
    address = reverse("admin:avatars_avatarsettings_copy", args=[row.pk])
    return {
        "id": f"{row.language or language or 'ru'}-{row.item_id}" if is_engine else row.item_id,
        "name": row.name or row.item_id,
        "gender": _gender(row.gender),
        "language": row.language.replace(",", ", "),
        "origin": str(Origin(row.origin).label),
        "picture": address if row.picture_url else "",
        "sample": address if row.sample_url else "",
        "speaks": speaks,
    }


def _from_engine(kind: str, wanted: Any) -> JsonResponse:
    """The voices a speech engine names itself: no network, no ages."""
    words, language = wanted.get("q", "").strip().lower(), wanted.get("language")
    voices: Iterable[Any] = engines.speech_engine(kind).voices()
    found = [
        {"id": voice.name, "name": str(voice.label), "gender": _gender(voice.gender), "language": voice.language,
         "origin": "", "picture": "", "sample": "", "speaks": True}
        for voice in voices
        if words in str(voice.label).lower() and (language not in SAMPLES or voice.language in ("", language))
    ]  # fmt: skip
    state = {"text": "", "fault": "", "reading": False, "known": True}
    return JsonResponse({"items": found, "counts": {}, "more": False, "state": state}, headers={"Cache-Control": "no-store"})


def _gender(word: str) -> str:
    return {"female": _("female"), "male": _("male")}.get(word.lower(), word)


def _page(word: str | None) -> int:
    return max(int(word), 1) if word and word.isascii() and word.isdigit() and len(word) < 6 else 1
