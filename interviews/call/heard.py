"""What a call does about what was heard: answers, silence that ends, somebody who speaks into the avatar (design §4)."""

import asyncio
import logging

from interview_site.held import Held
from interviews.call.barging import Barging, closed_question
from interviews.call.latency import ReplyClock
from interviews.call.listening import (
    AnswerEnded,
    FalseAlarm,
    HeardEvent,
    Interrupted,
    MayEnd,
    NothingSaid,
    SpeechEnded,
    SpeechResumed,
    SpeechStarted,
    VoiceOnset,
)
from interviews.call.live_room import LiveRoom
from interviews.call.reply import ModelReply
from interviews.call.silence import Silence
from interviews.call.threads import StorageUnavailable, in_store
from interviews.conversation.commands import recognise
from interviews.conversation.values import Answered, Event, Notify
from interviews.models import Interview
from interviews.services import conversation
from interviews.services.conversation import Outcome

log = logging.getLogger(__name__)


class Heard:
    """The listening half of `conduct.Call`, which has everything that is only named here."""

    interview: Interview
    device: str
    _held: Held
    _silence: Silence
    _barging: Barging
    _reply: ModelReply
    _reply_clock: ReplyClock
    _room: LiveRoom
    _outcome: Outcome | None
    _has_floor: bool
    _one_at_a_time: asyncio.Lock

    def __init__(self) -> None:
        self._heard_generation = 0  # of the ear: what was prepared for an older one is void
        self._spoken_into: str | None = None  # the question that words spoken into a bridge belong to

    async def hear(self, event: HeardEvent) -> None:
        """What the Listener heard."""
        if isinstance(event, SpeechStarted | SpeechEnded):
            self._reply.sound(isinstance(event, SpeechStarted))
        if isinstance(event, SpeechStarted):
            self._silence.answers()
            self._room.somebody_speaks()
        elif isinstance(event, SpeechEnded):
            # Not a sign of life yet: noise that was taken for speech must not put the cues off for ever.
            if self._has_floor and not self._outcome.awaits:
                self._silence.falls()
        elif isinstance(event, AnswerEnded):
            self._heard_generation = max(self._heard_generation, event.generation)
            self._held.stop("ahead")
            self._reply.sound(False)
            await self._answered(event)
        elif isinstance(event, SpeechResumed):
            self._heard_generation = max(self._heard_generation, event.generation)
            self._held.stop("ahead")
            self._reply.speech_resumed()
        elif isinstance(event, MayEnd) and event.generation >= self._heard_generation:
            # Beside the call: nothing of it may be said before the AnswerEnded of this generation.
            self._held.start("ahead", self._reply.work_ahead(self._outcome, event.text))
        elif isinstance(event, VoiceOnset) and self._held.is_running("speaking") and self._barging.may_interrupt:
            await self._barging.soften()
        elif isinstance(event, FalseAlarm):
            await self._barging.restore()
        elif isinstance(event, Interrupted):
            await self._interrupted()
        elif isinstance(event, NothingSaid) and self._has_floor:
            if self._barging.must_repeat or self._was_cut_off:
                await self._say_again()
            elif not self._outcome.awaits:
                self._silence.was_noise()

    async def _answered(self, event: AnswerEnded) -> None:
        """Words spoken into a question that was not heard are kept, but they are no answer to it: it is said again.

        A reply that was cut off while it was being written asks nothing yet: words spoken into it go on with the answer.
        """
        self._reply_clock.begins(event)
        must_repeat = self._barging.must_repeat and not self._was_cut_off
        belongs_to = self._spoken_into if must_repeat and not recognise(event.text) else None
        outcome = await self._quietly(
            Answered(
                id=event.id, start_ms=event.start_ms, end_ms=event.end_ms, text=event.text, text_state=event.text_state,
                complete=event.complete and not must_repeat, question=belongs_to,
            )
        )  # fmt: skip
        await self._reply_clock.answered(event, outcome.new if outcome is not None else ())
        is_settled = outcome is None or outcome.refused or outcome.say or any(type(one) is not Notify for one in outcome.effects)
        if must_repeat and not is_settled:
            await self._say_again()

    async def _interrupted(self) -> None:
        """Somebody speaks into the avatar in earnest: it stops, the floor is theirs, and what was not heard is remembered."""
        async with self._one_at_a_time:
            if not self._held.is_running("speaking") or not self._barging.may_interrupt:
                await self._barging.restore()
                return
            cut = self._barging.cut()
            self._held.stop("reply")  # more of it would be said into their words
            self._spoken_into = closed_question(self._outcome, cut)
            await self._hush()
            await self._give_floor(keeps_cues=False)
        self._silence.answers()
        if cut is not None:
            log.info("interrupted", extra={"interview": self.interview.public_id, "turn": cut.sentence.turn, "again": cut.again})
            try:
                await in_store(conversation.cut, self.interview.pk, cut.sentence, cut.heard_ms, self.device, again=cut.again)
            except StorageUnavailable:
                return  # a mark, and at worst a sentence that is said twice

    @property
    def _was_cut_off(self) -> bool:
        """A model's reply was interrupted before all of it was written: nobody writes it any more."""
        return self._outcome is not None and self._outcome.awaits and not self._held.is_running("reply")

    async def _say_again(self) -> None:
        try:
            async with self._one_at_a_time:
                outcome = await in_store(conversation.unheard, self.interview.pk, self.device)
                if outcome is not None:
                    await self._run(outcome)
        except StorageUnavailable:
            return  # the cues go on; the question stands on the page

    # --- Of Call -------------------------------------------------------------------------------------------------------

    async def _quietly(self, event: Event) -> Outcome | None:
        raise NotImplementedError

    async def _run(self, outcome: Outcome, *, is_join: bool = False) -> None:
        raise NotImplementedError

    async def _hush(self) -> None:
        raise NotImplementedError

    async def _give_floor(self, *, keeps_cues: bool) -> None:
        raise NotImplementedError
