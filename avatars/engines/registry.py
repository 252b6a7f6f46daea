"""Speech engines by kind. A class is imported at first use; one instance a process."""

import threading
from importlib import import_module

from avatars.engines.base import SpeechEngine
from interview_site.errors import Category, ProviderError

_CLASSES: dict[str, str] = {
    "espeak": "avatars.engines.espeak.EspeakEngine",
    "fake": "avatars.engines.fake.FakeEngine",
}
# Offered in the admin; "fake" is for tests.
LABELS: dict[str, str] = {"espeak": "espeak-ng"}

_instances: dict[str, SpeechEngine] = {}
_lock = threading.Lock()


def speech_engine(kind: str) -> SpeechEngine:
    """The engine of that kind. Raises ProviderError (invalid_request) for one that is not there."""
    with _lock:
        if kind not in _instances:
            if kind not in _CLASSES:
                raise ProviderError(f"no speech engine {kind[:40]!r}", category=Category.INVALID_REQUEST, provider=kind[:40])
            module, _, name = _CLASSES[kind].rpartition(".")
            _instances[kind] = getattr(import_module(module), name)()
        return _instances[kind]


def engine_kinds() -> tuple[str, ...]:
    return tuple(_CLASSES)
