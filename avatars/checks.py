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
