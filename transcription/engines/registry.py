"""Which recognisers listen, in which order: name → dotted class, imported at first use (design §4).

STT_ENGINES names them; without it every configured one is used, those inside the company first. An engine that lacks something
on this machine (a package, a model) is left out here and named by the start-up check and the status block.
"""

import threading
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from transcription.engines.base import RecognitionEngine

ENGINES = {
    "faster_whisper": "transcription.engines.whisper.WhisperEngine",
    "openai_compatible": "transcription.engines.openai_compatible.OpenAICompatibleEngine",
    "openai_compatible_2": "transcription.engines.openai_compatible.OpenAICompatibleEngine",
    "pocketsphinx": "transcription.engines.sphinx.SphinxEngine",
    "fake": "transcription.engines.fake.FakeEngine",
}
# Used without being named, where their settings are there.
BY_THEMSELVES = ("faster_whisper", "openai_compatible", "openai_compatible_2")


def named_engines() -> tuple[RecognitionEngine, ...]:
    """The engines of the settings in their order, also those that lack something. Unknown names are left to the check."""
    if names := [name for name in settings.STT_ENGINES if name in ENGINES]:
        return tuple(engine for name in dict.fromkeys(names) if (engine := _made(name)))
    found = tuple(engine for name in BY_THEMSELVES if (engine := _made(name)))
    return tuple(sorted(found, key=lambda engine: not engine.capabilities.is_local))


def configured_engines() -> tuple[RecognitionEngine, ...]:
    """The engines that can be used now, in the order they are tried."""
    return tuple(engine for engine in named_engines() if not engine.missing())


def warm_up() -> None:
    """Load the engines' packages beside what is going on, before the first speech comes; models are loaded at first speech."""
    threading.Thread(target=configured_engines, name="recognisers", daemon=True).start()


def engines_for(language: str, *, local_only: bool = False, wanted: str = "") -> tuple[RecognitionEngine, ...]:
    """Those that know this language. `local_only`: nothing may leave the company. `wanted`: this one and no other."""
    return tuple(
        engine
        for engine in configured_engines()
        if engine.knows(language) and (engine.capabilities.is_local or not local_only) and wanted in ("", engine.name)
    )


def _made(name: str) -> RecognitionEngine | None:
    make: Callable[[str], RecognitionEngine | None] = import_string(ENGINES[name]).from_settings
    return make(name)
