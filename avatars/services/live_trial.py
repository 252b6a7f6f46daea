"""The live test of the status page: open a room, say one sentence, close it, and tell how long each step took."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from avatars.models import AvatarSettings, LiveSession
from avatars.providers import registry
from avatars.services import live_languages, live_sessions, live_speaking
from avatars.services.live_sessions import LiveRefused, SessionGone
from avatars.services.profiles import for_provider
from avatars.services.status import TEST_TEXTS, default_profile
from interview_site.errors import ProviderError
from interview_site.status import Done

Value = TypeVar("Value")
MOST_S = 60  # one minute is what any room costs at least


def try_live(kind: str) -> Done:
    """With the default profile, in its language where the provider's avatar speaks it. Costs one minute; always closes."""
    settings = settings_for(kind, default_profile().snapshot())
    language = _language(kind, settings)
    steps: list[str] = []
    try:
        session = _timed(steps, _("room opened in %(ms)d ms"), lambda: live_sessions.open_session(
            owner=f"test:{kind}", provider=kind, settings=settings, language=language, voice="", most_s=MOST_S,
            purpose=LiveSession.Purpose.TEST,
        ))  # fmt: skip
    except LiveRefused as error:
        return Done(False, error.text)
    good = True
    try:
        sentence = TEST_TEXTS.get(language, TEST_TEXTS["en"]).format(number=1)
        _timed(steps, _("sentence handed over in %(ms)d ms"), lambda: live_speaking.say(session=session, text=sentence))
        if registry.live_provider(kind).live.own_sound and not session.own_sound:
            # LiveAvatar's FULL mode: the room's own page publishes the words, and a test has no page.
            steps.append(_("in this mode the page in the room lets the avatar speak, and a test has none: nothing was heard"))
    except (ProviderError, SessionGone) as error:
        good = False
        steps.append(str(error.person_text) if isinstance(error, ProviderError) else _("the provider ended the room"))
    finally:
        _timed(steps, _("closed in %(ms)d ms"), lambda: live_sessions.close(session=session, reason=LiveSession.Reason.CLOSED))
    if session.state != LiveSession.State.CLOSED:
        good = good and session.is_finished
        steps.append(_("the stop is not confirmed yet and is tried again by itself"))
    name = dict(AvatarSettings._meta.get_field("language").choices or ()).get(language, language)
    return Done(good, _("Live room (%(language)s): %(steps)s.") % {"language": name, "steps": "; ".join(steps)})


def settings_for(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """The profile's snapshot; a provider outside its order takes its own first avatar, not the one chosen for another."""
    order = settings.get("providers")
    return settings if isinstance(order, list) and kind in order else {**settings, "live_avatar": "", "characters": {}}


def _language(kind: str, settings: dict[str, Any]) -> str:
    """The profile's, or the first one its avatar speaks."""
    avatar, our_sound = for_provider(settings, kind)["live_avatar"], live_languages.own_sound(kind, settings)
    wanted = [str(settings["language"]), "en", "ru", "kk"]
    return next((one for one in wanted if live_languages.is_confirmed(kind, avatar, one, our_sound=our_sound)), wanted[0])


def _timed(steps: list[str], words: str, work: Callable[[], Value]) -> Value:
    began = time.monotonic()
    value = work()
    steps.append(words % {"ms": round((time.monotonic() - began) * 1000)})
    return value
