"""`Call` runs what an event led to: says sentences, gives the floor, watches the silence (design §4, §5).

Everything here may be lost at any moment: each event is committed by `services.conversation` first, and the next join
makes good what was not heard. `generation` grows with every new reply, so that the page drops what belongs to an older one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from django.urls import reverse

from avatars.services.live_states import Reason
from interview_site.held import Held
from interviews.call import state
from interviews.call.barging import Barging
from interviews.call.heard import Heard
from interviews.call.ladder import ladder_for
from interviews.call.latency import ReplyClock
from interviews.call.listening import Listener
from interviews.call.live_room import LiveRoom
from interviews.call.reply import ModelReply
from interviews.call.rungs import Clips
from interviews.call.silence import Silence
from interviews.call.speaker import Speaker, say_message
from interviews.call.texts import text as error_text
from interviews.call.threads import StorageUnavailable, in_store
from interviews.call.voice import Voice
from interviews.conversation.patience import factor, pace_of
from interviews.conversation.values import CANDIDATE, VOICE, Answered, Event, Finish, Hold, Hush, Notify, SetPaused, Think
from interviews.conversation.wording import lines
from interviews.interviewer.mind import Mind
from interviews.models import Interview
from interviews.services import conversation, seats
from interviews.services.conversation import Outcome, Sentence
from interviews.services.policies import policy
from interviews.services.speaking import Spoken
from transcription.turn_taking import Pace

log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
RETRY_S = 2


def receipt_url(interview: Interview) -> str:
    return reverse("interview-receipt", args=[interview.public_id])


class Call(Heard):
    """One device's call. `send` takes a message of payloads.DOWN; `clock` gives monotonic seconds."""

    def __init__(self, interview: Interview, device: str, send: Send, clock: Callable[[], float]) -> None:
        super().__init__()
        self.interview, self.device = interview, device
        self._send, self._clock = send, clock
        self._policy = policy()
        self._factor = factor(interview.accommodations)
        self._held = Held()
        self._silence = Silence(self._held, clock, self._policy, self._factor, notice=self._notice, give=self._give_cue)
        self._generation = 0
        self._outcome: Outcome | None = None
        self._speaker: Speaker | None = None
        self._voice: Voice | None = None
        self._clips: Clips | None = None
        self._room = LiveRoom(interview, send, self._held)
        self._told_text_only = False
        self._told_of_fall = False
        self._has_floor = False  # the candidate's turn to speak
        self._barging = Barging(send, clock)
        self._reply_clock = ReplyClock(interview.pk, self._held, clock)
        mind = Mind(language=interview.language, public_id=interview.public_id, policy=self._policy)
        self._reply = ModelReply(mind, self.event, self._policy)
        self._one_at_a_time = asyncio.Lock()
        self.listener: Listener | None = None

    # --- Events --------------------------------------------------------------------------------------------------------

    async def begin(self, outcome: Outcome) -> None:
        """After a join: tell the page how things stand, then say what it has not heard."""
        self._room.use(outcome.plan)
        self._voice, self._clips = await ladder_for(outcome, self._policy, self._room)
        self._told_of_fall = bool(outcome.rung_failures)
        self._speaker = Speaker(self._voice, self._say, self._policy, self._clock)
        self._outcome = outcome
        await self._send(state.payload(outcome, voice=self.listener is not None))
        self._open_room(outcome)
        await self._run(outcome, is_join=True)

    async def event(self, event: Event) -> Outcome:
        """Commit an event and run its effects. Raises StorageUnavailable, seats.Elsewhere and NotOpen; then nothing is lost."""
        async with self._one_at_a_time:
            self._reply_clock.takes(event)
            outcome = await in_store(conversation.advance, self.interview.pk, event, self.device)
            await self._tell_spoken_words(outcome)
            await self._run(outcome)
            return outcome

    async def _tell_spoken_words(self, outcome: Outcome) -> None:
        """The page shows what was understood; of words that come later a hint tells (`services.late_texts`)."""
        for turn in outcome.new:
            if turn.speaker == CANDIDATE and turn.input == VOICE and turn.text:
                await self._send({"type": "final", "turn": turn.number, "text": turn.text, "id": ""})

    async def spoken(self, sentence: int) -> None:
        """The page has played a sentence to its end."""
        if self._speaker:
            self._speaker.heard(sentence)
        self._barging.heard(sentence)
        try:
            await in_store(conversation.heard, self.interview.pk, sentence, self.device)
        except StorageUnavailable:
            return  # the worst that follows is a sentence said twice after a reload

    async def fell(self, sentence: int, rung: str, generation: int) -> None:
        """The page could not go on with `rung`: the next one says what was not heard.

        Late and doubled reports change nothing. Raises StorageUnavailable.
        """
        async with self._one_at_a_time:
            outcome = await in_store(conversation.fell, self.interview.pk, sentence, rung, self.device)
            if outcome is None:
                return
            log.warning("a rung failed", extra={"interview": self.interview.public_id, "rung": rung, "fault": "page"})
            self._voice.failures[rung] += 1
            if not self._told_of_fall:
                self._told_of_fall = True
                await self._notice("clip_failed")
            if generation == self._generation:
                await self._run(outcome)

    def _open_room(self, outcome: Outcome) -> None:
        """Also after a pause. One that failed twice in this interview is not tried again."""
        if outcome.interview.state == Interview.State.IN_PROGRESS and self._voice.is_worth_trying("live"):
            self._room.open()

    def page_in_room(self, session: str, state: str) -> None:
        """How the page stands in the live avatar's room."""
        self._room.page_is(session, state)

    async def sounded(self, sentence: int) -> None:
        """The page plays this sentence: the first sound of a reply."""
        await self._reply_clock.sounded(sentence)

    async def flush_voice(self, *, is_last: bool = False) -> None:
        """Take what was said so far as part of the answer, before "I'm done" closes it. `is_last`: and all their questions."""
        said = await self.listener.answer_so_far() if self.listener else None
        if said is not None:
            await self.event(Answered(id=said.id, start_ms=said.start_ms, end_ms=said.end_ms, text=said.text,
                                      text_state=said.text_state, complete=False, is_last=is_last))  # fmt: skip

    async def sign_of_life(self) -> None:
        """Typing, or "I'm still thinking": nobody is hurried."""
        self._silence.sign_of_life()
        self._room.somebody_speaks()

    async def thinking(self) -> None:
        await self.sign_of_life()
        await self._notice("thinking")

    async def close(self) -> None:
        """Cancel and await everything; may be called twice."""
        await self._room.left()
        await self._held.close()
        await self._reply.close()
        if self.listener is not None:
            await self.listener.close()

    # --- Effects -------------------------------------------------------------------------------------------------------

    async def _run(self, outcome: Outcome, *, is_join: bool = False) -> None:
        before, self._outcome = self._outcome, outcome
        if outcome.refused or outcome.duplicate:
            return
        kinds = {type(effect) for effect in outcome.effects}
        self._settle_reply(outcome, is_asked_anew=Think in kinds)
        if outcome.continues and self._held.is_running("speaking"):
            await self._say_more(outcome, before)
            return
        if Hush in kinds or outcome.say:
            await self._hush()
        for effect in outcome.effects:
            if isinstance(effect, Notify):
                await self._notice(effect.code)
            elif isinstance(effect, Hold):
                await self.sign_of_life()
        if SetPaused in kinds and not is_join:
            await self._send(state.payload(outcome, voice=self.listener is not None))
            self._open_room(outcome)
        else:
            await self._tell_progress(outcome, before)
        gave_up_waiting = before is not None and before.awaits and not outcome.awaits
        await self._go_on(outcome, kinds, is_join=is_join, is_floor_due=is_join or gave_up_waiting)

    def _settle_reply(self, outcome: Outcome, *, is_asked_anew: bool) -> None:
        """What the step means for a reply of the model that is on its way."""
        if outcome.say:
            self._reply_clock.knows_first_sentence()
        elif not outcome.awaits:
            self._reply_clock.void()
        if is_asked_anew or not outcome.awaits:
            self._held.stop("reply")
            self._reply.comes(())

    async def _go_on(self, outcome: Outcome, kinds: set[type], *, is_join: bool, is_floor_due: bool) -> None:
        """Whose turn it is now: the model's, the avatar's, nobody's (paused, over) or the candidate's."""
        if Think in kinds:
            self._think(outcome)
        elif outcome.say:
            self._begin_speaking(outcome)
        elif outcome.interview.state == Interview.State.PAUSED:
            self._silence.end()
            self._held.stop("reply")
            await self._floor(False)
            await self._room.close(Reason.HANG_UP)
        elif Finish in kinds or (is_join and outcome.standing.phase == "over"):
            await self._finished()
        elif (is_floor_due or kinds & {SetPaused, Hush}) and not self._held.is_running("speaking"):
            await self._give_floor(keeps_cues=False)
        elif not outcome.awaits:
            await self.sign_of_life()

    def _begin_speaking(self, outcome: Outcome) -> None:
        is_offer = all(sentence.kind == "offer" for sentence in outcome.say)
        self._barging.begins(outcome.say)
        self._reply.begins()
        self._silence.end(for_an_offer=is_offer)
        self._held.start("speaking", self._speak(outcome, keeps_cues=is_offer))

    def _think(self, outcome: Outcome) -> None:
        """The candidate keeps the floor: whoever goes on speaking is heard, and is answered for all of it."""
        self._silence.end()
        think = next(effect for effect in outcome.effects if isinstance(effect, Think))
        self._held.start("reply", self._reply.run(outcome, think))

    async def _say_more(self, outcome: Outcome, before: Outcome | None) -> None:
        """Sentences behind those being said: nothing is stopped, the sound of the next is made meanwhile."""
        self._reply.comes(outcome.say)
        self._barging.goes_on(outcome.say)
        if outcome.say:
            self._held.start("preparing", self._voice.prepare([sentence.text for sentence in outcome.say]))
        await self._tell_progress(outcome, before)

    async def _tell_progress(self, outcome: Outcome, before: Outcome | None) -> None:
        progress = state.progress(outcome)
        if before is not None and state.progress(before) != progress:
            await self._send({"type": "progress", **progress, "question": state.question(outcome)})

    async def _hush(self) -> None:
        was_speaking = self._held.is_running("speaking")
        self._held.stop("speaking")
        if was_speaking:
            await self._send({"type": "stop_speaking", "generation": self._generation})
            self._room.hush()
            if self.listener is not None:
                self.listener.avatar_stops()
        await self._barging.restore()
        self._generation += 1

    async def _speak(self, outcome: Outcome, *, keeps_cues: bool) -> None:
        await self._floor(False)
        await self._speaker.say(outcome.say)
        while more := await self._reply.next_sentences(lambda: self._outcome.awaits):
            await self._speaker.say(more)
        if self._outcome.standing.phase == "over":
            await self._finished()
        else:
            await self._give_floor(keeps_cues=keeps_cues)

    async def _say(self, sentences: Sequence[Sentence], spoken: Spoken) -> None:
        if spoken.rung == "text" and not self._told_text_only:
            self._told_text_only = True
            await self._notice("text_only")
        last = sentences[-1]
        if self.listener is not None and spoken.rung != "text":
            self.listener.avatar_says(" ".join(sentence.text for sentence in sentences))
        self._barging.sent(sentences, spoken.duration_ms)
        await self._send(say_message(sentences, spoken, self._generation))
        self._reply_clock.sent(sentences)
        if last.last or spoken.rung == "text":
            try:
                await in_store(conversation.spoken_by, self.interview.pk, last.turn, spoken.rung)
            except StorageUnavailable:
                return  # a mark for HR only

    async def _give_floor(self, *, keeps_cues: bool) -> None:
        await self._barging.restore()
        standing = self._outcome.standing
        await self._send(state.listening(standing, self._factor, self._generation))
        await self._floor(True)
        self._reply.floor_given()
        if keeps_cues:
            self._silence.go_on()
        else:
            self._held.start("preparing", self._prepare(self._outcome))
            self._silence.begin(standing.question.answer_time_s * self._factor if standing.question else None)

    async def _prepare(self, outcome: Outcome) -> None:
        """Make the likely next sentences' sound while the candidate answers."""
        try:
            texts = await in_store(conversation.next_texts, outcome)
        except StorageUnavailable:
            return
        await self._voice.prepare(texts)
        if self._clips and self._voice.is_worth_trying("clip") and (urls := self._clips.urls(texts)):
            await self._send({"type": "preload", "clips": urls})

    async def _floor(self, is_candidates: bool) -> None:
        self._has_floor = is_candidates
        if self.listener is not None:
            await (self.listener.floor(True, self._pace()) if is_candidates else self.listener.floor(False))

    def _pace(self) -> Pace:
        question = self._outcome.standing.question if self._outcome else None
        return pace_of(self.interview.accommodations, question)

    async def _finished(self) -> None:
        await self._floor(False)
        await self._room.close(Reason.GOODBYE)
        await self._send({"type": "finished", "receipt_url": receipt_url(self.interview)})

    async def _notice(self, code: str) -> None:
        await self._send({"type": "notice", "code": code, "text": lines(self.interview.language)["notices"][code]})

    # --- Events nobody pressed -----------------------------------------------------------------------------------------

    async def _give_cue(self, event_about: Callable[[str | None], Event]) -> bool:
        question = self._outcome.standing.question
        outcome = await self._quietly(event_about(question.uuid if question else None))
        return outcome is not None and bool(outcome.new or outcome.effects)

    async def _quietly(self, event: Event) -> Outcome | None:
        """An event nobody pressed: storage that is away is told, the rest is settled by the next check of the seat."""
        try:
            return await self.event(event)
        except StorageUnavailable:
            text = error_text("storage", self.interview.language)
            await self._send({"type": "error", "code": "storage", "text": text, "retry_s": RETRY_S, "id": ""})
        except (seats.Elsewhere, conversation.NotOpen):
            pass
        return None
