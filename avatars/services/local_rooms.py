"""Rooms in which the local presenter speaks: rows are the truth, the channel layer only says "look again" (threats 1, 6).

A sentence is a row from the moment its sound is there until the room closes. Whoever shows the presenter reads what it has
not got yet; a lost hint, a page that comes back and another web process change nothing about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from avatars.models import LiveSession, LocalLine, LocalRoom, Speech
from avatars.services import speech, speech_cleanup
from avatars.speech.sentences import split_sentences
from avatars.speech.text import NothingToSay
from interview_site.notify import live_event

Viewer = str


class RoomGone(Exception):
    """The room was closed, or never was."""


@dataclass(frozen=True)
class News:
    """What a viewer has to learn. `generation`: all before it is void. `lines`: waiting sentences, in order."""

    is_seated: bool
    generation: int
    lines: list[LocalLine]


def open_room(*, public_id: str, language: str, settings: Mapping[str, Any]) -> LocalRoom:
    """The room of a session; asking twice gives the same one."""
    room, _made = LocalRoom.objects.get_or_create(
        public_id=public_id, defaults={"language": language, "settings": dict(settings)}
    )
    return room


def exists(public_id: str) -> bool:
    return LocalRoom.objects.filter(public_id=public_id).exists()


def open_rooms() -> list[str]:
    """The sessions' public_ids of all open rooms."""
    return list(LocalRoom.objects.values_list("public_id", flat=True))


def say(*, public_id: str, text: str, language: str = "") -> Iterator[LocalLine]:
    """Say a text sentence by sentence, each as soon as its sound is there; an interruption ends it quietly.

    Raises RoomGone, NothingToSay when no part of it can be spoken, TextTooLong, ProviderError.
    """
    room = _room(public_id)
    language = language or room.language
    spoken = False
    for sentence in split_sentences(text, language):
        try:
            made = speech.for_settings(room.settings, sentence.strip(), language)
        except NothingToSay:
            continue  # a line of dashes between two sentences
        spoken = True
        line = _add(room, made)
        if line is None:
            return
        live_event(public_id, "room")
        yield line
    if not spoken:
        raise NothingToSay


def interrupt(public_id: str, viewer: Viewer = "") -> None:
    """Be silent: what waits is void, and so is what is being made. A room that is gone is silent already.

    `viewer`: who asks, when it is a page; one that has lost the room to another silences nobody.
    """
    room = LocalRoom.objects.filter(public_id=public_id, **({"viewer": viewer} if viewer else {}))
    with transaction.atomic():
        if not room.update(generation=F("generation") + 1):
            return
        LocalLine.objects.filter(room__public_id=public_id, state=LocalLine.State.WAITING).update(state=LocalLine.State.VOID)
    live_event(public_id, "room")


def silences(public_id: str) -> int:
    """How often the room was silenced; 0 for one that is gone."""
    return LocalRoom.objects.filter(public_id=public_id).values_list("generation", flat=True).first() or 0


def close(public_id: str) -> None:
    """Let the room and its words go; its page is told. A room that is gone is fine.

    What was said in a chat or in the studio is kept nowhere: the speech that was made for it goes too.
    """
    made = _made_for(public_id)
    LocalRoom.objects.filter(public_id=public_id).delete()
    live_event(public_id, "room")
    speech_cleanup.forget_speech(made)


def _made_for(public_id: str) -> list[int]:
    """The speech that did not exist before this conversation; none where the words are the site's own."""
    if not LiveSession.objects.filter(public_id=public_id, purpose__in=LiveSession.PRIVATE).exists():
        return []
    lines = LocalLine.objects.filter(room__public_id=public_id, speech__created_at__gte=F("room__opened_at"))
    return list(lines.values_list("speech", flat=True))


# --- The page's side ---------------------------------------------------------------------------------------------------


def take_seat(public_id: str, viewer: Viewer) -> LocalRoom:
    """This connection shows the presenter from now on; the one before it learns so. Raises RoomGone."""
    if not LocalRoom.objects.filter(public_id=public_id).update(viewer=viewer):
        raise RoomGone
    live_event(public_id, "room")
    return _room(public_id)


def news(public_id: str, viewer: Viewer, *, after: int) -> News:
    """What this viewer has not got: sentences numbered above `after` that nobody has heard. Raises RoomGone."""
    room = LocalRoom.objects.filter(public_id=public_id).only("pk", "viewer", "generation", "said").first()
    if room is None:
        raise RoomGone
    if room.viewer != viewer:
        return News(False, room.generation, [])
    if room.said <= after + 1:  # nearly always: every viewer looks every few seconds
        return News(True, room.generation, [])
    waiting = room.lines.filter(number__gt=after, state=LocalLine.State.WAITING, generation=room.generation)
    return News(True, room.generation, list(waiting.select_related("speech").order_by("number")))


def heard(public_id: str, viewer: Viewer, number: int) -> bool:
    """The page played this sentence to its end; True the first time. Another viewer's word does not count."""
    lines = LocalLine.objects.filter(room__public_id=public_id, room__viewer=viewer, number=number, state=LocalLine.State.WAITING)
    return lines.update(state=LocalLine.State.HEARD) == 1


# --- Inside ------------------------------------------------------------------------------------------------------------


def _room(public_id: str) -> LocalRoom:
    room = LocalRoom.objects.filter(public_id=public_id).first()
    if room is None:
        raise RoomGone
    return room


def _add(room: LocalRoom, made: Speech) -> LocalLine | None:
    """The sentence with the next number; None when it was interrupted meanwhile. Raises RoomGone."""
    with transaction.atomic():
        # The update holds the room's row: numbers are given in the order in which sentences become visible.
        mine = LocalRoom.objects.filter(pk=room.pk, generation=room.generation).update(said=F("said") + 1)
        number = LocalRoom.objects.filter(pk=room.pk).values_list("said", flat=True).first()
        if number is None:
            raise RoomGone
        if not mine:
            return None
        return LocalLine.objects.create(room=room, number=number - 1, generation=room.generation, speech=made)
