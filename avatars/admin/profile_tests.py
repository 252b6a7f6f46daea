"""The "Try it" tab of a profile: really make the speech and the video, and show both on the page; what the month has cost."""

from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from avatars.admin.samples import TEST_TEXTS
from avatars.models import AvatarGeneration, AvatarSettings
from avatars.services import budget
from avatars.services.generations import NothingToSay, TextTooLong, generate
from avatars.services.order_advice import LANGUAGE_NAMES, before_ordering, money
from interview_site.errors import ProviderError


def standing(profile: AvatarSettings) -> str:
    now = budget.standing(profile)
    limit = money(now.budget) if now.budget is not None else ""
    return render_to_string("avatars/admin/budget.html", {"now": now, "spent": money(now.spent), "limit": limit})


def panel(profile: AvatarSettings) -> str:
    """The HTML of the tab; `static/dist/avatar_profile.js` brings it and the pickers to life."""
    data: dict[str, Any] = {
        "profile": profile.pk or "",
        "urls": {
            "catalogue": reverse("admin:avatars_avatarsettings_catalogue", args=["KIND", "WHAT"]),
            "refresh": reverse("admin:avatars_avatarsettings_refresh", args=["KIND"]),
            "hear": reverse("admin:avatars_avatarsettings_hear"),
            "test": reverse("admin:avatars_avatarsettings_start_test", args=[profile.pk]) if profile.pk else "",
        },
        "languages": LANGUAGE_NAMES, "words": _words(),
    }  # fmt: skip
    context = {"data": data, "profile": profile, "text": TEST_TEXTS.get(profile.language, TEST_TEXTS["en"])}
    return render_to_string("avatars/admin/try_panel.html", context)


def start(request: HttpRequest, profile: AvatarSettings) -> JsonResponse:
    """Order the test video with the saved settings: as `state`, or {"sure": […]} to be confirmed, or 400 with {"text"}."""
    text = request.POST.get("text", "").strip()
    settings = profile.snapshot()
    try:
        doubts = before_ordering([text], settings).lines
        if doubts and request.POST.get("sure") != "1":
            return JsonResponse({"sure": list(doubts)})
        generation = generate(text=text, settings=settings, by=request.user, retry_failed=True)
    except ProviderError as error:
        return JsonResponse({"text": str(error.person_text)}, status=400)
    except NothingToSay:
        return JsonResponse({"text": _("There is nothing to say here: only symbols, links or emoji.")}, status=400)
    except TextTooLong:
        return JsonResponse({"text": _("This would take too long to say. Please shorten it.")}, status=400)
    return state(generation.pk)


def state(pk: int) -> JsonResponse:
    """How a test stands, as `static/dist/avatar_profile.js` shows it. Raises Http404."""
    generation = AvatarGeneration.objects.filter(pk=pk).defer("timeline").first()
    if generation is None:
        raise Http404
    State = AvatarGeneration.State
    media = "admin:avatars_avatargeneration_media"
    return JsonResponse(
        {
            "video": pk, "step": generation.state, "label": str(State(generation.state).label), "progress": generation.progress,
            "done": generation.is_finished or generation.state == State.BLOCKED, "good": generation.state == State.SUCCEEDED,
            "text": generation.error_message,
            "sound": reverse(media, args=[pk, "wav"]) if generation.audio else "",
            "film": reverse(media, args=[pk, "mp4"]) if generation.state == State.SUCCEEDED else "",
            "page": reverse("admin:avatars_avatargeneration_change", args=[pk]),
        },
        headers={"Cache-Control": "no-store"},
    )  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "choose_avatar": _("Choose an avatar"),
        "choose_voice": _("Choose a voice"),
        "search": _("Search by name"),
        "close": _("Close"),
        "all": _("All"),
        "own": _("Your own"),
        "cloned": _("Cloned"),
        "public": _("Public"),
        "any_language": _("Any language"),
        "refresh": _("Read again"),
        "reading": _("The catalogue is being read…"),
        "more": _("Show more"),
        "none": _("Nothing found."),
        "no_live": _("No live avatar here is known to speak the profile's language."),
        "never": _("The catalogue was not read yet. A worker reads it now; this takes a few seconds."),
        "listen": _("Listen"),
        "stop": _("Stop"),
        "choose": _("Choose"),
        "no_sample": _("This voice has no sample."),
        "lost": _("The site does not answer. Try again."),
        "chosen": _("Chosen"),
        "clear": _("No avatar"),
        "usual": _("The usual voice"),
        "left": _("%(n)s of %(most)s characters"),
        "sure": _("Please confirm:"),
        "go": _("Go on?"),
        "unsaved": _("Save the profile first: the test uses what is saved."),
        "waiting": _("Waiting for a worker…"),
        "all_voices": _("All voices"),
    }
