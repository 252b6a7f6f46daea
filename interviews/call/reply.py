"""A model's reply in a call: from the asking to the last of its words, each committed before it is spoken (design §5).

Runs beside the call as one task. While the candidate makes a sound after the answer nothing new is begun: it may be more of the
answer, and then this reply is for words that are not whole.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from interviews.call.threads import StorageUnavailable, in_store
from interviews.conversation.policy import Policy
from interviews.conversation.values import Answered, Continued, Event, Proposed, Said, Think
from interviews.interviewer.mind import Mind
from interviews.interviewer.replies import Piece
from interviews.services import conversation, seats
from interviews.services.conversation import Outcome, Sentence

log = logging.getLogger(__name__)
Take = Callable[[Event], Awaitable[Outcome]]  # commits an event and runs it: Call.event
RETRY_S = 2.0
LONGEST_SOUND_S = 120.0
MOST_AHEAD = 2  # askings ahead for one answer: each is paid for


class ModelReply:
    def __init__(self, mind: Mind, take: Take, policy: Policy) -> None:
        self._mind, self._take, self._policy = mind, take, policy
        self._is_quiet = asyncio.Event()
        self._is_quiet.set()
        self._asked_ahead = 0
        self._more: list[Sentence] = []  # of the reply that is being spoken, behind its first ones
        self._news = asyncio.Event()

    # --- While the candidate speaks ------------------------------------------------------------------------------------

    async def work_ahead(self, outcome: Outcome, text: str) -> None:
        """The answer may be over with these words: ask now, say nothing. Raises nothing."""
        if self._asked_ahead >= MOST_AHEAD or not text.strip():
            return
        event = Answered(0, 0, "", text=text, text_state="final")
        try:
            asking = await in_store(conversation.would_think, outcome, event)
        except StorageUnavailable:
            return
        if asking is not None:
            self._asked_ahead += 1
            self._mind.ask_ahead(asking[0], outcome.plan, asking[1])

    def speech_resumed(self) -> None:
        """The answer goes on: what was asked ahead is void."""
        self._mind.forget()

    def floor_given(self) -> None:
        self._asked_ahead = 0

    def sound(self, is_heard: bool) -> None:
        """A sound of the candidate began or ended while a reply may be on its way."""
        if is_heard:
            self._is_quiet.clear()
        else:
            self._is_quiet.set()

    # --- The reply -----------------------------------------------------------------------------------------------------

    async def run(self, outcome: Outcome, think: Think) -> None:
        """Ask, commit what comes piece by piece; ends when the turn is complete. Cancel it when something else was said."""
        try:
            await self._run(outcome, think)
        except Exception:  # the outermost place of a reply: whatever went wrong, the script goes on
            log.exception("reply fault", extra={"interview": outcome.interview.public_id})
            await self._commit(Proposed(think.generation))

    async def _run(self, outcome: Outcome, think: Think) -> None:
        reply = self._mind.ask(think, outcome.plan, outcome.turns)
        after: Outcome | None = None
        try:
            async for piece in reply.pieces(first_s=self._policy.reply_s):
                await self._until_quiet()
                after = await self._commit(_event(think.generation, piece, after, reply.source))
                if after is None or not after.awaits:
                    return
        finally:
            await reply.close()
        if after is not None and after.awaits:
            await self._commit(Continued(think.generation, _said(after)))  # it was cut: what stands must be brought to an end

    async def _commit(self, event: Event) -> Outcome | None:
        """None: the call is not ours any more. Storage that is away is waited for, because nobody would send this again."""
        while True:
            try:
                return await self._take(event)
            except StorageUnavailable:
                await asyncio.sleep(RETRY_S)
            except (seats.Elsewhere, conversation.NotOpen):
                return None

    async def _until_quiet(self) -> None:
        """Somebody makes a sound: wait for the words, which end this task; a cough ends the waiting."""
        while not self._is_quiet.is_set():
            try:
                await asyncio.wait_for(self._is_quiet.wait(), LONGEST_SOUND_S)
            except TimeoutError:
                return  # the end of the sound got lost
            await asyncio.sleep(self._policy.reply_hold_s)

    # --- Its later sentences -------------------------------------------------------------------------------------------

    def begins(self) -> None:
        """The first sentences are about to be said."""
        self._more = []

    def comes(self, sentences: Sequence[Sentence]) -> None:
        """More sentences stand; none: there is news about whether any are still awaited."""
        self._more += sentences
        self._news.set()

    async def next_sentences(self, is_awaited: Callable[[], bool]) -> list[Sentence]:
        """What is to be said after what was said; empty when the reply is complete, or nothing came for too long."""
        while not self._more and is_awaited():
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), self._policy.whole_reply_s + self._policy.spoken_margin_s)
            except TimeoutError:
                break
        more, self._more = self._more, []
        return more

    async def close(self) -> None:
        await self._mind.close()


def _event(generation: int, piece: Piece, before: Outcome | None, source: str) -> Event:
    if before is None:
        return Proposed(generation, piece.act, piece.text, piece.facts, piece.more, source)
    return Continued(generation, _said(before), piece.text, piece.more)


def _said(outcome: Outcome) -> int:
    """Sentences of the reply that stand."""
    last: Said | None = outcome.standing.last_spoken()
    return len(last.sentences) if last else 0
