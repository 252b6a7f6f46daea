"""The voice half of a call: `transcription.Listener` behind the seam of `listening`, with this interview's consents.

Each socket has one, seat or no seat: a page that lost the call, or comes back after the end, still delivers the sound it kept
(threats 15, 16, 32). Only what is heard while the page holds the call becomes part of the conversation.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from interviews.call import listening
from interviews.call.state import voice_is_allowed
from interviews.call.threads import StorageUnavailable, in_store
from interviews.models import Consent, Interview, Turn
from transcription.engines.registry import configured_engine
from transcription.listener import Answer, Listener

log = logging.getLogger(__name__)
LATE_SOUND = timedelta(hours=24)  # sound that was recorded in time is taken for so long after the end


def may_deliver(interview: Interview) -> bool:
    """Recording was agreed to, and the interview is not over for longer than a day."""
    if interview.completed_at and timezone.now() - interview.completed_at > LATE_SOUND:
        return False
    return voice_is_allowed(interview)


def may_recognise(interview: Interview) -> bool:
    """Nobody's sound goes to a recogniser abroad against a refusal (design §5). No engine yet: decided as if it were remote."""
    refused = Consent.objects.filter(interview_id=interview.pk, kind=Consent.Kind.CROSS_BORDER).order_by("-pk").first()
    if refused is None or refused.given:
        return True
    engine = configured_engine()
    return engine is not None and engine.capabilities.is_local


class CallEar:
    """A `listening.Listener` for one socket."""

    def __init__(self, interview: Interview, send: listening.Send, tell: listening.Tell, *, recognise: bool) -> None:
        self._tell = tell
        self._interview = interview
        self._ear = Listener(
            interview.recording_key, interview.language, send, recognise=recognise, on_answer=self._answer, on_speech=self._speech
        )

    async def frame(self, data: bytes) -> None:
        """May raise transcription.recorder.CloseSocket."""
        await self._ear.frame(data)

    async def take(self, message: dict[str, Any]) -> None:
        await self._ear.take(message)

    async def finish(self, message: dict[str, Any]) -> None:
        await self._ear.finish(message)

    async def resume(self, numbers: list[Any]) -> None:
        await self._ear.resume(numbers)

    async def floor(self, is_candidates: bool) -> None:
        if not is_candidates:
            self._ear.floor(False)
            return
        try:
            settled_at = await in_store(_last_turn_at, self._interview)
        except StorageUnavailable:
            self._ear.floor(True)
            return
        await self._ear.give_floor(settled_at)

    async def answer_so_far(self) -> listening.AnswerEnded | None:
        answer = await self._ear.answer_so_far()
        return None if answer is None else _ended(answer, complete=False)

    async def close(self) -> None:
        await self._ear.close()

    async def _answer(self, answer: Answer) -> None:
        await self._tell(_ended(answer, complete=True))

    async def _speech(self, started: bool, at_ms: int) -> None:
        await self._tell(listening.SpeechStarted(at_ms) if started else listening.SpeechEnded(at_ms))


async def ear_for(interview: Interview, send: listening.Send, tell: listening.Tell) -> CallEar | None:
    """None when there is no consent to recording. Raises StorageUnavailable."""
    if not await in_store(may_deliver, interview):
        return None
    return CallEar(interview, send, tell, recognise=await in_store(may_recognise, interview))


def _last_turn_at(interview: Interview) -> datetime | None:
    last = Turn.objects.filter(interview_id=interview.pk).order_by("-number").first()
    return last.at if last else None


def _ended(answer: Answer, *, complete: bool) -> listening.AnswerEnded:
    state = "pending" if answer.pending else "final"
    return listening.AnswerEnded(answer.id, answer.start_ms, answer.end_ms, answer.text, state, complete)
