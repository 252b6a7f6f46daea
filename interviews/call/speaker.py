"""Saying sentences one after another, and knowing when the last one was heard.

The first leaves as soon as its sound is there, the next are made while it plays; a clip says several at once. A live avatar
says words the moment it is given them, so it gets them when those before were heard. When the page never says `spoken` the
floor is given anyway after the sentences' durations and a margin: no call is silent for ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from interviews.call.voice import Voice
from interviews.conversation.policy import Policy
from interviews.services.conversation import Sentence
from interviews.services.speaking import Spoken

SendSentences = Callable[[Sequence[Sentence], Spoken], Awaitable[None]]
AHEAD_S = 0.8  # for the page to fetch the next sentence
LOOK_S = 0.1
SMILING = ("greeting", "farewell", "invite_questions")


def expression(kind: str) -> str:
    return "smile" if kind in SMILING else "neutral"


def say_message(sentences: Sequence[Sentence], spoken: Spoken, generation: int) -> dict[str, Any]:
    """Payload `say`: sentences of one turn that are played together."""
    first, last = sentences[0], sentences[-1]
    return {
        "type": "say", "sentence": last.number, "first": first.number, "turn": first.turn, "kind": first.kind,
        "text": " ".join(sentence.text for sentence in sentences), "audio_url": spoken.audio_url,
        "timeline_url": spoken.timeline_url, "clip_url": spoken.clip_url, "parts": list(spoken.parts),
        "by_presenter": spoken.by_presenter, "duration_ms": spoken.duration_ms, "rung": spoken.rung,
        "expression": expression(first.kind), "generation": generation, "last": last.last,
    }  # fmt: skip


class Speaker:
    def __init__(self, voice: Voice, send: SendSentences, policy: Policy, clock: Callable[[], float]) -> None:
        self._voice, self._send, self._policy, self._clock = voice, send, policy, clock
        self._heard = -1
        self._news = asyncio.Event()

    def heard(self, sentence: int) -> None:
        """The page has played `sentence` to its end."""
        self._heard = max(self._heard, sentence)
        self._news.set()

    async def say(self, sentences: Sequence[Sentence]) -> None:
        """Returns when the last one was heard, or should have been. Cancel it to stop."""
        ends_at, at = self._clock(), 0
        while at < len(sentences):
            if at:
                await self._in_turn(sentences[at], sentences[at - 1].number, ends_at)
            spoken = await self._voice.speak(sentences[at:])
            await self._send(sentences[at : at + spoken.covers], spoken)
            ends_at = max(ends_at, self._clock()) + spoken.duration_ms / 1000
            at += spoken.covers
        await self._until_heard(sentences[-1].number, ends_at + self._policy.spoken_margin_s)

    async def _in_turn(self, following: Sentence, said: int, ends_at: float) -> None:
        """Until the words behind `said` may be given away.

        While the live avatar is on its way they are held back nearly as long as `said` sounds: it takes over at the next
        sentence, and not when everything has been sent.
        """
        live = self._voice.live(following)
        if live is None:
            return
        if live.is_coming:
            await self._voice.prepare([following.text])
        while live.is_coming and self._heard < said and (left_s := ends_at - AHEAD_S - self._clock()) > 0:
            await self._news_within(min(left_s, LOOK_S))
        if live.is_there:
            await self._until_heard(said, ends_at + self._policy.spoken_margin_s)

    async def _until_heard(self, sentence: int, at_latest: float) -> None:
        while self._heard < sentence and (left_s := at_latest - self._clock()) > 0:
            await self._news_within(left_s)

    async def _news_within(self, seconds: float) -> None:
        """Until the page has told of a sentence, at most so long."""
        self._news.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
