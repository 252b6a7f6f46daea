"""Which engine hears a stretch of speech, and what becomes of its faults: one after the other until one answers.

Permission stands above everything: sound that may not leave the company is never offered to an engine outside, not even
as the last one left (design §5).
"""

import logging
from collections.abc import Callable

from interview_site.breaker import Breaker
from interview_site.errors import ProviderError
from transcription.engines.base import RecognitionEngine
from transcription.engines.recognised import Recognised
from transcription.engines.registry import engines_for
from transcription.models import RecogniserHealth, Recording

log = logging.getLogger(__name__)


def permitted(recording: Recording, *, wanted: str = "") -> tuple[RecognitionEngine, ...]:
    """The engines that may hear this recording now, in the order they are tried."""
    if not may_ever(recording):
        return ()
    return engines_for(recording.language, local_only=recording.local_only, wanted=wanted)


def may_ever(recording: Recording) -> bool:
    """The owner allows recognition, by an engine that is there or may come."""
    return recording.recognise and recording.erased_at is None


def listen(
    engines: tuple[RecognitionEngine, ...], wav: bytes, recording: Recording, *, on_piece: Callable[[], None] | None = None
) -> tuple[RecognitionEngine, Recognised]:
    """The first answer, and whose it is. `engines` must not be empty.

    Raises the ProviderError that promises most: a passing one before a permanent one, the soonest first.
    """
    breaker, faults = Breaker(RecogniserHealth), []
    for engine in engines:
        try:
            breaker.before(engine.name)
            answer = engine.recognise(wav, recording.language, tuple(recording.hints), on_piece=on_piece)
        except ProviderError as error:
            if error.code != "breaker_open":
                breaker.failed(engine.name, error)
                log.warning("a recogniser failed", extra={"engine": engine.name, "category": error.category})
            faults.append(error)
        else:
            breaker.succeeded(engine.name)
            return engine, answer
    raise min(faults, key=lambda error: (error.permanent, error.retry_after_s or 0.0))
