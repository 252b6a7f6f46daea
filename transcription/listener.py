"""One call's ear: recorder, gate and segments together (design §4). Knows no Channels and no interviews.

    listener = Listener(key, "ru", send, recognise=True, told=…)  # a `Told`
    await listener.take({"device": …, "key": …, "age_ms": …}) · await listener.frame(data) · await listener.finish({…})
    listener.floor(True) · await listener.answer_so_far() · await listener.close()

Sound is stored first; then it is listened to. Only the take this socket started last is the live one: it alone can begin or end
an answer. What is sent later (kept on the device through a dead network) gets its segments, never a turn of the conversation.
`frame` may raise CloseSocket; everything else is told to the page.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from interview_site.threads import StorageUnavailable
from transcription import messages
from transcription.answer_marks import AnswerMarks, Timeline
from transcription.barge_in import BargeEvent, BargeIn, FalseAlarm, Interrupted, Onset
from transcription.ear.choice import make_ear as chosen_ear
from transcription.ear.events import Ear, SpeechEnded, SpeechEvent, SpeechPaused, SpeechStarted, shifted
from transcription.echo import Spoken
from transcription.frames import FRAME_MS
from transcription.hearing import Hearing, Hearings
from transcription.recorder import Recorder, Send
from transcription.services import segments, storage, transcripts
from transcription.turn_taking import AnswerEnded, AnswerWatch, GoesOn, MayEnd, Pace, TurnEvent
from transcription.words import Understood, Words

log = logging.getLogger(__name__)
TEXT_WAIT_S = 4.0  # for the words of an answer that has ended; then the conversation goes on without them
OVERHEAR_WAIT_S = 3.0  # for words spoken while the avatar speaks
AHEAD_WAIT_S = 12.0  # for words that are wanted ahead of time: the longest patience
LEAST_RESUMED_MS = 1_000


@dataclass(frozen=True)
class Answer:
    """A whole answer or one more part of it, on the recording's clock. `id` is unique in the recording.

    `marks`: what happened to it, in ms since its last voice; `age_ms`: how long ago that was when it was told. Both only of a
    turn that ended by itself.
    """

    id: str
    start_ms: int
    end_ms: int
    text: str
    pending: bool
    generation: int = 0
    age_ms: int | None = None
    marks: Mapping[str, int] = field(default_factory=dict)


class Told:
    """What a listener tells; a call overrides what it wants to know. Times are ms on the recording's clock."""

    async def answer(self, answer: Answer) -> None:
        """The turn has ended."""

    async def speech(self, started: bool, at_ms: int) -> None:
        """Somebody began to speak, or fell silent."""

    async def may_end(self, text: str, generation: int) -> None:
        """The answer so far may be all of it: work ahead. `text` may be empty where nothing was understood."""

    async def goes_on(self, generation: int) -> None:
        """It was a pause: what belongs to an older generation is void."""

    async def nothing(self) -> None:
        """What sounded like an answer was a noise, or the avatar's own words heard back."""

    async def onset(self) -> None:
        """Somebody may be speaking while the avatar does: it becomes softer."""

    async def false_alarm(self) -> None:
        """Nobody wanted to interrupt."""

    async def interrupted(self) -> None:
        """Somebody did: the avatar stops. `floor(True)` makes what they say the beginning of their answer."""


class Listener:
    def __init__(
        self,
        recording_key: str,
        language: str,
        send: Send,
        *,
        recognise: bool = False,
        told: Told | None = None,
        make_ear: Callable[[], Ear] = chosen_ear,
        recorder: Recorder | None = None,
    ) -> None:
        self.recording_key = recording_key
        self.language = language
        self._send = send
        self._told = told or Told()
        self._spoken = Spoken()
        self._words = Words(recording_key, self._spoken, allowed=recognise)
        self._barge = BargeIn()
        self._interruption: Interrupted | None = None
        self._hearings = Hearings(make_ear, self._note)
        self._recorder = recorder or Recorder(recording_key, send, language=language, recognise=recognise)
        self._recorder._on_frame = self._hearings.frame
        self._watch = AnswerWatch()
        self._marks = AnswerMarks()
        self._live: int | None = None
        self._live_offset_ms = 0
        self._tells: set[asyncio.Task] = set()
        self._ahead: asyncio.Task | None = None
        self._works: asyncio.Queue[Awaitable[None]] = asyncio.Queue()
        self._worker: asyncio.Task | None = None
        self._had_floor = False
        self._closed = False

    # --- From the page -------------------------------------------------------------------------------------------------

    async def take(self, message: dict) -> None:
        """`take {device, key?, age_ms?, offset_hint_ms?, echo_cancellation?, noise_suppression?}`: a start, or the question
        where a take stands. Without echo cancellation the avatar is not interrupted by voice (half-duplex)."""
        hint = message.get("offset_hint_ms")
        take = await self._recorder.start(
            message["device"], key=message.get("key", ""), age_ms=message.get("age_ms", 0), offset_hint_ms=hint,
            noise_suppressed=message.get("noise_suppression"),
        )  # fmt: skip
        # A take that began long ago is a leftover; the live one is the youngest.
        if take is not None and (self._live is None or take.offset_ms >= self._live_offset_ms):
            self._live, self._live_offset_ms = take.number, take.offset_ms
            self._barge.is_possible = message.get("echo_cancellation", True)

    async def resume(self, numbers: list[int]) -> None:
        """`hello {takes}`: say where each stands."""
        await self._recorder.resume([number for number in numbers if type(number) is int and 0 < number < 65_536])

    async def frame(self, data: bytes) -> None:
        await self._recorder.handle_frame(data)

    async def finish(self, message: dict) -> None:
        """`finish {take, frames, sha256}`: complete, or what is missing."""
        if message["frames"] > 2**32:
            await self._send(messages.error("bad_message", self.language, take=message["take"]))
            return
        result = await self._recorder.finish(message["take"], message["frames"], message["sha256"])
        hearing = self._hearings.of(message["take"])
        if result and result.complete and hearing:
            await self._hearings.flush(hearing)
            self._later(self._keep(hearing, [], hearing.next * FRAME_MS))

    # --- From the call -------------------------------------------------------------------------------------------------

    def floor(self, is_candidates: bool, pace: Pace | None = None) -> None:
        """Whose turn it is: answers are looked for only while the floor is the candidate's."""
        live = self._hearings.of(self._live)
        if not is_candidates:
            self._watch.close()
            self._drop_ahead()
            return
        self._avatar_ends()
        interruption, self._interruption = self._interruption, None
        since_ms = live.ear.speech_since_ms if live is not None and self._barge.is_possible else None
        self._watch.open(live.take.offset_ms + since_ms if since_ms is not None else None, pace)
        if interruption is not None and interruption.end_ms is not None:
            self._watch.resume(interruption.start_ms, interruption.end_ms)

    def avatar_says(self, text: str) -> None:
        """The avatar's next words were sent to the page; it speaks until `floor(True)` or `avatar_stops`."""
        live = self._hearings.of(self._live)
        now_ms = live.now_ms if live else 0
        self._spoken.begins(text, now_ms)
        self._barge.avatar_begins(now_ms, live.ear.voiced_ms if live else 0)

    def avatar_stops(self) -> None:
        """It was silenced, whoever has the floor now."""
        self._avatar_ends()

    async def give_floor(self, settled_at: datetime | None, pace: Pace | None = None) -> None:
        """`floor(True)`, and an answer the connection was lost in goes on: it began when the floor was given before.

        `settled_at`: the last turn of the conversation. Less speech than LEAST_RESUMED_MS is a cough, not an answer.
        """
        self.floor(True, pace)
        is_first, self._had_floor = not self._had_floor, True
        try:
            since = await storage.run(transcripts.floor_given, self.recording_key, settled_at)
            if not is_first or since is None:
                return
            heard_from = {hearing.take.id: hearing.from_ms for hearing in self._hearings.all()}
            said = await storage.run(transcripts.speech_since_moment, self.recording_key, since, heard_from)
        except StorageUnavailable:
            return  # the sound is there; only the turn will begin later
        if said is not None and said[2] >= LEAST_RESUMED_MS:
            self._watch.resume(said[0], said[1])

    async def answer_so_far(self) -> Answer | None:
        """ "I'm done": the answer as it stands, stored; None when nothing was said since the last one."""
        await self._hearings.heard()
        live = self._hearings.of(self._live)
        ended = self._watch.take(live.now_ms if live else None)
        self._drop_ahead()
        if live:
            await self._hearings.flush(live)  # the words so far need not wait for silence
        await self._recorder.stored()
        return None if ended is None else _answer(ended, await self._words.of(ended.start_ms, ended.end_ms, 0.0))

    async def close(self) -> None:
        """Store what waits, keep the stretches heard so far; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._drop_ahead()
        await self._recorder.close()
        await self._hearings.close()
        for hearing in self._hearings.all():
            self._later(self._keep(hearing, [], hearing.next * FRAME_MS))
        # An answer being told may itself be what ends the call: a task does not wait for itself.
        tasks = [task for task in self._tells if task is not asyncio.current_task()]
        if self._worker and self._worker is not asyncio.current_task():
            await self._works.join()
            tasks.append(self._worker)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- Listening -----------------------------------------------------------------------------------------------------

    def _note(self, hearing: Hearing, events: list[SpeechEvent]) -> None:
        """Segments for every take; turns of the conversation only from the live one."""
        spans = [(event.start_ms, event.end_ms) for event in events if isinstance(event, SpeechEnded)]
        if spans:
            hearing.stretch_ended()
            self._later(self._keep(hearing, spans, spans[-1][1]))
        if hearing.take.number != self._live or self._closed:
            return
        for event in events:
            if isinstance(event, SpeechPaused) and self._words.allowed and hearing.is_worth_trying(event):
                self._later(self._keep_early(hearing, event))
        placed = [shifted(event, hearing.take.offset_ms) for event in events]
        for event in placed:
            if isinstance(event, SpeechStarted):
                self._later(self._told.speech(True, event.at_ms))
            elif isinstance(event, SpeechEnded):
                self._marks.segment_closed(event.end_ms, hearing.now_ms)
                self._later(self._told.speech(False, event.end_ms))
        for turn in self._watch.hear(placed, hearing.now_ms):
            self._turn(turn, hearing.now_ms)
        self._over_avatar(hearing, placed)

    def _over_avatar(self, hearing: Hearing, events: list[SpeechEvent]) -> None:
        """Speech while the avatar speaks."""
        if not self._barge.is_listening:
            return
        since_ms, offset_ms = hearing.ear.speech_since_ms, hearing.take.offset_ms
        found = self._barge.hear(
            events, since_ms=None if since_ms is None else since_ms + offset_ms, voiced_ms=hearing.ear.voiced_ms,
            now_ms=hearing.now_ms,
        )  # fmt: skip
        self._tell_barge(found)
        for event in events:
            if isinstance(event, SpeechPaused) and self._words.allowed:
                self._start(self._overhear, event)

    async def _overhear(self, pause: SpeechPaused) -> None:
        """A short «подождите» is told from «угу» by its words."""
        understood = await self._words.of(pause.start_ms, pause.end_ms, OVERHEAR_WAIT_S)
        self._tell_barge(self._barge.understood(understood.text, pause.start_ms, pause.end_ms))

    def _tell_barge(self, found: list[BargeEvent]) -> None:
        for event in found:
            if isinstance(event, Onset):
                self._later(self._told.onset())
            elif isinstance(event, FalseAlarm):
                self._later(self._told.false_alarm())
            else:
                self._interruption = event
                self._start(lambda _event: self._told.interrupted(), event)

    def _avatar_ends(self) -> None:
        live = self._hearings.of(self._live)
        self._spoken.ends(live.now_ms if live else 0)
        self._barge.avatar_ends()

    def _turn(self, turn: TurnEvent, now_ms: int) -> None:
        if isinstance(turn, AnswerEnded):
            self._drop_ahead()
            self._start(self._tell, (turn, self._marks.ended(turn.end_ms, now_ms)))
        elif isinstance(turn, GoesOn):
            self._drop_ahead()
            self._later(self._told.goes_on(turn.generation))
        else:
            self._drop_ahead()
            self._ahead = self._start(self._work_ahead, turn)

    async def _keep_early(self, hearing: Hearing, pause: SpeechPaused) -> None:
        await self._recorder.stored()
        if not hearing.behind:
            await storage.run(segments.early, hearing.take.id, pause.start_ms, pause.end_ms)

    async def _work_ahead(self, turn: MayEnd) -> None:
        understood = await self._words.of(turn.start_ms, turn.end_ms, AHEAD_WAIT_S)
        if not understood.text or turn.generation != self._watch.generation:
            return
        self._watch.understood(turn.generation, understood.text)
        self._marks.understood(turn.end_ms)
        await self._told.may_end(understood.text, turn.generation)

    def _drop_ahead(self) -> None:
        task, self._ahead = self._ahead, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    async def _tell(self, told: tuple[AnswerEnded, Timeline]) -> None:
        ended, timeline = told
        await self._recorder.stored()
        await self._works.join()  # its stretches are rows now
        understood = await self._words.of(ended.start_ms, ended.end_ms, 0.0 if self._closed else TEXT_WAIT_S)
        if understood.nothing:
            await self._told.nothing()
        else:
            marks = self._marks.told(timeline, ended.end_ms, understood.text)
            await self._told.answer(replace(_answer(ended, understood), age_ms=timeline.age_ms, marks=marks))

    async def _keep(self, hearing: Hearing, spans: list[tuple[int, int]], heard_ms: int) -> None:
        await self._recorder.stored()
        try:
            if hearing.behind:
                await storage.run(segments.hear_file, hearing.take.id, heard_ms)
            else:
                await storage.run(segments.add, hearing.take.id, spans, heard_ms=heard_ms)
        except StorageUnavailable:
            hearing.behind = True
            raise
        hearing.behind = False

    # --- One thing after another ---------------------------------------------------------------------------------------

    def _start(self, work: Callable[[Any], Awaitable[None]], about: object) -> asyncio.Task:
        async def begin() -> None:  # the work itself is made when it starts: it may be cancelled before
            await self._safely(work(about))

        task = asyncio.create_task(begin())
        self._tells.add(task)
        task.add_done_callback(self._tells.discard)
        return task

    def _later(self, work: Awaitable[None]) -> None:
        self._works.put_nowait(work)
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while True:
            await self._safely(await self._works.get())
            self._works.task_done()

    async def _safely(self, work: Awaitable[None]) -> None:
        """The outermost loop of listening: what fails here is heard again from the file by the sweeper."""
        try:
            await work
        except StorageUnavailable:
            log.warning("speech was not noted, it will be heard from the file")
        except Exception:
            log.exception("listening was interrupted")


def _answer(ended: AnswerEnded, understood: Understood) -> Answer:
    return Answer(
        f"voice-{ended.start_ms}", ended.start_ms, ended.end_ms, understood.text, understood.pending, ended.generation
    )  # fmt: skip
