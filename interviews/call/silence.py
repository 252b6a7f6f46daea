"""The silence of the candidate in a call: its cues, its offers, and one line for a very long answer (design §4).

Every reply and every sign of life begins the waiting anew; nobody is ever cut off.
"""

import asyncio
from collections.abc import Awaitable, Callable

from interview_site.held import Held
from interviews.conversation import cues
from interviews.conversation.policy import Policy
from interviews.conversation.values import Event, Offer, Pause


class Silence:
    """`factor`: of the accommodation "more time". `clock` gives monotonic seconds.

    `notice` says a short line on the page; `give` commits an offer or a pause about the present question and answers
    whether anything came of it.
    """

    def __init__(
        self,
        held: Held,
        clock: Callable[[], float],
        policy: Policy,
        factor: float,
        *,
        notice: Callable[[str], Awaitable[None]],
        give: Callable[[Callable[[str | None], Event]], Awaitable[bool]],
    ) -> None:
        self._held, self._clock = held, clock
        self._cues = cues.CueClock(policy, factor)
        self._notice, self._give = notice, give
        self._is_answering = False

    def begin(self, answer_s: float | None) -> None:
        """The floor is theirs with a new question to answer; `answer_s`: how long an answer usually is, None without one."""
        self._is_answering = False
        self._cues.restart(self._clock())
        if answer_s is not None:
            self._held.start("long answer", self._watch_length(answer_s))
        self._watch()

    def go_on(self) -> None:
        """The avatar has spoken: the waiting goes on from where it stood still."""
        self._cues.go_on(self._clock())
        self._watch()

    def falls(self) -> None:
        """They speak no more, at least for now."""
        self._cues.after_voice(self._clock())
        self._watch()

    def was_noise(self) -> None:
        """What sounded like an answer was none: it has put nothing off."""
        self._cues.was_noise()
        self._watch()

    def answers(self) -> None:
        """They speak: time stands still."""
        self._is_answering = True
        self._cues.stop(self._clock())

    def sign_of_life(self) -> None:
        """They type, or want to think: the cues start again."""
        self._is_answering = True
        self._cues.forget(self._clock())
        self._watch()

    def end(self, *, for_an_offer: bool = False) -> None:
        """Something is to be said, or thought about. An offer does not begin a new answer: its length goes on counting."""
        self._cues.stop(self._clock())
        self._held.stop("cues")
        if not for_an_offer:
            self._held.stop("long answer")

    def _watch(self) -> None:
        self._held.start("cues", self._watch_cues())

    async def _watch_cues(self) -> None:
        while (wait := self._cues.next_in(self._clock())) is not None:
            await asyncio.sleep(wait)
            cue = self._cues.take(self._clock())
            if cue == cues.NOTICE:
                await self._notice("take_your_time")
            elif cue is not None:
                # The clock goes on when the offer was spoken: the silence of the candidate is what counts.
                self._cues.stop(self._clock())
                self._held.start("cue", self._give_cue(cue))

    async def _give_cue(self, cue: str) -> None:
        if not await self._give(lambda question: _event(cue, question)):
            # It came too late, or could not be stored: nothing was said, the silence goes on.
            self.go_on()

    async def _watch_length(self, answer_s: float) -> None:
        """The guard-rail of an answer's length: one line to read, never a cut."""
        await asyncio.sleep(answer_s)
        if self._is_answering:
            await self._notice("answer_long")


def _event(cue: str, question: str | None) -> Event:
    if cue == cues.PAUSE:
        return Pause(by_silence=True, question=question)
    return Offer(1 if cue == cues.FIRST_OFFER else 2, question)
