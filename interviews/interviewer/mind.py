"""Asking the dialogue model what to say next: a stream in, pieces of a proposal out, within time (design §5).

Nothing here raises to the call: a model that is late, down, over budget, cut off or talking nonsense proposes nothing, and the
script goes on in the same turn. One log line an asking; what was said stands in none.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from interview_site.errors import ProviderError
from interview_site.llm import Purpose, astream, atell, model_name
from interviews.conversation.policy import Policy
from interviews.conversation.values import Said, Think
from interviews.interviewer.messages import messages_for, prompt_for
from interviews.interviewer.replies import Piece, ReplyReader
from interviews.plan import Plan
from interviews.services.sentences import split

log = logging.getLogger(__name__)
# Kazakh takes about twice as many tokens a word as English; a reply that is cut is not said.
MOST_TOKENS = {"answer": 240, "rephrase": 240, "tell": 20}
NOTHING = Piece()


class Reply:
    """One asking under way. Read it with `pieces`, once; `close` stops the model and is safe to call at any time."""

    def __init__(self, think: Think, plan: Plan, turns: Sequence[Said], *, language: str, public_id: str, policy: Policy) -> None:
        self.think = think
        self._policy, self._public_id = policy, public_id
        self._began = time.monotonic()
        self._pieces: asyncio.Queue[Piece] = asyncio.Queue()
        self._messages = messages_for(think, plan, turns, language)
        self._reader = ReplyReader(partial(split, language=language))
        self.source = source_of(think, language)
        self._verdicts: list[asyncio.Task[None]] = []
        self._task = asyncio.create_task(self._read(), name="model reply")

    async def pieces(self, *, first_s: float) -> AsyncIterator[Piece]:
        """The proposal, at least one Piece. The first must stand within `first_s` from now, else it is nothing."""
        until = time.monotonic() + first_s
        ends_at = time.monotonic() + self._policy.whole_reply_s
        outcome = "late"
        try:
            while True:
                try:
                    piece = await asyncio.wait_for(self._pieces.get(), max(0.0, until - time.monotonic()))
                except TimeoutError:
                    self._verdict(late=True)
                    yield NOTHING
                    return
                outcome, until = piece.act or "nothing", ends_at
                yield piece
                if not piece.more:
                    return
        finally:
            took_ms = round((time.monotonic() - self._began) * 1000)
            log.info("model reply", extra={"interview": self._public_id, "about": self.think.about, "outcome": outcome,
                                           "took_ms": took_ms, "source": self.source})  # fmt: skip
            await self.close()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, *self._verdicts, return_exceptions=True)

    def _verdict(self, *, late: bool) -> None:
        """What the shared breaker cannot see by itself; written down beside the reply, which never waits for it."""
        self._verdicts.append(asyncio.create_task(atell(Purpose.DIALOGUE, late=late), name="model verdict"))

    async def _read(self) -> None:
        stream: AsyncIterator[str] = astream(
            Purpose.DIALOGUE, self._messages, max_tokens=MOST_TOKENS[self.think.about], subject=self._public_id,
            first_token_s=self._policy.whole_reply_s, total_s=self._policy.whole_reply_s,
        )  # fmt: skip
        try:
            async for text in stream:
                self._put(self._reader.feed(text))
                if self._reader.is_over:
                    self._verdict(late=False)
                    break
            else:
                self._put(self._reader.end())
        except ProviderError as error:
            self._failed(error.code or error.category.value)
        except Exception as error:  # the outermost place where a model may fail: the conversation goes on by the script
            log.exception("model reply fault", extra={"interview": self._public_id})
            self._failed(type(error).__name__)
        finally:
            await stream.aclose()  # type: ignore[attr-defined]

    def _put(self, pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            self._pieces.put_nowait(piece)

    def _failed(self, fault: str) -> None:
        log.warning("no model reply", extra={"interview": self._public_id, "about": self.think.about, "fault": fault})
        self._pieces.put_nowait(NOTHING)


def source_of(think: Think, language: str) -> str:
    """Which model and prompt find the words: kept with the turn."""
    asked = prompt_for(think, language)
    return f"{model_name(Purpose.DIALOGUE)} · {asked.name} v{asked.version}"


class Mind:
    """The model's part in one call: asks, and asks ahead while the candidate may still go on (voice_infra 1.4)."""

    def __init__(self, *, language: str, public_id: str, policy: Policy) -> None:
        self._about: dict[str, Any] = {"language": language, "public_id": public_id, "policy": policy}
        self._ahead: tuple[object, Reply] | None = None
        self._dropped: set[asyncio.Task[None]] = set()  # held until they are closed

    def ask(self, think: Think, plan: Plan, turns: Sequence[Said]) -> Reply:
        """The reply to this asking, the one begun ahead when it was asked for the very same words."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            if ahead[0] == _key(think, turns):
                return ahead[1]
            self._drop(ahead[1])
        return Reply(think, plan, turns, **self._about)

    def ask_ahead(self, think: Think, plan: Plan, turns: Sequence[Said]) -> None:
        key = _key(think, turns)
        if self._ahead is not None and self._ahead[0] == key:
            return
        self.forget()
        self._ahead = key, Reply(think, plan, turns, **self._about)

    def forget(self) -> None:
        """What was begun ahead is void."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            self._drop(ahead[1])

    def _drop(self, reply: Reply) -> None:
        closing = asyncio.create_task(reply.close(), name="model reply dropped")
        self._dropped.add(closing)
        closing.add_done_callback(self._dropped.discard)

    async def close(self) -> None:
        self.forget()
        await asyncio.gather(*self._dropped, return_exceptions=True)


def _key(think: Think, turns: Sequence[Said]) -> object:
    """What an asking is about: the same key, the same messages but for white space and letter case."""
    said = tuple(" ".join(turn.text.lower().split()) for turn in turns if turn.question == think.question)
    return think.about, think.question, len(turns), said
