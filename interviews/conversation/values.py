"""What crosses the border of the core: turns, facts, events and effects, all frozen values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

AVATAR, CANDIDATE = "avatar", "candidate"
VOICE, TYPED = "voice", "typed"
ASKED, BEGUN = "asked", "begun"  # a model's reply: awaited, or its first words stand and more may come

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
    source: str = ""  # which model and prompt found the words; "" for the script's own


@dataclass(frozen=True)
class Said(Draft):
    """A turn that is stored. `first_sentence` counts through the interview; None for the candidate's turns."""

    number: int = 0
    sentences: tuple[str, ...] = ()
    first_sentence: int | None = None
    at: datetime | None = None
    rung: str = ""
    falls: tuple[str, ...] = ()  # rungs that failed while it was said

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
    model: bool = False  # a language model may be asked: configured, agreed to, within its budget
    generation: int = 0  # how often it was asked in this interview; an outcome of an older asking is dropped
    awaits: str = ""  # ASKED, BEGUN, or "": no reply is awaited
    form_of_address: str = ""  # as HR wish the candidate to be addressed; empty: by the name


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
    is_last: bool = False  # "I have no (more) questions" was pressed behind it


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


@dataclass(frozen=True)
class Proposed:
    """What the model proposes to say next, or nothing (`act` "": late, failed, refused, nonsense, "move on").

    `act`: "ask" a follow-up, "rephrase" the question, "tell" the facts numbered in `facts` (from 1), "away" (the answer is
    about something else), "upset" (the candidate is not well). `text` is the first sentence or more; `more`: others may follow.
    """

    generation: int
    act: str = ""
    text: str = ""
    facts: tuple[int, ...] = ()
    more: bool = False
    source: str = ""


@dataclass(frozen=True)
class Continued:
    """The next words of a proposal that is being spoken; none of them, and no `more`: it has ended.

    `index`: how many sentences of it stood before."""

    generation: int
    index: int
    text: str = ""
    more: bool = False


Event = Joined | Typed | Answered | Done | Skip | Repeat | Pause | Resume | Offer | Proposed | Continued


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


@dataclass(frozen=True)
class Think:
    """Ask the model what to say next; its outcome comes back as Proposed with this `generation`.

    `about`: "answer" (a follow-up or the next question), "rephrase" or "tell" (a question of the candidate).
    """

    about: str
    question: str | None
    generation: int


@dataclass(frozen=True)
class NoteQuestion:
    """The candidate's question of this step becomes a task for the recruiter, whatever comes."""


@dataclass(frozen=True)
class Told:
    """The latest noted question was answered with HR's own words; `fact` is what was said."""

    fact: str


Effect = Hush | Resend | SetPaused | Finish | Hold | Notify | Think | NoteQuestion | Told


@dataclass(frozen=True)
class Step:
    """What one event leads to. `refused` is a code when the event could not be accepted; then nothing else is set.

    `extension`: words added to the avatar's latest turn. `awaits`: see Facts; None: as before, or "" when a turn was added.
    """

    turns: tuple[Draft, ...] = ()
    effects: tuple[Effect, ...] = ()
    refused: str = ""
    duplicate: bool = False
    extension: str = ""
    awaits: str | None = None


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


def extend(turns: Sequence[Said], text: str, *, split: Split) -> Said:
    """The avatar's latest turn with `text` behind it; its sentences so far keep their numbers."""
    last = next(turn for turn in reversed(turns) if turn.speaker == AVATAR)
    return replace(last, text=f"{last.text} {text}", sentences=(*last.sentences, *split(text)))
