"""Which recogniser listens: kind → dotted class, imported at first use. No configuration, no engine (design §4)."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from transcription.engines.base import RecognitionEngine

ENGINES = {
    "openai_compatible": "transcription.engines.openai_compatible.OpenAICompatibleEngine",
    "fake": "transcription.engines.fake.FakeEngine",
}


def configured_engine() -> RecognitionEngine | None:
    """The engine of the settings, or None: then sound waits, "not transcribed yet"."""
    if getattr(settings, "STT_ENGINE", "") == "fake":
        return import_string(ENGINES["fake"])()
    if not (settings.STT_BASE_URL and settings.STT_MODEL):
        return None
    return _openai_compatible(
        settings.STT_BASE_URL, settings.STT_MODEL, settings.STT_API_KEY, settings.STT_TIMEOUT_S, settings.STT_IS_LOCAL
    )


@lru_cache(maxsize=4)
def _openai_compatible(base_url: str, model: str, api_key: str, timeout_s: float, is_local: bool) -> RecognitionEngine:
    from transcription.engines.openai_compatible import Configuration

    return import_string(ENGINES["openai_compatible"])(Configuration(base_url, model, api_key, timeout_s, is_local))
