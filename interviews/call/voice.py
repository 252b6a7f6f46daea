"""The ladder of one call: local presenter → text (design §3, threats 46).

A sentence that is not spoken within `speech_s` is shown instead; after two failures in an interview the rung is not tried
again. The first fall is told in one honest line. `speak` never raises: the interview never waits for a voice.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from interview_site.errors import ProviderError
from interviews.call.threads import StorageUnavailable, in_advance, in_speech
from interviews.conversation.policy import Policy
from interviews.services.speaking import Spoken, shown

log = logging.getLogger(__name__)
Make = Callable[[str], Spoken]


class Voice:
    """`make` is the blocking maker of one sentence's sound; `failures` counts those already in the transcript."""

    def __init__(self, make: Make, *, policy: Policy, failures: int = 0, public_id: str = "") -> None:
        self._make, self._policy, self._public_id = make, policy, public_id
        self.failures = failures

    @property
    def is_worth_trying(self) -> bool:
        return self.failures < self._policy.rung_failures

    async def speak(self, text: str) -> Spoken:
        if not self.is_worth_trying:
            return shown(text)
        try:
            return await asyncio.wait_for(in_speech(partial(self._make, text)), self._policy.speech_s)
        except (ProviderError, StorageUnavailable, TimeoutError, OSError, ValueError) as error:
            self._note(error)
        except Exception as error:  # the outermost place where an engine may fail: the question must still be shown
            log.exception("speech engine fault", extra={"interview": self._public_id})
            self._note(error)
        return shown(text)

    async def prepare(self, texts: list[str]) -> None:
        """Warm the cache with what will probably be said next; failures are nobody's business yet."""
        for text in texts:
            if not self.is_worth_trying:
                return
            try:
                await in_advance(partial(self._make, text))
            except Exception as error:  # the same text is tried again when it is needed, and counted then
                log.info("speech not prepared", extra={"interview": self._public_id, "fault": type(error).__name__})
                return

    def _note(self, error: Exception) -> None:
        self.failures += 1
        log.warning("speech fell to text", extra={"interview": self._public_id, "fault": type(error).__name__})
