"""What a made-up candidate does next, from the turns alone: so a rehearsal that was cut goes on where it was. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from interviews.conversation.policy import Policy
from interviews.conversation.standing import Standing
from interviews.conversation.values import AVATAR, CANDIDATE, Answered, Event, Offer, Pause, Said
from interviews.plan import Plan
from interviews.rehearsal.personas import CHARACTERS_PER_S, SILENT, Words

LONGEST_THINKING_S = 30.0
SHORTEST_WAIT_S = 1.0


@dataclass(frozen=True)
class Move:
    """`waits_s` of silence, then `speaks_s` of speech, then the event. `event` None: nothing more comes from this one."""

    event: Event | None = None
    waits_s: float = 0.0
    speaks_s: float = 0.0


def next_move(words: Words, plan: Plan, now: Standing, turns: Sequence[Said], *, paused: bool, policy: Policy) -> Move:
    """The candidate has the floor. Events carry no times: the caller's clock gives them."""
    if now.phase == "over" or paused:
        return Move()
    if words.persona.code == SILENT:
        return _silence(now, policy)
    if now.phase == "candidate_questions":
        return _asks(words, now)
    question = now.question
    if question is None:
        return Move()
    own = [turn for turn in turns if turn.question == question.uuid]
    said = sum(1 for turn in own if turn.speaker == CANDIDATE)
    thinks_s = SHORTEST_WAIT_S + min(LONGEST_THINKING_S, question.think_time_s * words.persona.thinks)
    if words.confused and question == plan.questions[0] and not said:
        return _spoken(words.confused, thinks_s, 0.0, turns)
    answers = [turn for turn in own if turn.speaker == CANDIDATE and turn.kind == "answer"]
    if not answers:
        text = words.answer(plan, question)
        return _spoken(text, thinks_s, question.answer_time_s * words.persona.talks, turns)
    text = words.follow_up(plan, question, len(answers) - 1)
    return _spoken(text, thinks_s / 2, question.answer_time_s * words.persona.talks / 2, turns)


def _silence(now: Standing, policy: Policy) -> Move:
    """Nothing is said: the cues of the call come at their times, and the last one pauses it."""
    question = now.question.uuid if now.question else None
    offered = sum(1 for turn in now.open_turns if turn.speaker == AVATAR and turn.kind == "offer")
    if offered == 0:
        return Move(Offer(1, question), waits_s=policy.first_offer_s)
    if offered == 1:
        return Move(Offer(2, question), waits_s=max(0.0, policy.second_offer_s - policy.first_offer_s))
    return Move(Pause(by_silence=True, question=question), waits_s=max(0.0, policy.pause_s - policy.second_offer_s))


def _asks(words: Words, now: Standing) -> Move:
    asked = sum(1 for turn in now.open_turns if turn.kind == "candidate_question")
    if asked < len(words.questions):
        return _spoken(words.questions[asked], SHORTEST_WAIT_S, 0.0, now.open_turns)
    return _spoken(words.no, SHORTEST_WAIT_S, 0.0, now.open_turns)


def _spoken(text: str, waits_s: float, least_s: float, turns: Sequence[Said]) -> Move:
    """An answer said aloud, by its length or by how much this one talks, whichever is longer."""
    number = max((turn.number for turn in turns), default=0)
    event = Answered(0, 0, f"rehearsal-{number}", text=text, text_state="final")
    return Move(event, waits_s, max(least_s, len(text) / CHARACTERS_PER_S))
