"""The voice half of a call: `transcription.Listener` behind the seam of `listening`, with this interview's consents.

Each socket has one, seat or no seat: a page that lost the call, or comes back after the end, still delivers the sound it kept
(threats 15, 16, 32). Only what is heard while the page holds the call becomes part of the conversation.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from interviews.call import listening
from interviews.call.state import voice_is_allowed
from interviews.call.threads import StorageUnavailable, in_store
from interviews.models import Consent, Interview, Turn
from interviews.plan import PlanError, from_json
from interviews.services import consents
from interviews.vocabulary import terms_of
from transcription.listener import Answer, Listener, Told
from transcription.policy import recording_policy
from transcription.services import takes
from transcription.turn_taking import Pace

log = logging.getLogger(__name__)


def may_deliver(interview: Interview) -> bool:
    """Recording was agreed to, and the interview is not over for too long."""
    late = timedelta(hours=recording_policy().late_hours)
    if interview.completed_at and timezone.now() - interview.completed_at > late:
        return False
    return voice_is_allowed(interview)


def permit(interview: Interview) -> None:
    """Write down what the recording may be used for: nobody's sound goes to a recogniser outside the company without consent
    to it (design §5), whichever engine would be next in line when it is heard. Who was not asked, or was asked for other data
    only, because there was no such engine then, did not agree. With it go the words that may come up."""
    inside = not consents.may_leave(interview, Consent.Data.VOICE)
    try:
        hints = terms_of(from_json(interview.version.plan).in_language(interview.language), company=settings.COMPANY_NAME)
    except PlanError:
        hints = ()
    try:
        takes.ensure_recording(
            interview.recording_key, language=interview.language, recognise=True, local_only=inside, hints=hints
        )
    except takes.TakeRefused:
        return  # erased: it takes nothing more anyway


class CallEar(Told):
    """A `listening.Listener` for one socket."""

    def __init__(self, interview: Interview, send: listening.Send, tell: listening.Tell) -> None:
        self._tell = tell
        self._interview = interview
        self._ear = Listener(interview.recording_key, interview.language, send, recognise=True, told=self)

    async def frame(self, data: bytes) -> None:
        """May raise transcription.recorder.CloseSocket."""
        await self._ear.frame(data)

    async def take(self, message: dict[str, Any]) -> None:
        await self._ear.take(message)

    async def finish(self, message: dict[str, Any]) -> None:
        await self._ear.finish(message)

    async def resume(self, numbers: list[Any]) -> None:
        await self._ear.resume(numbers)

    async def floor(self, is_candidates: bool, pace: Pace | None = None) -> None:
        if not is_candidates:
            self._ear.floor(False)
            return
        try:
            settled_at = await in_store(_last_turn_at, self._interview)
        except StorageUnavailable:
            self._ear.floor(True, pace)
            return
        await self._ear.give_floor(settled_at, pace)

    def avatar_says(self, text: str) -> None:
        self._ear.avatar_says(text)

    def avatar_stops(self) -> None:
        self._ear.avatar_stops()

    async def answer_so_far(self) -> listening.AnswerEnded | None:
        answer = await self._ear.answer_so_far()
        return None if answer is None else _ended(answer, complete=False)

    async def close(self) -> None:
        await self._ear.close()

    # --- Told by the Listener ------------------------------------------------------------------------------------------

    async def answer(self, answer: Answer) -> None:
        await self._tell(_ended(answer, complete=True))

    async def speech(self, started: bool, at_ms: int) -> None:
        await self._tell(listening.SpeechStarted(at_ms) if started else listening.SpeechEnded(at_ms))

    async def may_end(self, text: str, generation: int) -> None:
        await self._tell(listening.MayEnd(text, generation))

    async def goes_on(self, generation: int) -> None:
        await self._tell(listening.SpeechResumed(generation))

    async def nothing(self) -> None:
        await self._tell(listening.NothingSaid())

    async def onset(self) -> None:
        await self._tell(listening.VoiceOnset())

    async def false_alarm(self) -> None:
        await self._tell(listening.FalseAlarm())

    async def interrupted(self) -> None:
        await self._tell(listening.Interrupted())


async def ear_for(interview: Interview, send: listening.Send, tell: listening.Tell) -> CallEar | None:
    """None when there is no consent to recording. Raises StorageUnavailable."""
    if not await in_store(may_deliver, interview):
        return None
    await in_store(permit, interview)
    return CallEar(interview, send, tell)


def _last_turn_at(interview: Interview) -> datetime | None:
    last = Turn.objects.filter(interview_id=interview.pk).order_by("-number").first()
    return last.at if last else None


def _ended(answer: Answer, *, complete: bool) -> listening.AnswerEnded:
    state = "pending" if answer.pending else "final"
    return listening.AnswerEnded(
        answer.id, answer.start_ms, answer.end_ms, answer.text, state, complete, answer.generation, answer.age_ms, answer.marks
    )
