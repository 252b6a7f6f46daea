"""A2E's streaming avatars as live rooms (docs/contracts/a2e.md §7): the browser joins Agora, the server speaks by `channel`.

Coins for the whole window are taken with the token, and what is unused comes back with `leave`: the window asked for is never
longer than A2E_LIVE_WINDOW_S, and `leave` is tried by all three names that circulate before a stop counts as failed.
A2E lists no rooms and cannot interrupt: the page mutes.
"""

import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from avatars.providers import remedies
from avatars.providers.a2e import api, faults
from avatars.providers.a2e.api import A2EApi, Configuration
from avatars.providers.a2e.catalogue import live_characters
from avatars.providers.live import (
    LiveCapabilities,
    LiveJoin,
    LiveProvider,
    LiveRequest,
    Note,
    Room,
    Spoken,
    Transport,
)
from avatars.speech.sentences import sentence_pieces
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
MOST_CONTEXT = 5_000  # characters (contract §7.3)
MOST_CHARACTERS = 300  # a sentence-sized piece (contract §7.6)
# An estimate: A2E publishes no price of a minute (contract §9); PROVIDER_PRICES has the account's own.
MINUTE_COST = Decimal("0.10")
_MILLISECONDS = 10**11  # an epoch above this is one in milliseconds


class A2ELiveProvider(LiveProvider):
    kind = faults.KIND
    label = "A2E"

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__()
        self.configuration = configuration or Configuration.from_settings()
        self.api = A2EApi(self.configuration)
        self.live = LiveCapabilities(
            Transport.AGORA, languages=self.configuration.live_languages, minute_cost=MINUTE_COST, takes_context=True
        )

    def _open_room(self, request: LiveRequest, note: Note) -> Room:
        """One call, sent once: an answer that is lost may have cost the window, and no list tells (contract §7.2)."""
        avatar = request.avatar_id or self._usual_avatar()
        seconds = min(request.most_s, self.configuration.live_window_s)
        try:
            data = self.api.order(api.LIVE_TOKEN, {"avatar_id": avatar, "expire_seconds": seconds})
        except ProviderError as error:
            raise _occupied(error) from error
        room = _room(data, request.reference, seconds)
        note(room.provider_id)
        if request.context:
            self._before_anything_is_said(room, request.context)
        return room

    def _before_anything_is_said(self, room: Room, context: str) -> None:
        """A room without its knowledge still speaks our words: a refused context does not lose what was paid."""
        try:
            self._set_context(room, context)
        except ProviderError as error:
            log.warning("a2e took no context", extra={"room": room.provider_id, "category": str(error.category)})

    def _set_context(self, room: Room, text: str) -> None:
        self.api.ask(api.LIVE_CONTEXT, {"channel": room.provider_id, "text": text[:MOST_CONTEXT]})

    def _speak(self, room: Room, text: str, language: str) -> Spoken:
        """Sentence-sized pieces in order. Not repeated: words that were said would be said twice."""
        for piece in sentence_pieces(text, language, MOST_CHARACTERS):
            body = {"channel": room.provider_id, "text": piece}
            self.api.order(api.LIVE_SPEAK, body, within_s=self.configuration.live_speech_s)
        return Spoken()

    def ask(self, room: Room, text: str) -> None:
        """Let A2E answer from the room's context; the words come to the page only (contract §7.5). Not used in interviews."""
        body = {"channel": room.provider_id, "text": text[:MOST_CONTEXT]}
        self._called("ask", lambda: self.api.order(api.LIVE_ASK, body, within_s=self.configuration.live_speech_s))

    def _close(self, room: Room) -> None:
        """Safe to repeat, so it is asked again after a passing fault; a room it does not know costs nothing any more."""
        body = {"channel": room.provider_id}
        ways = (api.LIVE_LEAVE, *api.OTHER_LEAVES)
        for number, path in enumerate(ways):
            try:
                self.api.ask(path, body)
            except ProviderError as error:
                if error.code == remedies.ROOM_GONE:
                    return
                if error.code not in ("404", "405") or number + 1 == len(ways):
                    raise
                log.error("a2e does not know this way to leave a room", extra={"path": path, "room": room.provider_id})
                continue
            return

    def _is_open(self, room: Room) -> bool | None:
        """A2E cannot be asked; a room whose window is over is surely gone (contract §7.2)."""
        return False if room.expires_at and room.expires_at < datetime.now(UTC) else None

    def _usual_avatar(self) -> str:
        offered = live_characters(self.api)
        if not offered:
            raise faults.fault("no streaming avatar", Category.INVALID_REQUEST, code=remedies.AVATAR_MISSING)
        return offered[0].id


def _occupied(error: ProviderError) -> ProviderError:
    """All hosts busy is no fault of the service: it has a code of its own (contract §1.5)."""
    if error.category != Category.RATE_LIMIT or error.code != "busy":
        return error
    return faults.fault(
        error.log_text, Category.RATE_LIMIT, code=remedies.HOSTS_OCCUPIED, request_id=error.request_id,
        retry_after_s=error.retry_after_s, person_text=remedies.TEXTS[remedies.HOSTS_OCCUPIED],
    )  # fmt: skip


def _room(data: Any, reference: str, seconds: int) -> Room:
    """Raises ProviderError (server): a room without a channel cannot even be left."""
    found = data if isinstance(data, dict) else {}
    app_id, channel, token, uid = (found.get(name) for name in ("appId", "channel", "token", "uid"))
    known = isinstance(channel, str) and bool(channel)
    if not known or not isinstance(app_id, str) or not isinstance(token, str) or not str(uid).isdigit():
        raise faults.fault("the room cannot be joined", Category.SERVER, code="odd_answer")
    expires_at = _moment(found.get("expire_epoch_timestamp")) or datetime.now(UTC) + timedelta(seconds=seconds)
    join = LiveJoin(
        Transport.AGORA, access_token=token, app_id=app_id, channel=str(channel), uid=int(str(uid)), expires_at=expires_at
    )
    return Room(str(channel), join, {}, expires_at, reference)


def _moment(epoch: object) -> datetime | None:
    """Seconds, or milliseconds, since 1970; None when it is neither."""
    if isinstance(epoch, bool) or not isinstance(epoch, int | float) or epoch <= 0:
        return None
    try:
        return datetime.fromtimestamp(epoch / 1000 if epoch > _MILLISECONDS else epoch, UTC)
    except (OverflowError, OSError, ValueError):
        return None
