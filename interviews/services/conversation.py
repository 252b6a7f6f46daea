"""The conversation with its rows: one transaction an event, effects afterwards (design §5).

`advance` locks the interview's row, reads its turns, lets the pure core decide, stores the new turns and moves the state,
all in one transaction. What is to be said comes back as an Outcome and is run by the caller after the commit; whatever dies
then is made good by the next `join`, which says again what was not heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from interviews.conversation.core import step
from interviews.conversation.standing import Standing, standing
from interviews.conversation.timekeeping import active_s
from interviews.conversation.values import Draft, Effect, Event, Facts, Finish, Joined, Resend, Said, SetPaused, Typed, settle
from interviews.models import Interview, InterviewPassage, PositionVersion, Turn
from interviews.plan import Plan, from_json
from interviews.services import completion, seats
from interviews.services.policies import policy
from interviews.services.sentences import split
from interviews.services.states import move

State = Interview.State
LOCK_TIMEOUT_MS = 2000


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
    rung_failures: int = 0
    standing: Standing = field(default_factory=lambda: Standing("new"))


@lru_cache(maxsize=256)
def _read_plan(version_id: int, fingerprint: str) -> Plan:
    """A version is never changed, so its plan may be kept; the fingerprint tells apart rows that had the same number."""
    return from_json(PositionVersion.objects.values_list("plan", flat=True).get(pk=version_id))


def join(interview_id: int, device: str, *, last_sentence: int = -1, by_force: bool = False) -> tuple[Outcome, datetime]:
    """Sit down and hear: greeting and first question, or what of the open turns was not heard; with the seat's time stamp.

    `last_sentence` is what this page has heard to its end, −1 for nothing. Raises seats.Elsewhere and NotOpen.
    """
    with transaction.atomic():
        interview = _locked(interview_id)
        if interview.is_finished and interview.state != State.COMPLETED:
            raise NotOpen(interview.state)
        seen_at = seats.take(interview_id, device, by_force=by_force)
        _heard(interview, last_sentence)
        return _advance(interview, Joined()), seen_at


def advance(interview_id: int, event: Event, device: str) -> Outcome:
    """Take one event of the device that holds the call. Raises seats.Elsewhere and NotOpen."""
    with transaction.atomic():
        interview = _locked(interview_id)
        if interview.seat != device:
            raise seats.Elsewhere
        return _advance(interview, event)


def heard(interview_id: int, sentence: int, device: str) -> None:
    """The candidate heard `sentence` to its end. Late, doubled and impossible numbers change nothing."""
    with transaction.atomic():
        interview = _locked(interview_id)
        if interview.seat == device:
            _heard(interview, sentence)


def spoken_by(interview_id: int, turn: int, rung: str) -> None:
    """Remember which rung spoke a turn; the lowest one that had to help out stays."""
    lower = {"text": ("", "local", "voice"), "voice": ("", "local")}.get(rung, ("",))
    Turn.objects.filter(interview_id=interview_id, number=turn, rung__in=lower).update(rung=rung)


def look(interview_id: int) -> Outcome:
    """The present standing, nothing changed."""
    interview = _rows().get(pk=interview_id)
    turns = _turns(interview)
    plan = _plan(interview)
    return Outcome(interview, plan, turns, standing=standing(plan, turns, interview.language))


def next_texts(outcome: Outcome) -> list[str]:
    """Sentences that will probably be said next, so that their speech can be prepared while the candidate answers."""
    now = outcome.standing
    if now.phase != "question" or now.question is None:
        return []
    facts = _facts(outcome.interview, outcome.turns)
    likely = step(outcome.plan, facts, outcome.turns, Typed(id="", text="…"), policy())
    language = outcome.interview.language
    return [sentence for draft in likely.turns if draft.speaker == "avatar" for sentence in split(draft.text, language)]


# --- One step ------------------------------------------------------------------------------------------------------------


def _rows() -> QuerySet[Interview]:
    return Interview.objects.select_related("candidate").annotate(plan_fingerprint=F("version__fingerprint"))


def _plan(interview: Interview) -> Plan:
    return _read_plan(interview.version_id, interview.plan_fingerprint)


def _locked(interview_id: int) -> Interview:
    """The row, locked until the transaction ends (SQLite: the IMMEDIATE transaction itself is the lock)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
    rows = _rows()
    if connection.features.has_select_for_update_of:
        return rows.select_for_update(of=("self",)).get(pk=interview_id)
    return rows.select_for_update().get(pk=interview_id)


def _advance(interview: Interview, event: Event) -> Outcome:
    plan, turns = _plan(interview), _turns(interview)
    if interview.state not in Interview.LIVE and not _may_add(interview):
        raise NotOpen(interview.state)
    result = step(plan, _facts(interview, turns), turns, event, policy())
    if interview.state == State.COMPLETED:
        # Only late additions come through here; nothing moves any more.
        result = replace(result, effects=tuple(one for one in result.effects if not isinstance(one, Finish | SetPaused)))
    new = _store(interview, turns, result.turns)
    turns = [*turns, *new]
    now = standing(plan, turns, interview.language)
    _move(interview, result.effects, now)
    if any(isinstance(effect, Resend) for effect in result.effects):
        say = [_sentence(turn, number) for turn, number in now.unheard(interview.heard_sentence)]
    else:
        say = [_sentence(turn, turn.first_sentence + index) for turn in new for index in range(len(turn.sentences))]
    return Outcome(
        interview, plan, turns, new=new, say=say, effects=result.effects, refused=result.refused, duplicate=result.duplicate,
        rung_failures=sum(1 for turn in turns if turn.rung == "text"), standing=now,
    )  # fmt: skip


def _may_add(interview: Interview) -> bool:
    kept_for = timedelta(seconds=policy().addition_s)
    return (
        interview.state == State.COMPLETED
        and interview.completed_at is not None
        and timezone.now() - interview.completed_at < kept_for
    )


def _store(interview: Interview, turns: Sequence[Said], drafts: Sequence[Draft]) -> list[Said]:
    new = settle(turns, drafts, at=timezone.now(), split=partial(split, language=interview.language))
    Turn.objects.bulk_create(
        Turn(
            interview=interview, number=turn.number, speaker=turn.speaker, kind=turn.kind, text=turn.text,
            text_state=turn.text_state, question_uuid=turn.question, sentences=list(turn.sentences),
            first_sentence=turn.first_sentence, input=turn.input, start_ms=turn.start_ms, end_ms=turn.end_ms,
            client_id=turn.client_id,
        )
        for turn in new
    )  # fmt: skip
    return new


def _move(interview: Interview, effects: Sequence[Effect], now: Standing) -> None:
    question = now.question.uuid if now.question else None
    Interview.objects.filter(pk=interview.pk).update(current_question=question, active_at=timezone.now())
    interview.current_question = question
    for effect in effects:
        if isinstance(effect, SetPaused):
            move(interview, State.PAUSED if effect.paused else State.IN_PROGRESS, reason=effect.reason)
        elif isinstance(effect, Finish) and move(interview, State.COMPLETED):
            completion.completed(interview)


def _heard(interview: Interview, sentence: int) -> None:
    if sentence <= interview.heard_sentence:
        return
    most = max((turn.last_sentence for turn in _turns(interview)), default=-1)
    if sentence <= most:
        Interview.objects.filter(pk=interview.pk, heard_sentence__lt=sentence).update(
            heard_sentence=sentence, active_at=timezone.now()
        )
        interview.heard_sentence = sentence


# --- Rows as values --------------------------------------------------------------------------------------------------------


def _turns(interview: Interview) -> list[Said]:
    return [
        Said(
            speaker=turn.speaker,
            kind=turn.kind,
            text=turn.text,
            question=str(turn.question_uuid) if turn.question_uuid else None,
            input=turn.input,
            text_state=turn.text_state,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            client_id=turn.client_id,
            number=turn.number,
            sentences=tuple(turn.sentences),
            first_sentence=turn.first_sentence,
            at=turn.at,
            rung=turn.rung,
        )
        for turn in Turn.objects.filter(interview_id=interview.pk).order_by("number")
    ]


def _sentence(turn: Said, number: int) -> Sentence:
    index = number - (turn.first_sentence or 0)
    return Sentence(number, turn.number, turn.kind, turn.sentences[index], last=number == turn.last_sentence)


def _facts(interview: Interview, turns: Sequence[Said]) -> Facts:
    now = timezone.now()
    return Facts(
        language=interview.language,
        name=interview.candidate.name,
        seed=interview.public_id,
        now=now,
        deadline=interview.deadline,
        elapsed_s=active_s([turn.at for turn in turns if turn.at], _pauses(interview), now),
        heard_sentence=interview.heard_sentence,
        paused=interview.state == State.PAUSED,
        company=settings.COMPANY_NAME,
    )


def _pauses(interview: Interview) -> list[tuple[datetime, datetime | None]]:
    """(from, to) of each pause; to is None for the present one."""
    pauses: list[tuple[datetime, datetime | None]] = []
    for new_state, at in InterviewPassage.objects.filter(interview_id=interview.pk).order_by("pk").values_list("new_state", "at"):
        if pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], at)
        if new_state == State.PAUSED:
            pauses.append((at, None))
    return pauses
