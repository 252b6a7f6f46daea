"""The seam to the voice half: who listens to one call (design §4).

The consumer hands binary frames and the messages `take` and `finish` to a Listener; the Listener tells the call what it heard by
the events below. `Call.hear` takes them. The conversation itself knows nothing of frames.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from transcription.turn_taking import Pace

Send = Callable[[dict[str, Any]], Awaitable[None]]  # a message of payloads.DOWN to the page


@dataclass(frozen=True)
class SpeechStarted:
    """The candidate began to speak: cues stand still."""

    at_ms: int  # on the recording's clock


@dataclass(frozen=True)
class SpeechEnded:
    """The candidate fell silent; the answer may go on."""

    at_ms: int


@dataclass(frozen=True)
class AnswerEnded:
    """A stretch of an answer; `complete`: the turn has ended. `id` is unique in the interview, so that it is stored once."""

    id: str
    start_ms: int
    end_ms: int
    text: str = ""
    text_state: str = "pending"
    complete: bool = True
    generation: int = 0  # of the `MayEnd` it belongs to, if there was one
    age_ms: int | None = None  # since the last voice of it; None where a button ended it
    marks: Mapping[str, int] = field(default_factory=dict)  # what happened to it since then (services.latency)


@dataclass(frozen=True)
class MayEnd:
    """The answer so far may be all of it: time to work ahead with its words. Nothing made of them may be sent, shown or
    heard before an `AnswerEnded` of the same `generation`."""

    text: str
    generation: int


@dataclass(frozen=True)
class SpeechResumed:
    """It was a pause: whatever was made for a generation older than this one is void."""

    generation: int


@dataclass(frozen=True)
class NothingSaid:
    """What sounded like an answer was a noise, or the avatar's own words heard back: the silence goes on."""


@dataclass(frozen=True)
class VoiceOnset:
    """Somebody may be speaking while the avatar does."""


@dataclass(frozen=True)
class FalseAlarm:
    """Nobody wanted to interrupt: a cough, «угу»."""


@dataclass(frozen=True)
class Interrupted:
    """Somebody speaks in earnest while the avatar does; given the floor, their words are the beginning of an answer."""


HeardEvent = (
    SpeechStarted | SpeechEnded | AnswerEnded | MayEnd | SpeechResumed | NothingSaid | VoiceOnset | FalseAlarm | Interrupted
)
Tell = Callable[[HeardEvent], Awaitable[None]]


class Listener(Protocol):
    """One call's ear (`hearing.CallEar`). No method raises for bad input; what is wrong goes down as `error`."""

    async def frame(self, data: bytes) -> None:
        """One binary message of the socket, header included."""

    async def take(self, message: dict[str, Any]) -> None: ...

    async def finish(self, message: dict[str, Any]) -> None: ...

    async def floor(self, is_candidates: bool, pace: Pace | None = None) -> None:
        """Whose turn it is: an answer is looked for only while the floor is the candidate's, at the pace of the question."""

    def avatar_says(self, text: str) -> None:
        """These words were sent to the page: heard back they are an echo, over them somebody may interrupt."""

    def avatar_stops(self) -> None:
        """The avatar was silenced."""

    async def answer_so_far(self) -> AnswerEnded | None:
        """ "I'm done" was pressed: what was said since the last event, or None when there was nothing."""

    async def close(self) -> None:
        """Flush and let go; may be called twice."""
