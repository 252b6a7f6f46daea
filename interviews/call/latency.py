"""The reply in the making, on the call's clock: when its first sentence was known, sent, and heard (services.latency).

It begins with an answer and ends with the first sound of what is said to it; what is said for another reason has no marks. What
is noted is for people who look after the site: storing it holds nothing up, and may fail.
"""

import time
from collections.abc import Callable, Mapping, Sequence

from interview_site.held import Held
from interviews.call.listening import AnswerEnded
from interviews.call.threads import StorageUnavailable, in_store
from interviews.conversation.values import Done, Event, Offer, Pause, Repeat, Resume, Said, Skip, Typed
from interviews.services import latency
from interviews.services.conversation import Sentence


class ReplyClock:
    """`clock` gives monotonic seconds; `held` keeps what is being stored."""

    def __init__(self, interview_id: int, held: Held, clock: Callable[[], float] = time.monotonic) -> None:
        self._interview_id, self._held, self._clock = interview_id, held, clock
        self._zero: float | None = None
        self._since = latency.SPEECH
        self._marks: dict[str, int] = {}
        self._waits_for: tuple[int, range] | None = None  # turn, sentences that were sent: one of them will be heard

    def begins(self, answer: AnswerEnded) -> None:
        """An answer was heard; one that a button ended begins with the button."""
        if answer.age_ms is not None:
            self._begin(latency.SPEECH, answer.age_ms)

    def takes(self, event: Event) -> None:
        """An event that somebody pressed or typed, or that nobody waits for a reply to."""
        if isinstance(event, Typed | Done | Skip | Repeat):
            self._begin(latency.MESSAGE, 0)
        elif isinstance(event, Offer | Pause | Resume):
            self.void()

    def void(self) -> None:
        """What is said next is no reply."""
        self._zero = None

    async def answered(self, answer: AnswerEnded, turns: Sequence[Said]) -> None:
        """The answer stands as one of these turns."""
        for turn in turns:
            if turn.client_id == answer.id:
                await self._note(turn.number, answer.marks, latency.SPEECH)

    def knows_first_sentence(self) -> None:
        if self._zero is not None:
            self._marks.setdefault("first_sentence", self._now_ms())

    def sent(self, sentences: Sequence[Sentence]) -> None:
        """A `say` left for the page."""
        if self._zero is None or self._waits_for is not None:
            return
        first, last = sentences[0], sentences[-1]
        self._waits_for = first.turn, range(first.number, last.number + 1)
        marks = {**self._marks, "said": self._now_ms()}
        self._held.start(f"marks of {first.turn}", self._note(first.turn, marks, self._since))

    async def sounded(self, sentence: int) -> None:
        """The page says that this sentence can be heard now."""
        if self._zero is None or self._waits_for is None or sentence not in self._waits_for[1]:
            return
        turn, marks = self._waits_for[0], {"first_sound": self._now_ms()}
        self.void()
        await self._note(turn, marks, self._since)

    def _begin(self, since: str, age_ms: int) -> None:
        self._zero, self._since = self._clock() - age_ms / 1000, since
        self._marks, self._waits_for = {}, None

    def _now_ms(self) -> int:
        return max(0, round((self._clock() - self._zero) * 1000))

    async def _note(self, turn: int, marks: Mapping[str, int], since: str) -> None:
        try:
            await in_store(latency.note, self._interview_id, turn, marks, since=since)
        except StorageUnavailable:
            return
