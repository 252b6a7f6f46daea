"""The socket `/ws/interview/<public_id>/`: a translator between messages and the call (design §5, style §5).

One method for each message; what it means is decided by `services.conversation`, what is done about it by `call.conduct`.
"""

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from interview_site.held import Held
from interview_site.notify import ainterview_changed, interview_group
from interviews import payloads
from interviews.call import gate, hints, texts
from interviews.call.conduct import RETRY_S, Call, receipt_url
from interviews.call.gate import Close, Refused
from interviews.call.hearing import CallEar, ear_for, may_deliver
from interviews.call.listening import HeardEvent
from interviews.call.threads import StorageUnavailable, in_store
from interviews.conversation.values import Done, Event, Pause, Repeat, Resume, Skip, Typed
from interviews.models import Interview
from interviews.services import conversation, late_texts, seats
from interviews.services.policies import policy
from transcription.recorder import CloseSocket

log = logging.getLogger(__name__)
# What may be said before hello, or by a device that does not hold the call: its sound is taken all the same (threats 15).
WITHOUT_SEAT = ("hello", "take_over", "take", "finish")


class InterviewConsumer(AsyncWebsocketConsumer):
    """`clock` gives monotonic seconds; tests hand in their own."""

    clock: Callable[[], float] = staticmethod(time.monotonic)
    channel_layer_alias = "unused"  # see call.hints: a broker that is away must not end a call

    async def connect(self) -> None:
        self.public_id: str = self.scope["url_route"]["kwargs"]["public_id"]
        self.connection = secrets.token_hex(8)
        self.joined_us = 0  # when this socket took the seat; of two sockets of one device the later one stays
        self.held = Held()
        self.interview: Interview | None = None
        self.call: Call | None = None
        self.ear: CallEar | None = None
        self.device = ""
        self.last_sentence = -1
        self.seen_at: datetime | None = None
        self.is_closed = False
        await self.accept()
        try:
            gate.check_origin(self.scope)
            self.interview = await in_store(gate.admitted, self.public_id, gate.cookies_of(self.scope))
        except Refused as refused:
            await self.close(refused.code)
            return
        except StorageUnavailable:
            await self.close(Close.STORAGE)
            return
        self.bucket = gate.bucket_for(self.public_id)
        self.bucket.sockets += 1
        if self.bucket.sockets > gate.MOST_SOCKETS:
            await self.close(Close.TOO_FAST)
            return
        self.held.start("heart", self._beat())
        self.held.start("hints", hints.follow(interview_group(self.public_id), self._hinted))

    async def disconnect(self, code: int) -> None:
        self.is_closed = True
        await self.held.close()
        if self.interview is None:
            return
        self.bucket.sockets -= 1
        await self._end_call()
        if self.ear is not None:
            await self.ear.close()
        if self.seen_at is not None:
            try:
                await in_store(seats.leave, self.interview.pk, self.device, self.seen_at)
            except StorageUnavailable:
                return  # the seat frees itself after some seconds

    # --- Up ------------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.interview is None or self.is_closed:
            return
        if bytes_data is not None:
            await self._frame(bytes_data)
            return
        wait = self.bucket.take()
        if wait:
            await self._error("too_fast", retry_s=int(wait) + 1)
            await self.close(Close.TOO_FAST)
            return
        if len(text_data or "") > payloads.MOST_JSON_CHARACTERS:
            await self._error("too_long")
            await self.close(Close.TOO_BIG)
            return
        try:
            message = payloads.parse(text_data or "")
        except payloads.BadMessage as bad:
            await self._error(bad.code, message_id=bad.id)
            return
        await self._handle(message)

    async def _handle(self, message: dict[str, Any]) -> None:
        kind, message_id = message["type"], message.get("id", "")
        try:
            if self.call is None and kind not in WITHOUT_SEAT:
                await (self._elsewhere(message_id) if self.device else self._error("no_hello", message_id=message_id))
                return
            await getattr(self, f"on_{kind}")(message)
        except StorageUnavailable:
            log.warning("storage unavailable", extra={"interview": self.public_id})
            await self._error("storage", retry_s=RETRY_S, message_id=message_id)
            if kind in ("hello", "take_over"):
                await self.close(Close.STORAGE)  # the page comes back by itself and says hello again
        except seats.Elsewhere:
            await self._lost_seat(message_id)
        except conversation.NotOpen as closed:
            await self._not_open(closed.state, message_id)

    async def on_hello(self, message: dict[str, Any]) -> None:
        if self.device and self.device != message["device"]:
            await self._error("bad_message")  # one socket is one device
            return
        self.device = message["device"]
        self.last_sentence = message.get("last_sentence", -1)
        if self.ear is None:
            self.ear = await ear_for(self.interview, self._send, self._heard)
        try:
            await self._join(by_force=False)
        except seats.Elsewhere:
            await self._elsewhere("")
        finally:
            if self.ear is not None:
                await self.ear.resume(message.get("takes", []))

    async def on_take_over(self, message: dict[str, Any]) -> None:
        if not self.device:
            await self._error("no_hello")
        elif self.call is None:
            await self._join(by_force=True)

    async def on_typed(self, message: dict[str, Any]) -> None:
        await self.call.flush_voice()  # spoken and typed parts of an answer may be mixed
        event = Typed(message["id"], message["text"], message.get("question"), message.get("more", False))
        outcome = await self._event(event, message["id"])
        if not outcome.refused:
            turn = next(turn for turn in outcome.turns if turn.client_id == event.id)
            await self._send({"type": "final", "turn": turn.number, "text": turn.text, "id": event.id})

    async def on_done(self, message: dict[str, Any]) -> None:
        question = message.get("question")
        await self.call.flush_voice(is_last=question is None)
        await self._event(Done(question))

    async def on_skip(self, message: dict[str, Any]) -> None:
        await self._event(Skip(message.get("question")))

    async def on_repeat(self, message: dict[str, Any]) -> None:
        await self._event(Repeat())

    async def on_pause(self, message: dict[str, Any]) -> None:
        await self._event(Pause())

    async def on_resume(self, message: dict[str, Any]) -> None:
        await self._event(Resume())

    async def on_thinking(self, message: dict[str, Any]) -> None:
        await self.call.thinking()

    async def on_spoken(self, message: dict[str, Any]) -> None:
        await self.call.spoken(message["sentence"])

    async def on_fell(self, message: dict[str, Any]) -> None:
        await self.call.fell(message["sentence"], message["rung"], message["generation"])

    async def on_room(self, message: dict[str, Any]) -> None:
        self.call.page_in_room(message["session"], message["state"])

    async def on_telemetry(self, message: dict[str, Any]) -> None:
        if message["kind"] == "typing":
            await self.call.sign_of_life()
        elif message["kind"] == "first_sound" and "sentence" in message:
            await self.call.sounded(message["sentence"])

    async def on_take(self, message: dict[str, Any]) -> None:
        await (self.ear.take(message) if self.ear else self._error("no_voice" if self.device else "no_hello"))

    async def on_finish(self, message: dict[str, Any]) -> None:
        await (self.ear.finish(message) if self.ear else self._error("no_voice" if self.device else "no_hello"))

    async def _frame(self, data: bytes) -> None:
        if self.ear is None:
            await self._error("no_voice" if self.device else "no_hello")
            return
        try:
            await self.ear.frame(data)
        except CloseSocket as closing:
            await self.close(closing.close_code)

    async def _heard(self, event: HeardEvent) -> None:
        """Only the page that holds the call takes part in the conversation."""
        if self.call is not None:
            await self.call.hear(event)

    # --- The call ------------------------------------------------------------------------------------------------------

    async def _join(self, *, by_force: bool) -> None:
        await self._end_call()
        outcome, self.seen_at = await in_store(
            conversation.join, self.interview.pk, self.device, last_sentence=self.last_sentence, by_force=by_force
        )
        if outcome.refused:
            await self._refused(outcome.refused, "")
            return
        self.joined_us = round(self.seen_at.timestamp() * 1_000_000)
        log.info("call joined", extra={"interview": self.public_id, "turns": len(outcome.turns), "taken_over": by_force})
        self.call = Call(outcome.interview, self.device, self._send, self.clock)
        self.call.listener = self.ear
        # Any other socket looks again: another device has lost its seat, an older socket of this one is not needed.
        hint = {"device": self.device, "connection": self.connection, "joined_us": self.joined_us}
        self.held.start("tell", ainterview_changed(self.public_id, **hint))
        await self.call.begin(outcome)

    async def _event(self, event: Event, message_id: str = "") -> conversation.Outcome:
        outcome = await self.call.event(event)
        if outcome.refused:
            await self._refused(outcome.refused, message_id)
        return outcome

    async def _end_call(self) -> None:
        call, self.call = self.call, None
        if call is not None:
            call.listener = None  # the ear outlives the call: sound that was kept may still come
            await call.close()
        if self.ear is not None:
            await self.ear.floor(False)

    # --- Seat, link and state, looked at again -------------------------------------------------------------------------

    async def _hinted(self, hint: dict[str, Any]) -> None:
        """A hint of the channel layer (threats 6): nothing is believed, the rows are read."""
        if hint.get("connection") == self.connection:
            return
        if "turn" in hint:
            await self._tell_late_words(hint["turn"])
            return
        if hint.get("device") == self.device and "joined_us" in hint and self.call is not None:
            if hint["joined_us"] > self.joined_us:  # an older socket's hint may come late: it does not end a newer one
                await self._lost_seat("")
            return
        await self._check()

    async def _tell_late_words(self, number: int) -> None:
        """What was understood of an answer after the conversation had gone on."""
        if self.call is None:
            return
        try:
            text = await in_store(late_texts.words, self.interview.pk, number)
        except StorageUnavailable:
            return  # it stands there after the next join
        if text:
            await self._send({"type": "final", "turn": number, "text": text, "id": ""})

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(policy().heartbeat_s)
            await self._check()

    async def _check(self) -> None:
        """Is the link still good, the interview still on, the seat still ours? A revoked link ends the socket (threats 26)."""
        try:
            await in_store(gate.admitted, self.public_id, gate.cookies_of(self.scope))
            if self.ear is not None and not await in_store(may_deliver, self.interview):
                await self._deafen()
            if self.call is not None:
                self.seen_at = await in_store(seats.keep, self.interview.pk, self.device)
        except Refused as refused:
            await self._end_call()
            await self._error("not_open")
            await self.close(refused.code)
        except seats.Elsewhere:
            await self._lost_seat("")
        except conversation.NotOpen as closed:
            await self._not_open(closed.state, "")
        except StorageUnavailable:
            return  # looked at again with the next beat

    async def _deafen(self) -> None:
        """The consent to recording was withdrawn: not a frame more is taken; answers are typed from now on.

        Raises StorageUnavailable, seats.Elsewhere and conversation.NotOpen.
        """
        ear, self.ear = self.ear, None
        if self.call is not None:
            self.call.listener = None
        await ear.close()
        if self.call is not None:
            await self._join(by_force=False)  # the page is told anew how it stands: without a microphone

    # --- Down ----------------------------------------------------------------------------------------------------------

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Once; what the page still sends after it is not heard."""
        if not self.is_closed:
            self.is_closed = True
            # A bare int: autobahn refuses the enum that names the code, and the socket would stay open.
            await super().close(None if code is None else int(code), reason)

    async def _send(self, message: dict[str, Any]) -> None:
        if not self.is_closed:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))

    async def _error(self, code: str, *, retry_s: int = 0, message_id: str = "") -> None:
        text = texts.text(code, self.interview.language)
        await self._send({"type": "error", "code": code, "text": text, "retry_s": retry_s, "id": message_id})

    async def _elsewhere(self, message_id: str) -> None:
        await self._send({"type": "elsewhere", "id": message_id})

    async def _lost_seat(self, message_id: str) -> None:
        self.seen_at = None
        await self._elsewhere(message_id)
        await self._end_call()
        await self.close(Close.ELSEWHERE)

    async def _refused(self, code: str, message_id: str) -> None:
        await self._error(code, message_id=message_id)
        if code == "deadline":
            await self.close(Close.FORBIDDEN)

    async def _not_open(self, present: str, message_id: str) -> None:
        if present == Interview.State.COMPLETED:
            await self._send({"type": "finished", "receipt_url": receipt_url(self.interview)})
            return
        await self._error("not_open", message_id=message_id)
        await self.close(Close.FORBIDDEN)
