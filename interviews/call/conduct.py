"""`Call` runs what an event led to: says sentences, gives the floor, watches the silence (design §4, §5).

Everything here may be lost at any moment: each event is committed by `services.conversation` first, and the next join
makes good what was not heard. `generation` grows with every new reply, so that the page drops what belongs to an older one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from django.urls import reverse

from interviews.call import state
from interviews.call.held import Held
from interviews.call.listening import AnswerEnded, HeardEvent, Listener, SpeechEnded, SpeechStarted
from interviews.call.speaker import Speaker, expression
from interviews.call.texts import text as error_text
from interviews.call.threads import StorageUnavailable, in_store
from interviews.call.voice import Voice
from interviews.conversation import cues
from interviews.conversation.values import Answered, Event, Finish, Hold, Hush, Notify, Offer, Pause, SetPaused
from interviews.conversation.wording import lines
from interviews.models import Interview
from interviews.services import conversation, seats, speaking
from interviews.services.conversation import Outcome, Sentence
from interviews.services.policies import policy
from interviews.services.speaking import Spoken

Send = Callable[[dict[str, Any]], Awaitable[None]]
RETRY_S = 2


def receipt_url(interview: Interview) -> str:
    return reverse("interview-receipt", args=[interview.public_id])


class Call:
    """One device's call. `send` takes a message of payloads.DOWN; `clock` gives monotonic seconds."""

    def __init__(self, interview: Interview, device: str, send: Send, clock: Callable[[], float]) -> None:
        self.interview, self.device = interview, device
        self._send, self._clock = send, clock
        self._policy = policy()
        self._cues = cues.CueClock(self._policy)
        self._held = Held()
        self._generation = 0
        self._outcome: Outcome | None = None
        self._speaker: Speaker | None = None
        self._voice: Voice | None = None
        self._told_text_only = False
        self._is_answering = False
        self._has_floor = False  # the candidate's turn to speak
        self._one_at_a_time = asyncio.Lock()
        self.listener: Listener | None = None

    # --- Events --------------------------------------------------------------------------------------------------------

    async def begin(self, outcome: Outcome) -> None:
        """After a join: tell the page how things stand, then say what it has not heard."""
        self._voice = Voice(
            partial(
                speaking.speak, public_id=outcome.interview.public_id, language=outcome.interview.language,
                avatar=outcome.plan.avatar,
            ),
            policy=self._policy, failures=outcome.rung_failures, public_id=outcome.interview.public_id,
        )  # fmt: skip
        self._speaker = Speaker(self._voice, self._say, self._policy, self._clock)
        self._outcome = outcome
        await self._send(state.payload(outcome, voice=self.listener is not None))
        await self._run(outcome, is_join=True)

    async def event(self, event: Event) -> Outcome:
        """Commit an event and run its effects. Raises StorageUnavailable, seats.Elsewhere and NotOpen; then nothing is lost."""
        async with self._one_at_a_time:
            outcome = await in_store(conversation.advance, self.interview.pk, event, self.device)
            await self._run(outcome)
            return outcome

    async def spoken(self, sentence: int) -> None:
        """The page has played a sentence to its end."""
        if self._speaker:
            self._speaker.heard(sentence)
        try:
            await in_store(conversation.heard, self.interview.pk, sentence, self.device)
        except StorageUnavailable:
            return  # the worst that follows is a sentence said twice after a reload

    async def hear(self, event: HeardEvent) -> None:
        """What the Listener heard."""
        if isinstance(event, SpeechStarted):
            self._is_answering = True
            self._cues.stop(self._clock())
        elif isinstance(event, SpeechEnded):
            # Not "restart": noise that was taken for speech must not put the cues off for ever.
            if self._has_floor:
                self._cues.go_on(self._clock())
                self._watch()
        elif isinstance(event, AnswerEnded):
            await self._quietly(Answered(**vars(event)))

    async def flush_voice(self) -> None:
        """Take what was said so far as part of the answer, before "I'm done" closes it."""
        said = await self.listener.answer_so_far() if self.listener else None
        if said is not None:
            await self.event(Answered(id=said.id, start_ms=said.start_ms, end_ms=said.end_ms, text=said.text,
                                      text_state=said.text_state, complete=False))  # fmt: skip

    async def sign_of_life(self) -> None:
        """Typing, or "I'm still thinking": the cues start again, nobody is hurried."""
        self._is_answering = True
        if self._cues.next_in(self._clock()) is not None:
            self._cues.restart(self._clock())
            self._watch()

    async def thinking(self) -> None:
        await self.sign_of_life()
        await self._notice("thinking")

    async def close(self) -> None:
        """Cancel and await everything; may be called twice."""
        await self._held.close()
        if self.listener is not None:
            await self.listener.close()

    # --- Effects -------------------------------------------------------------------------------------------------------

    async def _run(self, outcome: Outcome, *, is_join: bool = False) -> None:
        before, self._outcome = self._outcome, outcome
        if outcome.refused or outcome.duplicate:
            return
        kinds = {type(effect) for effect in outcome.effects}
        is_offer = bool(outcome.say) and all(sentence.kind == "offer" for sentence in outcome.say)
        if Hush in kinds or outcome.say:
            await self._hush()
        for effect in outcome.effects:
            if isinstance(effect, Notify):
                await self._notice(effect.code)
            elif isinstance(effect, Hold):
                await self.sign_of_life()
        if SetPaused in kinds and not is_join:
            await self._send(state.payload(outcome, voice=self.listener is not None))
        elif before is not None and state.progress(before) != state.progress(outcome):
            await self._send({"type": "progress", **state.progress(outcome), "question": state.question(outcome)})
        if outcome.say:
            self._cues.stop(self._clock())
            self._held.stop("cues")
            if not is_offer:
                self._held.stop("long answer")
            self._held.start("speaking", self._speak(outcome, keeps_cues=is_offer))
        elif outcome.interview.state == Interview.State.PAUSED:
            self._cues.stop(self._clock())
            self._held.stop("cues")
            self._held.stop("long answer")
            await self._floor(False)
        elif Finish in kinds or (is_join and outcome.standing.phase == "over"):
            await self._finished()
        elif (SetPaused in kinds or is_join or Hush in kinds) and not self._held.is_running("speaking"):
            await self._give_floor(keeps_cues=False)
        else:
            await self.sign_of_life()

    async def _hush(self) -> None:
        was_speaking = self._held.is_running("speaking")
        self._held.stop("speaking")
        if was_speaking:
            await self._send({"type": "stop_speaking", "generation": self._generation})
        self._generation += 1

    async def _speak(self, outcome: Outcome, *, keeps_cues: bool) -> None:
        await self._floor(False)
        await self._speaker.say(outcome.say)
        if outcome.standing.phase == "over":
            await self._finished()
        else:
            await self._give_floor(keeps_cues=keeps_cues)

    async def _say(self, sentence: Sentence, spoken: Spoken) -> None:
        if spoken.rung == "text" and not self._told_text_only:
            self._told_text_only = True
            await self._notice("text_only")
        await self._send(
            {
                "type": "say", "sentence": sentence.number, "turn": sentence.turn, "kind": sentence.kind,
                "text": sentence.text, "audio_url": spoken.audio_url, "timeline_url": spoken.timeline_url,
                "duration_ms": spoken.duration_ms, "rung": spoken.rung, "expression": expression(sentence.kind),
                "generation": self._generation, "last": sentence.last,
            }
        )  # fmt: skip
        if sentence.last or spoken.rung == "text":
            try:
                await in_store(conversation.spoken_by, self.interview.pk, sentence.turn, spoken.rung)
            except StorageUnavailable:
                return  # a mark for HR only

    async def _give_floor(self, *, keeps_cues: bool) -> None:
        question = self._outcome.standing.question
        await self._send(
            {
                "type": "listening", "question": question.uuid if question else None,
                "think_s": question.think_time_s if question else 0,
                "answer_s": question.answer_time_s if question else 0, "generation": self._generation,
            }
        )  # fmt: skip
        await self._floor(True)
        if keeps_cues:
            self._cues.go_on(self._clock())
        else:
            self._cues.restart(self._clock())
            self._is_answering = False
            self._held.start("preparing", self._prepare(self._outcome))
            if question:
                self._held.start("long answer", self._watch_length(question.answer_time_s))
        self._watch()

    async def _prepare(self, outcome: Outcome) -> None:
        """Make the likely next sentences' sound while the candidate answers."""
        try:
            texts = await in_store(conversation.next_texts, outcome)
        except StorageUnavailable:
            return
        await self._voice.prepare(texts)

    async def _floor(self, is_candidates: bool) -> None:
        self._has_floor = is_candidates
        if self.listener is not None:
            await self.listener.floor(is_candidates)

    async def _finished(self) -> None:
        await self._floor(False)
        await self._send({"type": "finished", "receipt_url": receipt_url(self.interview)})

    async def _notice(self, code: str) -> None:
        await self._send({"type": "notice", "code": code, "text": lines(self.interview.language)["notices"][code]})

    # --- Silence -------------------------------------------------------------------------------------------------------

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

    async def _watch_length(self, answer_s: float) -> None:
        """The guard-rail of an answer's length: one line to read, never a cut."""
        await asyncio.sleep(answer_s)
        if self._is_answering:
            await self._notice("answer_long")

    async def _give_cue(self, cue: str) -> None:
        question = self._outcome.standing.question
        uuid = question.uuid if question else None
        event = Pause(by_silence=True, question=uuid) if cue == cues.PAUSE else Offer(1 if cue == cues.FIRST_OFFER else 2, uuid)
        outcome = await self._quietly(event)
        if outcome is None or not (outcome.new or outcome.effects):
            # It came too late, or could not be stored: nothing was said, the silence goes on.
            self._cues.go_on(self._clock())
            self._watch()

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
