"""One message and its answer: asked of the model, given sentence by sentence, spoken where there is a live session."""

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import suppress

from django.conf import settings

from avatars.models import LiveSession
from avatars.services import live_sessions
from interview_site import llm
from interview_site.errors import ProviderError
from interview_site.llm.endpoints import require
from interview_site.llm.faults import fault
from interviews.chat import memory
from interviews.chat.memory import Standing
from interviews.chat.messages import Brief, SaidMessage, messages_for
from interviews.chat.sentences import SentenceReader
from interviews.chat.speaking import HANDED_OVER_S, MOST_WAIT_S, Speaker, Spoken, Superseded, wait_until_said

__all__ = ["Superseded", "Turn", "begin"]

log = logging.getLogger(__name__)
MOST_TOKENS = 400
FIRST_TOKEN_S = 15.0


def begin(*, message: str, brief: Brief, subject: str, session: LiveSession | None = None) -> "Turn":
    """A person's message. In a session it takes the place of whatever is being answered or spoken there.

    `subject`: whom the model's cost counts for. Raises ProviderError (not_configured) when there is nobody to ask.
    """
    require(llm.Purpose.DIALOGUE)
    standing = Standing(0)
    if session is not None:
        standing = memory.begin(session.public_id)
        live_sessions.mark_active(session=session)
    return Turn(message, brief, subject, session, standing)


class Turn:
    """Read `sentences` once, to its end or not; `cut` ends it from outside."""

    def __init__(self, message: str, brief: Brief, subject: str, session: LiveSession | None, standing: Standing) -> None:
        self.generation = standing.generation
        self._message, self._brief, self._session, self._standing = message, brief, session, standing
        self._said: list[str] = []
        self._speaker: Speaker | None = None
        self._is_cut = False
        self._stream = llm.stream(
            llm.Purpose.DIALOGUE, messages_for(brief, standing.history, message), max_tokens=MOST_TOKENS, subject=subject,
            first_token_s=min(FIRST_TOKEN_S, settings.LLM_TIMEOUT_S), total_s=settings.LLM_TIMEOUT_S,
        )  # fmt: skip

    @property
    def text(self) -> str:
        """What has been answered so far."""
        return " ".join(self._said)

    def sentences(self) -> Generator[str]:
        """Each sentence as soon as it stands, handed to the avatar at the same moment.

        Raises ProviderError when the model cannot answer, also in the middle; Superseded when a newer message came. What was
        said until then stays remembered.
        """
        began, outcome = time.monotonic(), "closed"
        try:
            if self._session is not None:
                hush = self._standing.is_speaking
                self._speaker = Speaker(self._session, self.generation, hush=hush, language=self._brief.language)
            reader = SentenceReader(self._brief.language)
            for piece in self._stream:
                yield from self._given(reader.feed(piece))
                if reader.is_over or self._is_cut:
                    break
            if self._is_cut:
                outcome = "closed"
                return
            yield from self._given(reader.end(cut=self._stream.finish != "stop"))
            if not self._said:
                raise fault("the answer holds no words", code="empty")
            outcome = "ok"
        except ProviderError as error:
            outcome = error.code or str(error.category)
            raise
        except Superseded:
            outcome = "superseded"
            raise
        finally:
            if self._speaker is not None:
                self._speaker.finish()
            with suppress(ProviderError):
                self._stream.close()
            self._remember()
            log.info("chat turn", extra={
                "session": self._session.public_id if self._session else "-", "generation": self.generation,
                "outcome": outcome, "sentences": len(self._said), "ms": round((time.monotonic() - began) * 1000),
            })  # fmt: skip

    def _given(self, sentences: list[str]) -> Iterator[str]:
        for sentence in sentences:
            if self._session is not None and not memory.is_current(self._session.public_id, self.generation):
                raise Superseded
            self._said.append(sentence)
            if self._speaker is not None:
                self._speaker.say(sentence)
            yield sentence

    def speech(self, *, until_said: bool = False) -> Spoken | None:
        """What became of the speech: whether the avatar takes the words, or with `until_said` when it is silent again.

        None without a session, or before the first sentence.
        """
        if self._speaker is None or self._session is None:
            return None
        if not until_said:
            self._speaker.wait_for_news(HANDED_OVER_S)
            return self._speaker.spoken
        self._speaker.wait(MOST_WAIT_S)
        if not self._speaker.spoken.fault:
            wait_until_said(self._session, self.generation)
        return self._speaker.spoken

    def cut(self) -> None:
        """Nobody listens any more: stop the model, from any thread or an event loop; what stands is not added to."""
        self._is_cut = True
        self._stream.cut()

    def _remember(self) -> None:
        if self._session is None or not self._said:
            return
        said: list[SaidMessage] = [
            {"role": "user", "text": self._message}, {"role": "assistant", "text": self.text},
        ]  # fmt: skip
        memory.remember(self._session.public_id, said)
