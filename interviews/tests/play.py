"""A conversation as a play, for tests of the pure core: the candidate says, the avatar says, the state follows."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from interviews.conversation.core import step
from interviews.conversation.policy import Policy
from interviews.conversation.standing import Standing, standing
from interviews.conversation.values import (
    Continued,
    Done,
    Event,
    Facts,
    Finish,
    Joined,
    NoteQuestion,
    Notify,
    Proposed,
    Resend,
    Said,
    SetPaused,
    Skip,
    Step,
    Think,
    Told,
    Typed,
    extend,
    settle,
)
from interviews.plan import Plan, PlanQuestion
from interviews.services.sentences import split

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TEXTS = ("First question? Take your time.", "Second question?", "Third question?")


def uuid(index: int) -> str:
    return str(UUID(int=index + 1))


def make_plan(*, required: tuple[bool, ...] = (True, True, True), follow_ups: int = 0, **fields: object) -> Plan:
    """`follow_ups` above 0 makes every question adaptive."""
    mode = "adaptive" if follow_ups else "verbatim"
    questions = tuple(
        PlanQuestion(uuid=uuid(index), text=TEXTS[index % 3], required=need, mode=mode, follow_ups=follow_ups)
        for index, need in enumerate(required)
    )
    return Plan(**{"title": "Engineer", "language": "en", "questions": questions, **fields})


@dataclass
class Play:
    """Holds what the rows would hold; `at` moves by ten seconds with each event unless told otherwise."""

    plan: Plan = field(default_factory=make_plan)
    language: str = "en"
    name: str = "Bob"
    policy: Policy = field(default_factory=Policy)
    deadline: datetime = START + timedelta(days=14)
    company: str = ""
    turns: list[Said] = field(default_factory=list)
    at: datetime = START
    heard: int = -1
    paused: bool = False
    finished: bool = False
    model: bool = False
    generation: int = 0
    awaits: str = ""
    thought: Think | None = None  # what the model was asked by the latest step
    noted: int = 0  # questions for the recruiter
    told: list[str] = field(default_factory=list)  # facts
    resent: list[int] = field(default_factory=list)
    _ids: int = 0

    def facts(self) -> Facts:
        return Facts(
            language=self.language, name=self.name, seed="seed", now=self.at, deadline=self.deadline,
            elapsed_s=(self.at - START).total_seconds(), heard_sentence=self.heard, paused=self.paused, company=self.company,
            model=self.model, generation=self.generation, awaits=self.awaits,
        )  # fmt: skip

    def now(self) -> Standing:
        return standing(self.plan, self.turns, self.language)

    def send(self, event: Event, *, after_s: float = 10) -> Step:
        self.at += timedelta(seconds=after_s)
        self.resent = []
        result = step(self.plan, self.facts(), self.turns, event, self.policy)
        self.turns += settle(self.turns, result.turns, at=self.at, split=lambda text: split(text, self.language))
        if result.extension:
            longer = extend(self.turns, result.extension, split=lambda text: split(text, self.language))
            self.turns = [longer if turn.number == longer.number else turn for turn in self.turns]
        self.awaits, self.thought = result.awaits or "", None
        for effect in result.effects:
            if isinstance(effect, SetPaused):
                self.paused = effect.paused
            elif isinstance(effect, Think):
                self.thought, self.generation = effect, effect.generation
            elif isinstance(effect, NoteQuestion):
                self.noted += 1
            elif isinstance(effect, Told):
                self.told.append(effect.fact)
            elif isinstance(effect, Finish):
                self.finished = True
            elif isinstance(effect, Resend):
                self.resent = [number for _turn, number in self.now().unheard(self.heard)]
        return result

    def join(self) -> "Play":
        self.send(Joined())
        return self

    def hear(self) -> "Play":
        """Everything said so far was heard."""
        self.heard = max((turn.last_sentence for turn in self.turns), default=-1)
        return self

    def types(self, text: str, **fields: object) -> Step:
        self._ids += 1
        return self.send(replace(Typed(f"t{self._ids}", text), **fields))

    def model_says(self, act: str = "", text: str = "", **fields: object) -> Step:
        """What the model proposes to the latest asking."""
        return self.send(Proposed(self.generation, act, text, **fields), after_s=1)

    def model_goes_on(self, text: str = "", **fields: object) -> Step:
        last = next(turn for turn in reversed(self.turns) if turn.speaker == "avatar")
        return self.send(Continued(self.generation, len(last.sentences), text, **fields), after_s=1)

    def presses_skip(self, **kwargs: float) -> Step:
        return self.send(Skip(self.current()), **kwargs)

    def presses_done(self) -> Step:
        return self.send(Done(self.current()))

    def current(self) -> str | None:
        question = self.now().question
        return question.uuid if question else None

    def script(self) -> list[str]:
        """Kinds of all turns, in order."""
        return [turn.kind for turn in self.turns]

    def said(self) -> str:
        """The avatar's latest words."""
        return next(turn.text for turn in reversed(self.turns) if turn.speaker == "avatar")


def notices(result: Step) -> list[str]:
    return [effect.code for effect in result.effects if isinstance(effect, Notify)]


# --- With a model ---

ANSWER = "We moved our billing service to a new database in three months."
FOLLOW_UP = "What was the hardest part of moving the database?"


def play_with(**fields: object) -> Play:
    """A model-led interview, joined; each question may have two follow-ups."""
    plan = fields.pop("plan", None) or make_plan(follow_ups=2)
    return Play(plan=plan, model=True, **fields).join()


def thinking(**fields: object) -> Play:
    """The first question was answered, the model is thinking."""
    play = play_with(**fields)
    play.types(ANSWER)
    return play
