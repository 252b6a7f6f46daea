"""The presenter that speaks inside a form: its canvas, what it may look like, and the sample it says."""

from collections.abc import Mapping

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from avatars.models import AvatarSettings, BackgroundPicture
from avatars.presenter.format import BACKGROUNDS
from avatars.services.presenters import background_url, offers, presenter_for_page
from avatars.services.speech import NothingToSay, TextTooLong, for_settings
from avatars.views import public_speech_urls
from interview_site.errors import ProviderError

SAMPLES = {
    "ru": "Здравствуйте! Я проведу с вами интервью. Расскажите, пожалуйста, о вашем опыте работы.",
    "en": "Hello! I will lead your interview today. Please tell me about your work experience.",
    "kk": "Сәлеметсіз бе! Мен сізбен сұхбат жүргіземін. Жұмыс тәжірибеңіз туралы айтып беріңізші.",
}
# A test video says this: short, because it may cost.
TEST_TEXTS = {
    "ru": "Здравствуйте! Это проверка видео. Расскажите, пожалуйста, о себе.",
    "en": "Hello! This is a test of the video. Please tell me about yourself.",
    "kk": "Сәлеметсіз бе! Бұл бейнені тексеру. Өзіңіз туралы айтып беріңізші.",
}


def preview_words() -> dict[str, str]:
    """What the script may have to say."""
    return {
        "failed": _("The picture cannot be shown. Reload the page to try again."),
        "no_voice": _("This voice cannot speak at the moment."),
        "own_clothes": _("The presenter's own colour"),
        "pick": _("Choose a colour"),
        "photo": _("A presenter made of a photo keeps its own clothes and background."),
    }


def live_preview(profile: AvatarSettings) -> str:
    """The HTML of a profile's living preview; `frontend/src/entries/avatar_preview.js` follows the form's fields."""
    data = {
        "presenters": {offer.name: {"baseUrl": offer.base_url, "photo": offer.photo} for offer in offers()},
        "fallback": presenter_for_page({})["baseUrl"],
        "backgrounds": {name: static(f"presenters/backgrounds/{name}.webp") for name in BACKGROUNDS}
        | ({profile.background: background_url(profile.background)} if BackgroundPicture.named(profile.background) else {}),
        "saved": {name: getattr(profile, name) for name in ("presenter", "background", "clothes", "language", "voice", "speed")},
        "speak": reverse("admin:avatars_avatarsettings_speak"),
        "words": preview_words(),
    }
    return render_to_string("avatars/admin/live_preview.html", {"data": data, "element_id": "avatar-preview-data"})


def sample_answer(wanted: Mapping[str, str], **fixed: object) -> JsonResponse:
    """The sample spoken as `wanted` says; wrong values become the usual ones. 503 with a text when no voice can speak."""
    language = wanted.get("language", "ru")
    language = language if language in SAMPLES else "ru"
    names = ("presenter", "voice", "speed", "speech_engine")
    settings = {name: wanted[name][:120] for name in names if wanted.get(name)} | fixed
    try:
        audio, timeline = public_speech_urls(for_settings(settings, SAMPLES[language], language))
    except ProviderError as error:
        return JsonResponse({"text": str(error.person_text)}, status=503, headers={"Retry-After": "5"})
    except (NothingToSay, TextTooLong):
        return JsonResponse({"text": _("This voice cannot speak at the moment.")}, status=503)
    return JsonResponse({"audio": audio, "timeline": timeline}, headers={"Cache-Control": "no-store"})
