"""Our own presenter as a live provider: free, drawn in the page, heard by our own speech (design §3, docs/embedding.md)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from avatars.presenter.format import PRESENTERS
from avatars.providers import remedies
from avatars.providers.live import LiveCapabilities, LiveJoin, LiveProvider, LiveRequest, Note, Room, Spoken, Transport, no_note
from avatars.room_tokens import access_token
from avatars.services import local_rooms, presenters
from avatars.services.local_rooms import RoomGone
from interview_site.errors import Category, ProviderError

_GRACE = timedelta(minutes=1)  # the token outlives the session: its end is told by the room, not by a closed door


class LocalLiveProvider(LiveProvider):
    kind = "local"
    label = "local"
    live = LiveCapabilities(
        transport=Transport.LOCAL, interrupt=True, languages=("ru", "en", "kk"), lists_rooms=True, needs_key=False,
        costs_money=False,
    )  # fmt: skip

    def _open_room(self, request: LiveRequest, note: Note = no_note) -> Room:
        public_id = request.reference
        note(public_id)
        local_rooms.open_room(public_id=public_id, language=request.language, settings=_looks(request))
        expires_at = timezone.now() + timedelta(seconds=request.most_s) + _GRACE
        join = LiveJoin(
            Transport.LOCAL, url=room_address(public_id), access_token=access_token(public_id, expires_at),
            expires_at=expires_at,
        )  # fmt: skip
        return Room(public_id, join, expires_at=expires_at, reference=request.reference)

    def _find_room(self, reference: str) -> str | None:
        return reference if local_rooms.exists(reference) else None

    def _speak(self, room: Room, text: str, language: str) -> Spoken:
        """`duration_ms`: of all its sentences; the task is named after the last."""
        try:
            said = list(local_rooms.say(public_id=room.provider_id, text=text, language=language))
        except RoomGone:
            raise ProviderError(
                "the room is closed", category=Category.INVALID_REQUEST, provider=self.kind, code=remedies.ROOM_GONE
            ) from None
        return Spoken(str(said[-1].number) if said else "", sum(line.speech.duration_ms for line in said))

    def _interrupt(self, room: Room) -> None:
        local_rooms.interrupt(room.provider_id)

    def silences(self, room: Room) -> int:
        return local_rooms.silences(room.provider_id)

    def _close(self, room: Room) -> None:
        local_rooms.close(room.provider_id)

    def _is_open(self, room: Room) -> bool | None:
        return local_rooms.exists(room.provider_id)

    def _running(self) -> list[str]:
        return local_rooms.open_rooms()


def room_address(public_id: str) -> str:
    """Where a browser finds the room's socket."""
    base = urlsplit(settings.PUBLIC_BASE_URL)
    return f"{'wss' if base.scheme == 'https' else 'ws'}://{base.netloc}/ws/avatar/{public_id}"


def _looks(request: LiveRequest) -> dict[str, object]:
    """The profile's snapshot with what was asked for in particular."""
    chosen = dict(request.settings)
    if request.avatar_id in PRESENTERS or presenters.photo_named(request.avatar_id):
        chosen["presenter"] = request.avatar_id
    if request.voice:
        chosen["voice"] = request.voice
    return chosen
