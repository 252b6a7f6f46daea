"""A recogniser that follows a script: for tests and for running the whole site without a key. Never chosen by itself."""

from collections import deque

from transcription.engines.base import Capabilities, RecognitionEngine
from transcription.engines.recognised import Recognised

SCRIPT: deque[str | Recognised | Exception] = deque()


class FakeEngine(RecognitionEngine):
    """Takes the next line of SCRIPT: words, a whole answer or a fault; without one it says how long the sound was."""

    name = "fake"
    label = "fake"
    capabilities = Capabilities(is_local=True, confidence=True)

    @classmethod
    def from_settings(cls, name: str) -> "FakeEngine":
        return cls()

    def _recognise(self, wav: bytes, language: str, hints: tuple[str, ...]) -> Recognised:
        line = SCRIPT.popleft() if SCRIPT else f"{(len(wav) - 44) // 32} ms of sound"
        if isinstance(line, Exception):
            raise line
        return line if isinstance(line, Recognised) else Recognised(line, language, 1.0)
