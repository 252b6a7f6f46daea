"""The live avatar's room of one call: opened when the call is answered, joined by the page, closed with it (design §3).

The server opens and stops it; the page joins and tells how it stands; sentences are given to it only while the page is in it.
Nothing here holds up the call or raises: what fails costs this rung, and the next one speaks. A page that has gone leaves the
room to the sweeper, which gives it some seconds to come back.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from avatars.models import AvatarSettings, LiveSession
from avatars.services import live_sessions, live_speaking
from avatars.services.live_sessions import LiveRefused, SessionGone
from avatars.services.live_states import Reason
from avatars.services.speech import NothingToSay, TextTooLong
from interview_site.errors import ProviderError
from interview_site.held import Held
from interview_site.notify import live_group
from interviews.call import hints
from interviews.call.threads import StorageUnavailable, in_live, in_room, in_store
from interviews.models import Interview
from interviews.plan import Plan
from interviews.services import live_avatar

log = logging.getLogger(__name__)
Send = Callable[[dict[str, Any]], Awaitable[None]]
HEARTBEAT_S = 10.0
CONNECTED, LOST = "connected", "lost"  # words of the page: in the room, and out of it for good; others are on their way
FORWARDED = ("speak", "interrupt")  # what only a page in the room can tell the avatar
SILENCE = ("idle_warning", "active")  # the room will be closed for silence; it will not after all


class LiveRoom:
    """`send` takes a message of payloads.DOWN; `held` keeps the tasks, and ends them with the call.

    Without a plan that wants a live avatar it stays shut, and every verb does nothing.
    """

    def __init__(self, interview: Interview, send: Send, held: Held) -> None:
        self._interview, self._send, self._held = interview, send, held
        self._plan: Plan | None = None
        self._session: LiveSession | None = None
        self._is_opening = False
        self.is_connected = False

    @property
    def is_coming(self) -> bool:
        """It is being opened, or the page is on its way into it (again)."""
        return not self.is_connected and (self._is_opening or self._session is not None)

    def use(self, plan: Plan) -> None:
        """The plan of this call, before the first `open`."""
        self._plan = plan if plan.avatar.get("style") == AvatarSettings.Style.LIVE else None

    def open(self) -> None:
        """In the background; a room that is open already, of another socket of this interview, is used."""
        if self._plan is not None and self._session is None and not self._held.is_running("live"):
            self._is_opening = True
            self._held.start("live", self._live())

    async def _live(self) -> None:
        try:
            kinds = await in_store(partial(live_avatar.providers, self._interview, self._plan))
            if not kinds:
                return
            session = await in_room(partial(
                live_sessions.open_session, owner=f"interview:{self._interview.public_id}", provider=None,
                settings={**self._plan.avatar, "providers": kinds}, language=self._interview.language,
                purpose=LiveSession.Purpose.INTERVIEW,
            ))  # fmt: skip
            join = live_sessions.join(session)
        except (LiveRefused, SessionGone, StorageUnavailable) as refused:
            log.info("no live avatar", extra={"interview": self._interview.public_id, "fault": str(refused)[:60]})
            return
        finally:
            self._is_opening = False
        self._session = session
        self._held.start("live-beat", self._beat(session))
        await self._send({"type": "room", "session": session.public_id, "join": join.as_json()})
        if session.warned_at:
            await self._send(_event("idle_warning"))  # another socket of this interview was told
        await hints.follow(live_group(session.public_id), self._told)

    async def _beat(self, session: LiveSession) -> None:
        while True:
            try:
                await in_live(partial(live_sessions.heartbeat, session=session))
                if session.provider not in await in_store(partial(live_avatar.providers, self._interview, self._plan)):
                    # The consent to it was withdrawn; the last act, because it ends this very task.
                    await self._send({"type": "room", "session": session.public_id, "join": None})
                    self._close(Reason.HANG_UP)
                    return
            except SessionGone:
                await self._ended()
                return
            except StorageUnavailable:
                pass  # there is time for more than one
            await asyncio.sleep(HEARTBEAT_S)

    async def _told(self, event: dict[str, Any]) -> None:
        """An event of `interview_site.notify.live_event`."""
        kind = event.get("event")
        if kind in FORWARDED and self.is_connected:
            await self._send(_event(kind, event.get("text", ""), str(event.get("id", ""))))
        elif kind in SILENCE:
            await self._send(_event(kind))
        elif kind == "closed":
            await self._ended()

    async def _ended(self) -> None:
        """The session is over: whoever ended it. The page leaves the room; the next rung speaks."""
        if self._session is not None:
            await self._send({"type": "room", "session": self._session.public_id, "join": None})
        self._session, self.is_connected = None, False

    def page_is(self, session: str, state: str) -> None:
        """How the page stands in the room; words about another room change nothing."""
        if self._session is None or session != self._session.public_id:
            return
        self.is_connected = state == CONNECTED
        if state == LOST:
            log.warning("the live room was lost", extra={"interview": self._interview.public_id})
            self._close(Reason.ROOM_GONE)

    async def say(self, text: str) -> int | None:
        """Let the avatar say it; about how long it takes in ms. None without a room, or without anything to say.

        Raises ProviderError and StorageUnavailable.
        """
        session = self._session
        if session is None or not self.is_connected:
            return None
        try:
            said = await in_live(partial(live_speaking.say, session=session, text=text, language=self._interview.language))
        except SessionGone:
            await self._ended()
            return None
        except (NothingToSay, TextTooLong):
            return None
        return said.duration_ms

    def hush(self) -> None:
        """The avatar was interrupted: the page has muted it already; a provider that can is told."""
        if self._session is not None and self.is_connected:
            self._held.start("live-hush", self._hushed(self._session))

    async def _hushed(self, session: LiveSession) -> None:
        try:
            await in_live(partial(live_speaking.interrupt, session=session))
        except (ProviderError, SessionGone, StorageUnavailable) as error:
            log.info("not interrupted", extra={"interview": self._interview.public_id, "fault": type(error).__name__})

    def somebody_speaks(self) -> None:
        """The candidate's voice: the room is not idle."""
        if self._session is not None:
            self._held.start("live-active", self._active(self._session))

    async def _active(self, session: LiveSession) -> None:
        with suppress(StorageUnavailable):
            await in_live(partial(live_sessions.mark_active, session=session))

    async def close(self, reason: str) -> None:
        """The interview is over or rests: nothing is paid for an empty room."""
        self._held.stop("live")
        if self._session is not None:
            session = self._session.public_id
            self._close(reason)
            await self._send({"type": "room", "session": session, "join": None})

    def _close(self, reason: str) -> None:
        session, self._session, self.is_connected = self._session, None, False
        self._held.stop("live-beat")
        self._held.start("live-close", in_live(partial(live_sessions.close_soon, session=session, reason=reason)))

    async def left(self) -> None:
        """The page has gone, perhaps for a moment: soon nobody waits for it any more."""
        if self._session is not None:
            with suppress(StorageUnavailable):
                await in_live(partial(live_sessions.page_left, session=self._session))


def _event(kind: str, text: str = "", number: str = "") -> dict[str, Any]:
    """A `room_event` of payloads.DOWN."""
    return {"type": "room_event", "event": kind, "text": text, "id": number}
