"""What an operator can get wrong about voices, each with its remedy (style §6)."""

import importlib.util
import shutil
from pathlib import Path

from django.core.checks import CheckMessage, Error, Warning, register

from interview_site.checks import SLOW


@register()
def espeak_is_installed(app_configs: object, **kwargs: object) -> list[Error]:
    """The library is looked for, not loaded: it may only live in its own process."""
    if importlib.util.find_spec("espeakng_loader") is None:
        return [
            Error(
                "The built-in voice is missing: the package espeakng-loader is not installed.",
                hint="Install the pinned requirements: pip install -r requirements.txt.",
                id="avatars.E001",
            )
        ]
    return []


@register(SLOW, deploy=True)
def the_built_in_voice_speaks(app_configs: object, **kwargs: object) -> list[Error]:
    """Starts the worker once: only on `check --deploy`, an ordinary command does not wait for it."""
    from avatars.engines.espeak_process import EspeakProcess
    from interview_site.errors import ProviderError

    process = EspeakProcess()
    try:
        process.warm_up()
    except ProviderError as error:
        return [
            Error(
                f"The built-in voice does not start: {error.log_text}",
                hint="espeakng-loader needs glibc 2.29 or newer and libstdc++ (Debian: apt install libstdc++6).",
                id="avatars.E002",
            )
        ]
    finally:
        process.close()
    return []


@register()
def voices_can_be_read(app_configs: object, **kwargs: object) -> list[Error]:
    """The settings that name voices and languages of other engines."""
    from django.conf import settings

    from avatars.engines.voice_names import named_voices
    from avatars.speech.languages import LANGUAGES

    found = []
    for name in ("ELEVENLABS_VOICES", "TTS_VOICES"):
        try:
            named_voices(getattr(settings, name))
        except ValueError as error:
            found.append(Error(f"{name}: {error}.", hint="docs/voices.md has examples.", id="avatars.E003"))
    wrong = [language for language in settings.TTS_LANGUAGES if language not in LANGUAGES]
    if wrong:
        found.append(
            Error(f"TTS_LANGUAGES names {wrong[0]!r}: write some of {', '.join(LANGUAGES)}.", hint="", id="avatars.E004")
        )
    return found


@register()
def voices_can_speak(app_configs: object, **kwargs: object) -> list[Warning]:
    """What was begun in the settings and lacks its other half is offered to nobody, without a word."""
    from django.conf import settings

    lacking = {
        "TTS_MODEL and TTS_VOICES": settings.TTS_BASE_URL and not (settings.TTS_MODEL and settings.TTS_VOICES),
        "TTS_BASE_URL": (settings.TTS_MODEL or settings.TTS_VOICES) and not settings.TTS_BASE_URL,
        "ELEVENLABS_API_KEY": settings.ELEVENLABS_VOICES and not settings.ELEVENLABS_API_KEY,
    }
    found = [
        Warning(f"A voice service is half set up: {name} is missing.", hint="docs/voices.md has examples.", id="avatars.W001")
        for name, is_lacking in lacking.items()
        if is_lacking
    ]
    for name in ("PIPER_VOICES_DIR", "RHVOICE_VOICES_DIR"):
        folder = getattr(settings, name)
        if folder and not Path(folder).is_dir():
            hint = "Write the folder that holds the voices; workers and web need to see it."
            found.append(Warning(f"{name} is {folder}, which is no folder.", hint=hint, id="avatars.W002"))
    if settings.PIPER_VOICES_DIR and shutil.which(settings.PIPER_BIN) is None:
        hint = "Install Piper as docs/voices.md says and write the path of its program."
        found.append(Warning(f"PIPER_BIN is {settings.PIPER_BIN}, which is no program here.", hint=hint, id="avatars.W003"))
    return found


@register()
def prices_can_be_read(app_configs: object, **kwargs: object) -> list[Error]:
    """PROVIDER_PRICES: provider → name of a price → a number that is not negative."""
    from django.conf import settings

    known = ("unit", "video_second", "speech_1000", "live_minute")
    prices = settings.PROVIDER_PRICES
    good = isinstance(prices, dict) and all(
        isinstance(named, dict)
        and all(
            name in known and isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e6
            for name, value in named.items()
        )
        for named in prices.values()
    )
    if good:
        return []
    hint = 'Write something like {"a2e": {"unit": 0.01, "video_second": 0.02, "speech_1000": 0.1}}.'
    return [Error("PROVIDER_PRICES cannot be read.", hint=hint, id="avatars.E005")]


@register()
def live_keys_fit(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """The languages of A2E's live avatars, and the key that is most easily mistaken."""
    from django.conf import settings

    from avatars.speech.languages import LANGUAGES

    found: list[CheckMessage] = []
    wrong = [language for language in settings.A2E_LIVE_LANGUAGES if language not in LANGUAGES]
    if wrong:
        text = f"A2E_LIVE_LANGUAGES names {wrong[0]!r}: write some of {', '.join(LANGUAGES)}."
        found.append(Error(text, hint="Name only what you have heard its live avatars speak.", id="avatars.E008"))
    if settings.LIVEAVATAR_API_KEY and settings.LIVEAVATAR_API_KEY == settings.HEYGEN_API_KEY:
        hint = "LiveAvatar is a product of its own: take a key from its developer page, or leave LIVEAVATAR_API_KEY empty."
        found.append(Error("LIVEAVATAR_API_KEY is the key of HeyGen, which does not work there.", hint=hint, id="avatars.E009"))
    return found


@register()
def live_limits_can_be_read(app_configs: object, **kwargs: object) -> list[Error]:
    """LIVE_AT_ONCE: provider → a whole number from 1; the warning comes before the end."""
    from django.conf import settings

    limits, found = settings.LIVE_AT_ONCE, []
    if not isinstance(limits, dict) or not all(type(most) is int and 1 <= most <= 10_000 for most in limits.values()):
        hint = 'Write something like {"a2e": 1, "liveavatar": 5}.'
        found.append(Error("LIVE_AT_ONCE cannot be read.", hint=hint, id="avatars.E006"))
    if settings.LIVE_IDLE_S and settings.LIVE_IDLE_WARNING_S >= settings.LIVE_IDLE_S:
        hint = "Warn some seconds before the end, or set LIVE_IDLE_S to 0."
        found.append(Error("LIVE_IDLE_WARNING_S is not shorter than LIVE_IDLE_S.", hint=hint, id="avatars.E007"))
    return found
