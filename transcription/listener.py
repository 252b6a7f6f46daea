"""One call's ear: recorder, gate and segments together (design §4). Knows no Channels and no interviews.

    listener = Listener(key, "ru", send, recognise=True, on_speech=…, on_answer=…)
    await listener.take({"device": …, "key": …, "age_ms": …}) · await listener.frame(data) · await listener.finish({…})
    listener.floor(True) · await listener.answer_so_far() · await listener.close()

Sound is stored first; then it is listened to. Only the take this socket started last is the live one: it alone can begin or end
an answer. What is sent later (kept on the device through a dead network) gets its segments, never a turn of the conversation.
`frame` may raise CloseSocket; everything else is told to the page.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from transcription import messages
from transcription.engines.registry import configured_engine
from transcription.frames import FRAME_MS, Frame
from transcription.gate import AnswerEnded, AnswerWatch, Ear, EnergyEar, SpeechEnded, SpeechStarted
from transcription.recorder import Recorder, Send
from transcription.services import segments, storage, transcripts
from transcription.services.storage import StorageUnavailable
from transcription.services.takes import OpenTake

log = logging.getLogger(__name__)
TEXT_WAIT_S = 4.0  # for the words of an answer that has ended; then the conversation goes on without them
TEXT_LOOK_S = 0.2
LEAST_RESUMED_MS = 1_000


@dataclass(frozen=True)
class Answer:
    """A whole answer or one more part of it, on the recording's clock. `id` is unique in the recording."""

    id: str
    start_ms: int
    end_ms: int
    text: str
    pending: bool


OnAnswer = Callable[[Answer], Awaitable[None]]
OnSpeech = Callable[[bool, int], Awaitable[None]]  # started (or ended), at ms on the recording's clock


@dataclass
class _Hearing:
    """An ear on one take. `next`: first frame not heard; `from_ms`: what lies before it is heard from the file."""

    take: OpenTake
    ear: Ear
    next: int
    from_ms: int
    behind: bool = False  # a note was lost to the storage: hear the file again from what is noted


class Listener:
    def __init__(
        self,
        recording_key: str,
        language: str,
        send: Send,
        *,
        recognise: bool = False,
        on_answer: OnAnswer | None = None,
        on_speech: OnSpeech | None = None,
        make_ear: Callable[[], Ear] = EnergyEar,
        recorder: Recorder | None = None,
    ) -> None:
        self.recording_key = recording_key
        self.language = language
        self.recognise = recognise
        self._send = send
        self._on_answer = on_answer
        self._on_speech = on_speech
        self._make_ear = make_ear
        self._recorder = recorder or Recorder(recording_key, send, language=language, recognise=recognise)
        self._recorder._on_frame = self._hear
        self._watch = AnswerWatch()
        self._hearings: dict[int, _Hearing] = {}
        self._live: int | None = None
        self._live_offset_ms = 0
        self._tells: set[asyncio.Task] = set()
        self._works: asyncio.Queue[Awaitable[None]] = asyncio.Queue()
        self._worker: asyncio.Task | None = None
        self._had_floor = False
        self._closed = False

    # --- From the page -------------------------------------------------------------------------------------------------

    async def take(self, message: dict) -> None:
        """`take {device, key?, age_ms?, offset_hint_ms?}`: a start, or the question where a take stands."""
        hint = message.get("offset_hint_ms")
        take = await self._recorder.start(
            message["device"], key=message.get("key", ""), age_ms=message.get("age_ms", 0), offset_hint_ms=hint
        )
        # A take that began long ago is a leftover; the live one is the youngest.
        if take is not None and (self._live is None or take.offset_ms >= self._live_offset_ms):
            self._live, self._live_offset_ms = take.number, take.offset_ms

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
        hearing = self._hearings.get(message["take"])
        if result and result.complete and hearing:
            self._note(hearing, hearing.ear.flush())
            self._later(self._keep(hearing, [], hearing.next * FRAME_MS))

    # --- From the call -------------------------------------------------------------------------------------------------

    def floor(self, is_candidates: bool) -> None:
        """Whose turn it is: answers are looked for only while the floor is the candidate's."""
        live = self._hearings.get(self._live) if self._live is not None else None
        if not is_candidates:
            self._watch.close()
        elif live is not None and live.ear.speech_since_ms is not None:
            self._watch.open(live.take.offset_ms + live.ear.speech_since_ms)
        else:
            self._watch.open()

    async def give_floor(self, settled_at: datetime | None) -> None:
        """`floor(True)`, and an answer the connection was lost in goes on: it began when the floor was given before.

        `settled_at`: the last turn of the conversation. Less speech than LEAST_RESUMED_MS is a cough, not an answer.
        """
        self.floor(True)
        is_first, self._had_floor = not self._had_floor, True
        try:
            since = await storage.run(transcripts.floor_given, self.recording_key, settled_at)
            if not is_first or since is None:
                return
            heard_from = {hearing.take.id: hearing.from_ms for hearing in self._hearings.values()}
            said = await storage.run(transcripts.speech_since_moment, self.recording_key, since, heard_from)
        except StorageUnavailable:
            return  # the sound is there; only the turn will begin later
        if said is not None and said[2] >= LEAST_RESUMED_MS:
            self._watch.resume(said[0], said[1])

    async def answer_so_far(self, *, wait_s: float = 0.0) -> Answer | None:
        """ "I'm done": the answer as it stands, stored; None when nothing was said since the last one."""
        live = self._hearings.get(self._live) if self._live is not None else None
        now_ms = live.take.offset_ms + live.next * FRAME_MS if live else None
        ended = self._watch.take(now_ms)
        if live:
            self._note(live, live.ear.flush())  # the words so far need not wait for silence
        await self._recorder.stored()
        return None if ended is None else await self._answer(ended, wait_s)

    async def close(self) -> None:
        """Store what waits, keep the stretches heard so far; may be called twice."""
        if self._closed:
            return
        self._closed = True
        await self._recorder.close()
        for hearing in self._hearings.values():
            spans = [(event.start_ms, event.end_ms) for event in hearing.ear.flush() if isinstance(event, SpeechEnded)]
            self._later(self._keep(hearing, spans, hearing.next * FRAME_MS))
        # An answer being told may itself be what ends the call: a task does not wait for itself.
        tasks = [task for task in self._tells if task is not asyncio.current_task()]
        if self._worker and self._worker is not asyncio.current_task():
            await self._works.join()
            tasks.append(self._worker)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- Listening -----------------------------------------------------------------------------------------------------

    def _hear(self, take: OpenTake, frame: Frame) -> None:
        hearing = self._hearings.get(take.number)
        if hearing is None:
            hearing = _Hearing(take, self._make_ear(), frame.seq, frame.seq * FRAME_MS)
            self._hearings[take.number] = hearing
            hearing.behind = hearing.from_ms > take.segmented_ms
        if frame.seq < hearing.next:
            return  # sent again after a fault of the storage: heard already
        hearing.next = frame.seq + 1
        self._note(hearing, hearing.ear.feed(frame.pcm, frame.seq * FRAME_MS))

    def _note(self, hearing: _Hearing, events: list) -> None:
        """Segments for every take; turns of the conversation only from the live one."""
        offset = hearing.take.offset_ms
        spans = [(event.start_ms, event.end_ms) for event in events if isinstance(event, SpeechEnded)]
        if spans:
            self._later(self._keep(hearing, spans, spans[-1][1]))
        if hearing.take.number != self._live:
            return
        placed = [
            SpeechStarted(event.at_ms + offset)
            if isinstance(event, SpeechStarted)
            else SpeechEnded(event.start_ms + offset, event.end_ms + offset)
            for event in events
        ]
        for event in placed:
            if self._on_speech:
                started = isinstance(event, SpeechStarted)
                self._later(self._on_speech(started, event.at_ms if started else event.end_ms))
        ended = self._watch.hear(placed, offset + hearing.next * FRAME_MS)
        if ended is not None and self._on_answer:
            task = asyncio.create_task(self._safely(self._tell(ended)))
            self._tells.add(task)
            task.add_done_callback(self._tells.discard)

    async def _tell(self, ended: AnswerEnded) -> None:
        await self._recorder.stored()
        await self._works.join()  # its stretches are rows now
        await self._on_answer(await self._answer(ended, TEXT_WAIT_S))

    async def _answer(self, ended: AnswerEnded, wait_s: float) -> Answer:
        """The words if they come in time; a conversation never waits for a recogniser that is slow or away."""
        text, pending = "", True
        deadline = asyncio.get_running_loop().time() + wait_s
        while self.recognise and configured_engine() and not self._closed:
            try:
                found = await storage.run(transcripts.text_between, self.recording_key, ended.start_ms, ended.end_ms)
            except StorageUnavailable:
                break
            if found.pieces and not any(piece.state in ("queued", "running") for piece in found.pieces):
                text, pending = found.text, not found.text and found.failed
                break
            if asyncio.get_running_loop().time() >= deadline:
                break
            await asyncio.sleep(TEXT_LOOK_S)
        return Answer(f"voice-{ended.start_ms}", ended.start_ms, ended.end_ms, text, pending)

    async def _keep(self, hearing: _Hearing, spans: list[tuple[int, int]], heard_ms: int) -> None:
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
