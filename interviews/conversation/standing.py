"""Where the conversation stands, read from its turns alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interviews.conversation import commands
from interviews.conversation.values import AVATAR, CANDIDATE, VOICE, Said
from interviews.plan import Plan, PlanQuestion

# Avatar turns that open a new stretch: everything before them is closed.
ANCHORS = ("question", "invite_questions", "farewell")


@dataclass(frozen=True)
class Standing:
    """`phase`: "new", "question", "candidate_questions" or "over"."""

    phase: str
    question: PlanQuestion | None = None
    open_turns: tuple[Said, ...] = ()  # the anchor, what was said with it and everything since
    answered: bool = False  # the present question has at least one part of an answer
    skip_asked_at: datetime | None = None  # the avatar has asked whether to skip
    asked: frozenset[str] = frozenset()  # uuids

    def unheard(self, heard_sentence: int) -> list[tuple[Said, int]]:
        """Sentences of the open turns still to be heard: (turn, sentence number), in order."""
        return [
            (turn, turn.first_sentence + index)
            for turn in self.open_turns
            if turn.first_sentence is not None
            for index in range(len(turn.sentences))
            if turn.first_sentence + index > heard_sentence
        ]

    def in_sight(self) -> str:
        """What is to be answered now, as it was put last: the question, a follow-up, other words for it, or a reply."""
        spoken = [turn for turn in self.open_turns if turn.speaker == AVATAR]
        if self.phase != "candidate_questions":
            asking = ("question", "follow_up")
            spoken = [turn for turn in spoken if turn.kind in asking or (turn.kind == "repeat" and turn.source)]
        return spoken[-1].text if spoken else ""

    def last_spoken(self) -> Said | None:
        return next((turn for turn in reversed(self.open_turns) if turn.speaker == AVATAR), None)


def standing(plan: Plan, turns: Sequence[Said], language: str) -> Standing:
    """Read the turns. The anchor is the latest question, invitation to ask or farewell."""
    at = next((index for index in range(len(turns) - 1, -1, -1) if turns[index].kind in ANCHORS), None)
    if at is None:
        return Standing("new")
    anchor = turns[at]
    start = at
    # What was said in one breath with the anchor: the greeting, a bridge.
    while start and turns[start - 1].speaker == AVATAR and turns[start - 1].kind not in ANCHORS:
        start -= 1
    asked = frozenset(turn.question for turn in turns if turn.kind == "question" and turn.question)
    open_turns = tuple(turns[start:])
    if anchor.kind == "farewell":
        return Standing("over", open_turns=open_turns, asked=asked)
    if anchor.kind == "invite_questions":
        return Standing("candidate_questions", open_turns=open_turns, asked=asked)
    since = turns[at + 1 :]
    return Standing(
        "question",
        question=plan.question(anchor.question),
        open_turns=open_turns,
        answered=any(turn.kind == "answer" and turn.question == anchor.question for turn in since),
        skip_asked_at=_skip_asked_at(since, language),
        asked=asked,
    )


def _skip_asked_at(since: Sequence[Said], language: str) -> datetime | None:
    """When the last word between the two was "skip", answered by the question whether to skip; else None."""
    for before, after in zip(since, since[1:], strict=False):
        asked = before.kind == "command" and commands.recognise(before.text, language) in ("skip", "next")
        if asked and after.kind == "offer":
            return after.at
    return None


def voice_pending(turn: Said) -> bool:
    return turn.speaker == CANDIDATE and turn.input == VOICE and turn.text_state == "pending"
