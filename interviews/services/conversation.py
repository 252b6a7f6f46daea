"""The conversation with its rows: one transaction an event, effects afterwards (design §5).

`advance` locks the interview's row, reads its turns, lets the pure core decide, stores the new turns and moves the state,
all in one transaction. What is to be said comes back as an Outcome and is run by the caller after the commit; whatever dies
then is made good by the next `join`, which says again what was not heard.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from interviews.conversation.core import step
from interviews.conversation.standing import Standing, standing
from interviews.conversation.values import (
    BEGUN,
    CANDIDATE,
    Continued,
    Effect,
    Event,
    Finish,
    Joined,
    NoteQuestion,
    Resend,
    Said,
    SetPaused,
    Step,
    Think,
    Told,
    Typed,
    settle,
)
from interviews.models import Interview, Turn
from interviews.plan import Plan
from interviews.services import asked, completion, seats
from interviews.services.conversation_rows import facts_of, interview_rows, locked, plan_of
from interviews.services.policies import policy
from interviews.services.sentences import split
from interviews.services.states import move
from interviews.services.turns import add, lengthen, said

State = Interview.State
PAUSED_BECAUSE = {"paused_by_silence": gettext_noop("nothing was heard for a while")}
RUNGS = ("live", "clip", "local", "voice", "text")  # the ladder, from the top (design §3)
CAN_FALL = ("live", "clip")  # what only the page can see failing


class NotOpen(Exception):
    """The interview is not in a state in which anything can be said; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(f"the interview is {state}")
        self.state = state


@dataclass(frozen=True)
class Sentence:
    """One sentence to be said; `number` counts through the interview."""

    number: int
    turn: int
    kind: str
    text: str
    last: bool  # of its turn
    falls: tuple[str, ...] = ()  # rungs that are not to be tried for it


@dataclass(frozen=True)
class Outcome:
    """What stands after the event was committed, and what is to be done about it."""

    interview: Interview
    plan: Plan
    turns: Sequence[Said]
    new: Sequence[Said] = ()
    say: Sequence[Sentence] = ()
    effects: Sequence[Effect] = ()
    refused: str = ""
    duplicate: bool = False
    rung_failures: Mapping[str, int] = field(default_factory=dict)  # rung → turns in which it failed
    awaits: bool = False  # a model's reply is to come, or more of it
    continues: bool = False  # `say` belongs to the reply that is being spoken
    standing: Standing = field(default_factory=lambda: Standing("new"))


def join(interview_id: int, device: str, *, last_sentence: int = -1, by_force: bool = False) -> tuple[Outcome, datetime]:
    """Sit down and hear: greeting and first question, or what of the open turns was not heard; with the seat's time stamp.

    `last_sentence` is what this page has heard to its end, −1 for nothing. Raises seats.Elsewhere and NotOpen.
    """
    with transaction.atomic():
        interview = locked(interview_id)
        if interview.is_finished and interview.state != State.COMPLETED:
            raise NotOpen(interview.state)
        seen_at = seats.take(interview_id, device, by_force=by_force)
        _heard(interview, last_sentence)
        return _advance(interview, Joined()), seen_at


def advance(interview_id: int, event: Event, device: str) -> Outcome:
    """Take one event of the device that holds the call. Raises seats.Elsewhere and NotOpen."""
    with transaction.atomic():
        interview = locked(interview_id)
        if interview.seat != device:
            raise seats.Elsewhere
        return _advance(interview, event)


def heard(interview_id: int, sentence: int, device: str) -> None:
    """The candidate heard `sentence` to its end. Late, doubled and impossible numbers change nothing."""
    with transaction.atomic():
        interview = locked(interview_id)
        if interview.seat == device:
            _heard(interview, sentence)


def fell(interview_id: int, sentence: int, rung: str, device: str) -> Outcome | None:
    """The page cannot play `sentence` as `rung` shows it: what is still to be heard is said again, by the next rung.

    What came before the sentence was heard. None when it is known already, was heard, or nothing of it is open any more.
    """
    with transaction.atomic():
        interview = locked(interview_id)
        turns = said(interview.pk)
        turn = next((turn for turn in turns if turn.first_sentence is not None and turn.last_sentence >= sentence), None)
        if interview.seat != device or rung not in CAN_FALL or turn is None or rung in turn.falls:
            return None
        if not turn.first_sentence <= sentence or sentence <= interview.heard_sentence:
            return None
        Turn.objects.filter(interview_id=interview_id, number=turn.number).update(falls=[*turn.falls, rung])
        _heard(interview, sentence - 1)
        plan, turns = plan_of(interview), said(interview.pk)
        now = standing(plan, turns, interview.language)
        if interview.state == State.PAUSED or all(one.number != turn.number for one in now.open_turns):
            return None
        say = [_sentence(one, number) for one, number in now.unheard(interview.heard_sentence)]
        return Outcome(interview, plan, turns, say=say, rung_failures=_failures(turns), standing=now)


def cut(interview_id: int, sentence: Sentence, heard_ms: int, device: str, *, again: bool) -> None:
    """The candidate interrupted: what came before `sentence` was heard, of it so much. Without `again` they had understood it."""
    with transaction.atomic():
        interview = locked(interview_id)
        if interview.seat != device:
            return
        turn = Turn.objects.filter(interview_id=interview_id, number=sentence.turn).first()
        if turn is not None:
            turn.marks = {**turn.marks, "cut": {"sentence": sentence.number, "heard_ms": heard_ms}}
            turn.save(update_fields=["marks"])
        _heard(interview, sentence.number - 1 if again else sentence.number)


def unheard(interview_id: int, device: str) -> Outcome | None:
    """What of the open turns was not heard, to be said again; None when there is nothing, or the seat is another's.

    A reply that was cut off while it was being written is brought to an end first, as for a page that comes back.
    """
    with transaction.atomic():
        interview = locked(interview_id)
        if interview.seat != device or interview.state != State.IN_PROGRESS:
            return None
        if interview.reply_state == BEGUN:
            return _advance(interview, Joined())
        plan, turns = plan_of(interview), said(interview.pk)
        now = standing(plan, turns, interview.language)
        say = [_sentence(one, number) for one, number in now.unheard(interview.heard_sentence)]
        return Outcome(interview, plan, turns, say=say, rung_failures=_failures(turns), standing=now) if say else None


def spoken_by(interview_id: int, turn: int, rung: str) -> None:
    """Remember which rung spoke a turn; the lowest one that had to help out stays."""
    higher = RUNGS[: RUNGS.index(rung)] if rung in RUNGS else ()
    Turn.objects.filter(interview_id=interview_id, number=turn, rung__in=("", *higher)).update(rung=rung)


def look(interview_id: int) -> Outcome:
    """The present standing, nothing changed."""
    interview = interview_rows().get(pk=interview_id)
    turns = said(interview.pk)
    plan = plan_of(interview)
    return Outcome(interview, plan, turns, standing=standing(plan, turns, interview.language))


def next_texts(outcome: Outcome) -> list[str]:
    """Sentences that will probably be said next, so that their speech can be prepared while the candidate answers."""
    now = outcome.standing
    if now.phase != "question" or now.question is None:
        return []
    facts = replace(facts_of(outcome.interview, outcome.turns), model=False)  # what the script would say: always needed at hand
    likely = step(outcome.plan, facts, outcome.turns, Typed(id="", text="…"), policy())
    language = outcome.interview.language
    return [sentence for draft in likely.turns if draft.speaker == "avatar" for sentence in split(draft.text, language)]


def _failures(turns: Sequence[Said]) -> Counter[str]:
    """How often each rung failed. A turn that was only shown is a failure of our own voice."""
    return Counter([rung for turn in turns for rung in turn.falls] + ["local" for turn in turns if turn.rung == "text"])


def would_think(outcome: Outcome, event: Event) -> tuple[Think, Sequence[Said]] | None:
    """What a model would be asked if `event` came now, and the turns it would see; None when the script would answer."""
    facts = facts_of(outcome.interview, outcome.turns)
    likely = step(outcome.plan, facts, outcome.turns, event, policy())
    think = next((effect for effect in likely.effects if isinstance(effect, Think)), None)
    if think is None:
        return None
    cut = partial(split, language=outcome.interview.language)
    return think, [*outcome.turns, *settle(outcome.turns, likely.turns, at=timezone.now(), split=cut)]


# --- One step ------------------------------------------------------------------------------------------------------------


def _sentence(turn: Said, number: int) -> Sentence:
    index = number - (turn.first_sentence or 0)
    return Sentence(number, turn.number, turn.kind, turn.sentences[index], number == turn.last_sentence, turn.falls)


def _advance(interview: Interview, event: Event) -> Outcome:
    plan, turns = plan_of(interview), said(interview.pk)
    if interview.state not in Interview.LIVE and not _may_add(interview):
        raise NotOpen(interview.state)
    result = step(plan, facts_of(interview, turns), turns, event, policy())
    if interview.state == State.COMPLETED:
        # Only late additions come through here; nothing moves any more.
        result = replace(result, effects=tuple(one for one in result.effects if not isinstance(one, Finish | SetPaused)))
    new = add(interview, turns, result.turns, at=timezone.now())
    _note_questions(interview, new, result.effects)
    turns, added = _extended(interview, [*turns, *new], result.extension)
    now = standing(plan, turns, interview.language)
    _await(interview, result)
    _move(interview, result.effects, now)
    if any(isinstance(effect, Resend) for effect in result.effects):
        say = [_sentence(turn, number) for turn, number in now.unheard(interview.heard_sentence)]
    else:
        say = [_sentence(turn, turn.first_sentence + index) for turn in new for index in range(len(turn.sentences))] + added
    return Outcome(
        interview, plan, turns, new=new, say=say, effects=result.effects, refused=result.refused, duplicate=result.duplicate,
        rung_failures=_failures(turns), standing=now, awaits=bool(interview.reply_state),
        continues=isinstance(event, Continued),
    )  # fmt: skip


def _may_add(interview: Interview) -> bool:
    kept_for = timedelta(seconds=policy().addition_s)
    return (
        interview.state == State.COMPLETED
        and interview.completed_at is not None
        and timezone.now() - interview.completed_at < kept_for
    )


def _extended(interview: Interview, turns: list[Said], extension: str) -> tuple[list[Said], list[Sentence]]:
    """The turns with `extension` behind the avatar's latest one, and the sentences that came with it."""
    if not extension:
        return turns, []
    longer = lengthen(interview, turns, extension)
    before = next(turn for turn in turns if turn.number == longer.number)
    fresh = range(before.last_sentence + 1, longer.last_sentence + 1)
    return [longer if turn.number == longer.number else turn for turn in turns], [_sentence(longer, one) for one in fresh]


def _note_questions(interview: Interview, new: Sequence[Said], effects: Sequence[Effect]) -> None:
    """Tasks for the recruiter, in the transaction of the turn they are about."""
    for effect in effects:
        if isinstance(effect, NoteQuestion):
            turn = next(turn for turn in new if turn.speaker == CANDIDATE)
            asked.note(interview.pk, turn.number)
        elif isinstance(effect, Told):
            asked.told(interview.pk, effect.fact)


def _await(interview: Interview, result: Step) -> None:
    """Remember that a reply is awaited, or no longer: whoever joins next must know (conversation.thinking)."""
    think = next((effect for effect in result.effects if isinstance(effect, Think)), None)
    generation = think.generation if think else interview.reply_generation
    awaits = (result.awaits or "") if interview.state in Interview.LIVE else ""
    if (generation, awaits) != (interview.reply_generation, interview.reply_state):
        interview.reply_generation, interview.reply_state = generation, awaits
        Interview.objects.filter(pk=interview.pk).update(reply_generation=generation, reply_state=awaits)


def _move(interview: Interview, effects: Sequence[Effect], now: Standing) -> None:
    question = now.question.uuid if now.question else None
    Interview.objects.filter(pk=interview.pk).update(current_question=question, active_at=timezone.now())
    interview.current_question = question
    for effect in effects:
        if isinstance(effect, SetPaused):
            reason = PAUSED_BECAUSE.get(effect.reason, "")
            move(interview, State.PAUSED if effect.paused else State.IN_PROGRESS, reason=reason)
        elif isinstance(effect, Finish) and move(interview, State.COMPLETED):
            completion.completed(interview)


def _heard(interview: Interview, sentence: int) -> None:
    if sentence <= interview.heard_sentence:
        return
    most = max((turn.last_sentence for turn in said(interview.pk)), default=-1)
    if sentence <= most:
        Interview.objects.filter(pk=interview.pk, heard_sentence__lt=sentence).update(
            heard_sentence=sentence, active_at=timezone.now()
        )
        interview.heard_sentence = sentence
