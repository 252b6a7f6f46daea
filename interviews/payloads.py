"""Every JSON message of the interview socket, typed once (design §5, docs/architecture.md).

The TypedDicts below are the source; `specs` turns them into plain data, which `frontend/src/lib/payloads.js` mirrors and a test
compares. What arrives is data of a stranger (threats 8): `parse` checks types, lengths, NUL and lone surrogates. Fields it does
not know are ignored, so that a page newer than the server still works.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict, get_args, get_origin, get_type_hints

MOST_TYPED_CHARACTERS = 20_000
MOST_JSON_CHARACTERS = 2_000_000  # above it the socket closes with 1009; below it a too long text gets a clear answer

Id = Annotated[str, "id"]  # 1–64 of A–Z a–z 0–9 _ -
Uuid = Annotated[str | None, "uuid_or_null"]
Text = Annotated[str, "text"]  # not blank, at most 20,000 characters
Word = Annotated[str, "word"]  # a–z and _, at most 40
Sha256 = Annotated[str, "sha256"]
Count = Annotated[int, "count"]  # 0 … 2⁵³ − 1
Index = Annotated[int, "index"]  # −1 … 2⁵³ − 1
Flag = Annotated[bool, "flag"]
Items = Annotated[list[Any], "items"]
# Down only: what we make ourselves is not checked again.
String = Annotated[str, "string"]
Object = Annotated[dict[str, Any], "object"]
Nullable = Annotated[dict[str, Any] | None, "object_or_null"]


class Hello(TypedDict):
    """The first message of every socket. `last_sentence`: heard to its end by this page."""

    type: Literal["hello"]
    device: Id
    last_sentence: NotRequired[Index]
    takes: NotRequired[Items]


class TakeOver(TypedDict):
    type: Literal["take_over"]


class Spoken(TypedDict):
    type: Literal["spoken"]
    sentence: Count
    heard_ms: NotRequired[Count]


class Fell(TypedDict):
    """From `sentence` on, what `rung` was to show cannot be played: the next rung says it. What came before was heard."""

    type: Literal["fell"]
    sentence: Count
    rung: Word
    generation: Count


class Typed(TypedDict):
    """`more`: one part of an answer that goes on; without it the answer is complete and the conversation moves on."""

    type: Literal["typed"]
    id: Id
    text: Text
    question: NotRequired[Uuid]
    more: NotRequired[Flag]


class Done(TypedDict):
    type: Literal["done"]
    question: NotRequired[Uuid]


class Skip(TypedDict):
    type: Literal["skip"]
    question: NotRequired[Uuid]


class Repeat(TypedDict):
    type: Literal["repeat"]


class Pause(TypedDict):
    type: Literal["pause"]


class Resume(TypedDict):
    type: Literal["resume"]


class Thinking(TypedDict):
    type: Literal["thinking"]


class Telemetry(TypedDict):
    """`typing`: a sign of life. `first_sound`: the first sentence of a reply (`sentence`) can be heard now."""

    type: Literal["telemetry"]
    kind: Word
    ms: NotRequired[Count]
    sentence: NotRequired[Count]


class InRoom(TypedDict):
    """How the page stands in the live avatar's room: connecting, connected, reconnecting or lost."""

    type: Literal["room"]
    session: Id
    state: Word


class Take(TypedDict):
    """Start a take, or ask where it stands: the same `key` is the same take. `age_ms`: how long ago the page began it."""

    type: Literal["take"]
    device: Id
    key: NotRequired[Id]
    age_ms: NotRequired[Count]
    offset_hint_ms: NotRequired[Count]
    echo_cancellation: NotRequired[Flag]  # what the browser really does; absent: unknown
    noise_suppression: NotRequired[Flag]


class Finish(TypedDict):
    type: Literal["finish"]
    take: Count
    frames: Count
    sha256: Sha256


class State(TypedDict):
    """`phase`: speaking, listening, paused, finished. `question`: {uuid, index, text} or null (candidate's questions)."""

    type: Literal["state"]
    phase: Word
    question: Nullable
    progress: Object
    history: Items
    heard_sentence: Index
    input: Object
    language: Word


class Say(TypedDict):
    """The sentences `first` to `sentence`; `generation` grows with every new reply, older ones are dropped by the page.

    One sentence, but for a clip: `parts` then has a {text, start_ms, end_ms, words} for each, on the clip's clock.
    `by_presenter`: the drawn presenter may stand in for the clip's picture between two clips.
    """

    type: Literal["say"]
    sentence: Count
    first: Count
    turn: Count
    kind: Word
    text: String
    audio_url: String
    timeline_url: String
    clip_url: String
    parts: Items
    by_presenter: Flag
    duration_ms: Count
    rung: Word
    expression: Word
    generation: Count
    last: Flag


class Preload(TypedDict):
    """Addresses of clips that will probably be said next: to be fetched while the candidate answers."""

    type: Literal["preload"]
    clips: Items


class Listening(TypedDict):
    """The floor is the candidate's. `question` null: the candidate's questions, or none. `text`: what is to be answered."""

    type: Literal["listening"]
    question: Uuid
    text: String
    think_s: Count
    answer_s: Count
    generation: Count


class Progress(TypedDict):
    """The conversation has moved on. `question`: the one that is asked now, as in `state`; null after the last."""

    type: Literal["progress"]
    done: Count
    total: Count
    question: Nullable


class Notice(TypedDict):
    type: Literal["notice"]
    code: Word
    text: String


class StopSpeaking(TypedDict):
    type: Literal["stop_speaking"]
    generation: Count


class Room(TypedDict):
    """Join the live avatar's room (`join`: avatars.providers.live.LiveJoin), or with null leave it."""

    type: Literal["room"]
    session: String
    join: Nullable


class RoomEvent(TypedDict):
    """`event`: speak (`text`) or interrupt, what only a page in the room can tell the avatar; idle_warning, the avatar will leave
    for silence, or active, it will not."""

    type: Literal["room_event"]
    event: Word
    text: String
    id: String


class Duck(TypedDict):
    type: Literal["duck"]
    level: Annotated[float, "number"]


class TakeGiven(TypedDict):
    type: Literal["take"]
    take: Count
    next: Count


class Saved(TypedDict):
    type: Literal["saved"]
    take: Count
    next: Count


class FinishedTake(TypedDict):
    """The answer to `finish`. `missing`: [first, last] frame numbers; `reason`: "", missing, mismatch or hash."""

    type: Literal["finished_take"]
    take: Count
    complete: Flag
    missing: Items
    reason: String
    next: Count


class Final(TypedDict):
    """Words of the candidate are stored. `id`: of the typed message they came with, "" for speech."""

    type: Literal["final"]
    turn: Count
    text: String
    id: String


class Elsewhere(TypedDict):
    """Another device holds the call; `id`: of the typed message that was therefore not taken, else ""."""

    type: Literal["elsewhere"]
    id: String


class Finished(TypedDict):
    type: Literal["finished"]
    receipt_url: String


class Error(TypedDict):
    """`retry_s` 0: sending the same again does not help. `id`: of the typed message it is about, else ""."""

    type: Literal["error"]
    code: Word
    text: String
    retry_s: Count
    id: String


UP_TYPES = (
    Hello, TakeOver, Spoken, Fell, Typed, Done, Skip, Repeat, Pause, Resume, Thinking, Telemetry, InRoom, Take, Finish,
)  # fmt: skip
DOWN_TYPES = (
    State, Say, Preload, Listening, Progress, Notice, StopSpeaking, Duck, TakeGiven, Saved, FinishedTake, Final,
    Elsewhere, Finished, Error, Room, RoomEvent,
)  # fmt: skip


def specs(types: tuple[type, ...]) -> dict[str, dict[str, str]]:
    """type → field → name of its kind, with "?" behind what may be absent."""
    return {get_args(hints["type"])[0]: _fields(hints) for hints in (get_type_hints(one, include_extras=True) for one in types)}


def _fields(hints: Mapping[str, Any]) -> dict[str, str]:
    fields = {}
    for name, hint in hints.items():
        if name == "type":
            continue
        optional = get_origin(hint) is NotRequired
        kind = (get_args(hint)[0] if optional else hint).__metadata__[0]
        fields[name] = kind + ("?" if optional else "")
    return fields


UP = specs(UP_TYPES)
DOWN = specs(DOWN_TYPES)


class BadMessage(Exception):
    """The message cannot be taken: `code` is one of call.texts; `id` of a typed one, else ""."""

    def __init__(self, code: str, message_id: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.id = message_id


_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[a-z_]{1,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_MOST_INTEGER = 2**53 - 1


def _is_integer(value: object, least: int) -> bool:
    return type(value) is int and least <= value <= _MOST_INTEGER


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_CHECKS = {
    "id": lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None,
    "uuid_or_null": lambda value: value is None or (isinstance(value, str) and _UUID.fullmatch(value) is not None),
    "text": _is_text,
    "word": lambda value: isinstance(value, str) and _WORD.fullmatch(value) is not None,
    "sha256": lambda value: isinstance(value, str) and _SHA256.fullmatch(value) is not None,
    "count": lambda value: _is_integer(value, 0),
    "index": lambda value: _is_integer(value, -1),
    "flag": lambda value: isinstance(value, bool),
    "items": lambda value: isinstance(value, list) and len(value) <= 100,
}


def parse(text: str) -> dict[str, Any]:
    """A checked message of one of UP's types, unknown fields dropped. Raises BadMessage."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("bad_message") from None
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise BadMessage("bad_message")
    fields = UP.get(value["type"])
    if fields is None:
        raise BadMessage("unknown_type")
    given_id = value.get("id")
    message_id = given_id if _CHECKS["id"](given_id) else ""
    message: dict[str, Any] = {"type": value["type"]}
    for name, kind in fields.items():
        if name not in value:
            if not kind.endswith("?"):
                raise BadMessage("bad_message", message_id)
            continue
        kind = kind.rstrip("?")
        if kind == "text" and isinstance(value[name], str) and len(value[name]) > MOST_TYPED_CHARACTERS:
            raise BadMessage("too_long", message_id)
        if kind == "text" and isinstance(value[name], str) and _FORBIDDEN.search(value[name]):
            raise BadMessage("bad_text", message_id)
        if not _CHECKS[kind](value[name]):
            raise BadMessage("bad_message", message_id)
        message[name] = value[name]
    return message
