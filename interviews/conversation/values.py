"""What crosses the border of the core: turns, facts, events and effects, all frozen values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

AVATAR, CANDIDATE = "avatar", "candidate"
VOICE, TYPED = "voice", "typed"

Split = Callable[[str], list[str]]  # text → its sentences


@dataclass(frozen=True)
class Draft:
    """A turn that was decided and not yet numbered. Kinds are those of `Turn.Kind`."""

    speaker: str
    kind: str
    text: str
    question: str | None = None  # uuid
    input: str = ""
    text_state: str = "final"
    start_ms: int | None = None  # on the recording's clock
    end_ms: int | None = None
    client_id: str = ""


@dataclass(frozen=True)
class Said(Draft):
    """A turn that is stored. `first_sentence` counts through the interview; None for the candidate's turns."""

    number: int = 0
    sentences: tuple[str, ...] = ()
    first_sentence: int | None = None
    at: datetime | None = None
    rung: str = ""

    @property
    def last_sentence(self) -> int:
        """Number of its last sentence; −1 when it has none."""
        return -1 if self.first_sentence is None else self.first_sentence + len(self.sentences) - 1


@dataclass(frozen=True)
class Facts:
    """What the core must know beside the plan and the turns. Times are aware datetimes, durations seconds."""

    language: str  # of the interview: "ru", "en" or "kk"
    name: str  # the candidate's, as HR wrote it
    seed: str  # varies the choice of bridges between interviews
    now: datetime
    deadline: datetime
    elapsed_s: float = 0.0  # active time since the start, pauses left out
    heard_sentence: int = -1
    paused: bool = False
    company: str = ""


# --- Events ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Joined:
    """A device holds the call and is ready to hear."""


@dataclass(frozen=True)
class Typed:
    """A typed text. `question` None means the present one; `more`: the answer goes on, this is one part of it."""

    id: str
    text: str
    question: str | None = None
    more: bool = False
    text_state: str = "final"


@dataclass(frozen=True)
class Answered:
    """A stretch of the candidate's speech. `complete`: the listener says that the turn has ended.

    `text` may be empty with `text_state` "pending": the sound is kept and the words come later.
    """

    start_ms: int
    end_ms: int
    id: str
    text: str = ""
    text_state: str = "pending"
    question: str | None = None
    complete: bool = True


@dataclass(frozen=True)
class Done:
    question: str | None = None


@dataclass(frozen=True)
class Skip:
    question: str | None = None


@dataclass(frozen=True)
class Repeat:
    pass


@dataclass(frozen=True)
class Pause:
    """`by_silence`: nobody was there for the last cue's time."""

    by_silence: bool = False
    question: str | None = None


@dataclass(frozen=True)
class Resume:
    pass


@dataclass(frozen=True)
class Offer:
    """The candidate has been silent for long: offer help. `question` guards against a late cue."""

    time: int  # 1 or 2
    question: str | None = None


Event = Joined | Typed | Answered | Done | Skip | Repeat | Pause | Resume | Offer


# --- Effects -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hush:
    """Stop what is being said now: the candidate has moved on."""


@dataclass(frozen=True)
class Resend:
    """Say again, without new turns, what was committed and not heard."""


@dataclass(frozen=True)
class SetPaused:
    paused: bool
    reason: str = ""


@dataclass(frozen=True)
class Finish:
    """The farewell stands in the transcript: the interview is completed."""


@dataclass(frozen=True)
class Hold:
    """The candidate asked for time: cues start again from zero."""


@dataclass(frozen=True)
class Notify:
    """One visual line; `code` names its text."""

    code: str


Effect = Hush | Resend | SetPaused | Finish | Hold | Notify


@dataclass(frozen=True)
class Step:
    """What one event leads to. `refused` is a code when the event could not be accepted; then nothing else is set."""

    turns: tuple[Draft, ...] = ()
    effects: tuple[Effect, ...] = ()
    refused: str = ""
    duplicate: bool = False


def settle(turns: Sequence[Said], drafts: Sequence[Draft], *, at: datetime, split: Split) -> list[Said]:
    """Number the drafts behind `turns` and cut the avatar's into sentences. Numbers start at 1, sentences at 0."""
    number = max((turn.number for turn in turns), default=0)
    sentence = max((turn.last_sentence for turn in turns), default=-1) + 1
    settled = []
    for draft in drafts:
        number += 1
        spoken = tuple(split(draft.text)) if draft.speaker == AVATAR else ()
        settled.append(Said(**vars(draft), number=number, sentences=spoken, first_sentence=sentence if spoken else None, at=at))
        sentence += len(spoken)
    return settled
