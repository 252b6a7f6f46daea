"""A scripted voice for tests: a tone as long as the text, or the failure it was told to have."""

import math
import struct
import threading

from avatars.engines.base import Capabilities, SpeechEngine, SpeechRequest, SpokenAudio, Voice
from avatars.speech.text import prepare
from interview_site.errors import ProviderError

MS_A_CHARACTER = 20


class FakeEngine(SpeechEngine):
    """`failures` are raised one by one before it speaks again; `requests` holds what it was asked."""

    kind = "fake"
    capabilities = Capabilities(languages=("ru", "en", "kk"))

    def __init__(self) -> None:
        self.failures: list[ProviderError] = []
        self.requests: list[SpeechRequest] = []
        self._lock = threading.Lock()

    def voices(self) -> tuple[Voice, ...]:
        return tuple(Voice(f"{language}-fake", language, "female", "Fake") for language in self.capabilities.languages)

    def _synthesize(self, request: SpeechRequest) -> SpokenAudio:
        with self._lock:
            self.requests.append(request)
            if self.failures:
                raise self.failures.pop(0)
        spoken = sum(len(part.text) for part in prepare(request.text, request.language))
        duration_ms = round(spoken * MS_A_CHARACTER / request.speed)
        samples = [round(3000 * math.sin(index / 8)) for index in range(duration_ms * 16)]
        timeline = {
            "duration_ms": duration_ms,
            "visemes": [[0, "A"], [duration_ms, "sil"]],
            "words": [[0, duration_ms, 0, len(request.text)]],
        }
        return SpokenAudio(struct.pack(f"<{len(samples)}h", *samples), 16_000, timeline)  # type: ignore[arg-type]
