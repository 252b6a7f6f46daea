"""What an operator can get wrong about listening, each with its remedy (style §6)."""

import hashlib

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from interview_site.checks import SLOW
from transcription.ear import choice, silero
from transcription.engines.registry import ENGINES, named_engines


@register()
def recognisers_are_known(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """A name nobody knows would silently leave candidates without text."""
    found: list[CheckMessage] = [
        Error(
            f"STT_ENGINES names {name!r}.",
            hint=f"Write some of {', '.join(known for known in ENGINES if known != 'fake')}, separated by commas.",
            id="transcription.E001",
        )
        for name in settings.STT_ENGINES
        if name not in ENGINES
    ]
    if "fake" in settings.STT_ENGINES and not settings.EMBEDDED:
        found.append(
            Error("STT_ENGINES names fake, which hears nothing.", hint="Take it out of STT_ENGINES.", id="transcription.E002")
        )
    return found


@register()
def recognisers_can_run(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """A recogniser that lacks something is left out; the next one, or nobody, takes its place."""
    made = named_engines()
    found: list[CheckMessage] = [
        Warning(f"The recogniser {engine.name} cannot be used.", hint=reason, id="transcription.W001")
        for engine in made
        if (reason := engine.missing())
    ]
    names = {engine.name for engine in made}
    wanting = {"faster_whisper": "STT_WHISPER_MODEL", "openai_compatible": "STT_BASE_URL and STT_MODEL"}
    wanting["openai_compatible_2"] = "STT2_BASE_URL and STT2_MODEL"
    found += [
        Warning(f"STT_ENGINES names {name}, which is not configured.", hint=f"Set {wanting[name]}.", id="transcription.W002")
        for name in settings.STT_ENGINES
        if name in wanting and name not in names
    ]
    return found


@register()
def the_ear_can_hear(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """Without the trained detector calls go on with the energy gate, which takes more noises for speech."""
    if choice.is_as_chosen():
        return []
    hint = f"Install requirements.txt again, or set EAR_DETECTOR=energy. {choice.fault()}"
    return [Warning("The trained speech detector cannot be loaded.", hint=hint, id="transcription.W003")]


@register(SLOW, deploy=True)
def the_speech_detector_is_whole(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """A copy cut short or exchanged may still load, and hear something else."""
    try:
        digest = hashlib.sha256(silero.MODEL.read_bytes()).hexdigest()
    except OSError as error:
        digest = type(error).__name__
    if digest == silero.MODEL_SHA256:
        return []
    hint = "Take the file from this version's code again: git checkout -- transcription/ear/model"
    return [Error(f"{silero.MODEL.name} is not the model of this version.", hint=hint, id="transcription.E003")]
