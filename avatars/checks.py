"""What an operator can get wrong about voices, each with its remedy (style §6)."""

import importlib.util

from django.core.checks import Error, register


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


@register(deploy=True)
def espeak_speaks(app_configs: object, **kwargs: object) -> list[Error]:
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
