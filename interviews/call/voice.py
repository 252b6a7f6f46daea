"""The ladder of one call: its rungs from the top, below all of them plain text (design §3, threats 46).

A sentence that no rung says within its patience is shown instead; a rung that failed `rung_failures` times in this interview
is not tried again. `speak` never raises: the interview never waits for a voice.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence

from interview_site.errors import ProviderError
from interviews.call.rungs import Live, Rung
from interviews.call.threads import StorageUnavailable
from interviews.conversation.policy import Policy
from interviews.services.conversation import Sentence
from interviews.services.speaking import Spoken, shown

log = logging.getLogger(__name__)


class Voice:
    """`failures` counts, by the rung's name, those already in the transcript."""

    def __init__(
        self, rungs: Sequence[Rung], *, policy: Policy, failures: Mapping[str, int] | None = None, public_id: str = ""
    ) -> None:
        self._rungs, self._policy, self._public_id = rungs, policy, public_id
        self.failures: Counter[str] = Counter(failures or {})

    async def speak(self, sentences: Sequence[Sentence]) -> Spoken:
        """How the first of `sentences` are said; `covers` of them, all of one turn."""
        first = sentences[0]
        texts = [sentence.text for sentence in sentences if sentence.turn == first.turn]
        for rung in self._worth_trying(first.falls):
            patience_s = self._policy.speech_s if rung.patience_s is None else min(rung.patience_s, self._policy.speech_s)
            try:
                spoken = await asyncio.wait_for(rung.take(texts), patience_s)
            except (ProviderError, StorageUnavailable, TimeoutError, OSError, ValueError) as error:
                self._note(rung, error)
            except Exception as error:  # the outermost place where an engine may fail: the question must still be shown
                log.exception("speech engine fault", extra={"interview": self._public_id})
                self._note(rung, error)
            else:
                if spoken is not None:
                    return spoken
        return shown(first.text)

    def live(self, sentence: Sentence) -> Live | None:
        """The live avatar, where it may say this sentence: there, on its way, or neither."""
        return next((rung for rung in self._worth_trying(sentence.falls) if isinstance(rung, Live)), None)

    async def prepare(self, texts: Sequence[str]) -> None:
        """Work ahead for what will probably be said next; failures are nobody's business yet."""
        at = 0
        while at < len(texts):
            at += await self._prepared(texts[at:])

    async def _prepared(self, texts: Sequence[str]) -> int:
        for rung in self._worth_trying():
            try:
                done = await rung.prepare(texts)
            except Exception as error:  # the same text is tried again when it is needed, and counted then
                log.info("speech not prepared", extra={"interview": self._public_id, "fault": type(error).__name__})
                continue
            if done:
                return done
        return 1

    def _worth_trying(self, fallen: Sequence[str] = ()) -> list[Rung]:
        most = self._policy.rung_failures
        return [rung for rung in self._rungs if rung.name not in fallen and self.failures[rung.name] < most]

    def is_worth_trying(self, name: str) -> bool:
        return any(rung.name == name for rung in self._worth_trying())

    def _note(self, rung: Rung, error: Exception) -> None:
        self.failures[rung.name] += 1
        log.warning("a rung failed", extra={"interview": self._public_id, "rung": rung.name, "fault": type(error).__name__})
