"""Speech engines by kind. A class is imported at first use; one instance a process; what is not configured is not there."""

import shutil
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from avatars.engines.base import SpeechEngine
from interview_site.errors import Category, ProviderError

_CLASSES: dict[str, str] = {
    "espeak": "avatars.engines.espeak.EspeakEngine",
    "rhvoice": "avatars.engines.rhvoice.RHVoiceEngine",
    "piper": "avatars.engines.piper.PiperEngine",
    "openai": "avatars.engines.openai_speech.OpenAISpeechEngine",
    "elevenlabs": "avatars.engines.elevenlabs.ElevenLabsEngine",
    "a2e": "avatars.engines.a2e.A2EEngine",
    "fake": "avatars.engines.fake.FakeEngine",
}
# For people; "fake" is for tests.
LABELS: dict[str, str | Promise] = {
    "espeak": "espeak-ng",
    "rhvoice": "RHVoice",
    "piper": "Piper",
    "openai": _("OpenAI-compatible voice"),
    "elevenlabs": "ElevenLabs",
    "a2e": "A2E",
}
# What must be there for an engine to be offered. Cheap: forms ask it.
_CONFIGURED: dict[str, Callable[[], bool]] = {
    "rhvoice": lambda: shutil.which(settings.RHVOICE_BIN) is not None,
    "piper": lambda: (
        bool(settings.PIPER_VOICES_DIR)
        and Path(settings.PIPER_VOICES_DIR).is_dir()
        and shutil.which(settings.PIPER_BIN) is not None
    ),
    "openai": lambda: bool(settings.TTS_BASE_URL and settings.TTS_MODEL and settings.TTS_VOICES),
    "elevenlabs": lambda: bool(settings.ELEVENLABS_API_KEY and settings.ELEVENLABS_VOICES),
    "a2e": lambda: bool(settings.A2E_API_KEY),
}

_instances: dict[str, SpeechEngine] = {}
_lock = threading.Lock()


def speech_engine(kind: str) -> SpeechEngine:
    """The engine of that kind. Raises ProviderError (invalid_request) for one that is not there."""
    with _lock:
        if kind not in _instances:
            if not is_configured(kind):
                raise ProviderError(f"no speech engine {kind[:40]!r}", category=Category.INVALID_REQUEST, provider=kind[:40])
            module, _dot, name = _CLASSES[kind].rpartition(".")
            try:
                _instances[kind] = getattr(import_module(module), name)()
            except ValueError as error:  # a setting that cannot be read; the system check names it
                raise ProviderError(f"{kind}: {error}", category=Category.INVALID_REQUEST, provider=kind) from error
        return _instances[kind]


def is_configured(kind: str) -> bool:
    return kind in _CLASSES and _CONFIGURED.get(kind, _always)()


def offered_kinds() -> tuple[str, ...]:
    """The engines a person may choose: those that are configured and have a voice, the built-in one first."""
    return tuple(kind for kind in LABELS if _has_voices(kind))


def _has_voices(kind: str) -> bool:
    try:
        return is_configured(kind) and bool(speech_engine(kind).voices())
    except ProviderError:
        return False


def _always() -> bool:
    return True
