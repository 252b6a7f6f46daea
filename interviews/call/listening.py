"""The seam to the voice half: who listens to one call (design §4).

The consumer hands binary frames and the messages `take` and `finish` to a Listener; the Listener tells the call what it heard by
the events below. `Call.hear` takes them. The conversation itself knows nothing of frames.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

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


HeardEvent = SpeechStarted | SpeechEnded | AnswerEnded
Tell = Callable[[HeardEvent], Awaitable[None]]


class Listener(Protocol):
    """One call's ear (`hearing.CallEar`). No method raises for bad input; what is wrong goes down as `error`."""

    async def frame(self, data: bytes) -> None:
        """One binary message of the socket, header included."""

    async def take(self, message: dict[str, Any]) -> None: ...

    async def finish(self, message: dict[str, Any]) -> None: ...

    async def floor(self, is_candidates: bool) -> None:
        """Whose turn it is: an answer is looked for only while the floor is the candidate's."""

    async def answer_so_far(self) -> AnswerEnded | None:
        """ "I'm done" was pressed: what was said since the last event, or None when there was nothing."""

    async def close(self) -> None:
        """Flush and let go; may be called twice."""
