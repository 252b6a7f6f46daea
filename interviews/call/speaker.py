"""Saying sentences one after another, and knowing when the last one was heard.

The first sentence leaves as soon as its sound is there, the next are made while it plays. When the page never says `spoken`
the floor is given anyway after the sentences' durations and a margin: no call is silent for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from interviews.call.voice import Voice
from interviews.conversation.policy import Policy
from interviews.services.conversation import Sentence
from interviews.services.speaking import Spoken

SendSentence = Callable[[Sentence, Spoken], Awaitable[None]]
SMILING = ("greeting", "farewell", "invite_questions")


def expression(kind: str) -> str:
    return "smile" if kind in SMILING else "neutral"


class Speaker:
    def __init__(self, voice: Voice, send: SendSentence, policy: Policy, clock: Callable[[], float]) -> None:
        self._voice, self._send, self._policy, self._clock = voice, send, policy, clock
        self._heard = -1
        self._news = asyncio.Event()

    def heard(self, sentence: int) -> None:
        """The page has played `sentence` to its end."""
        self._heard = max(self._heard, sentence)
        self._news.set()

    async def say(self, sentences: Sequence[Sentence]) -> None:
        """Returns when the last one was heard, or should have been. Cancel it to stop."""
        ends_at = self._clock()
        for sentence in sentences:
            spoken = await self._voice.speak(sentence.text)
            await self._send(sentence, spoken)
            ends_at = max(ends_at, self._clock()) + spoken.duration_ms / 1000
        await self._until_heard(sentences[-1].number, ends_at + self._policy.spoken_margin_s)

    async def _until_heard(self, sentence: int, at_latest: float) -> None:
        while self._heard < sentence:
            wait = at_latest - self._clock()
            if wait <= 0:
                return
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), wait)
            except TimeoutError:
                return
