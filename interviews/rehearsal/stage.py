"""A whole conversation with a made-up candidate: the real core, real rows, a virtual clock, no sound (design §5).

Every step is committed before the next, as in a call, so a worker that is killed goes on at the same word.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from django.db import transaction

from interviews.conversation.core import step
from interviews.conversation.policy import Policy
from interviews.conversation.standing import Standing, standing
from interviews.conversation.timekeeping import active_s
from interviews.conversation.values import (
    AVATAR,
    Answered,
    Continued,
    Event,
    Facts,
    Finish,
    Joined,
    Proposed,
    Said,
    SetPaused,
    Step,
    Think,
)
from interviews.interviewer.mind import source_of
from interviews.models import Interview, RehearsedInterview, Turn
from interviews.rehearsal import replies
from interviews.rehearsal.candidate import Move, next_move
from interviews.rehearsal.personas import CHARACTERS_PER_S, words
from interviews.services.conversation_rows import facts_of, interview_rows, plan_of
from interviews.services.turns import add, lengthen, said

State, Ending = Interview.State, RehearsedInterview.Ending


class Stage:
    """Holds one part of a rehearsal; nobody else writes its rows while the lease is held."""

    def __init__(self, part: RehearsedInterview, *, policy: Policy, subject: str) -> None:
        self.part, self._policy, self._subject = part, policy, subject
        self.interview = interview_rows().get(pk=part.interview_id)
        self.plan = plan_of(self.interview)
        self.turns: list[Said] = said(self.interview.pk)
        self._words = words(part.persona, self.interview.language)
        self._tally = replies.Tally.from_json(part.replies)
        self._think: Think | None = None
        self._most_turns = 40 + 20 * len(self.plan.questions)

    @property
    def is_over(self) -> bool:
        return bool(self.part.ending)

    def play(self, *, goes_on: Callable[[], bool]) -> None:
        """Play until the conversation has ended, or `goes_on` (asked before each exchange) says no."""
        if not self.turns or self.interview.reply_state:
            self._take(Joined())  # nothing said yet, or cut while a reply was awaited: as any page that comes back
            self._reply()
        while not self.is_over and goes_on():
            move = self._next_move()
            if move.event is None or len(self.turns) > self._most_turns:
                self._end()
                return
            before = len(self.turns), self.interview.state
            self._take(self._timed(move))
            self._reply()
            if (len(self.turns), self.interview.state) == before:
                self._end()  # nothing moves any more

    # --- One exchange --------------------------------------------------------------------------------------------------

    def _next_move(self) -> Move:
        is_paused = self.interview.state == State.PAUSED
        return next_move(self._words, self.plan, self._now(), self.turns, paused=is_paused, policy=self._policy)

    def _timed(self, move: Move) -> Event:
        """The event at its time: the clock moves on by the silence and the speech before it."""
        starts_at = self.part.at + timedelta(seconds=move.waits_s)
        self.part.at = starts_at + timedelta(seconds=move.speaks_s)
        if not isinstance(move.event, Answered):
            return move.event
        start_ms = round((starts_at - self.interview.started_at).total_seconds() * 1000)
        return replace(move.event, start_ms=start_ms, end_ms=start_ms + round(move.speaks_s * 1000))

    def _reply(self) -> None:
        """What the model says to the latest step, piece by piece, as a call takes it."""
        think, self._think = self._think, None
        if think is None:
            return
        language = self.interview.language
        given = replies.pieces(
            think, self.plan, self.turns, language=language, subject=self._subject, policy=self._policy, tally=self._tally
        )
        source, is_first = source_of(think, language), True
        for piece in given:
            if is_first:
                self._take(Proposed(think.generation, piece.act, piece.text, piece.facts, piece.more, source))
            else:
                self._take(Continued(think.generation, self._sentences_said(), piece.text, piece.more))
            is_first = False
            if not self.interview.reply_state:
                break
        given.close()
        if self.interview.reply_state:
            self._take(Continued(think.generation, self._sentences_said()))  # it was cut: what stands is brought to an end
        self._save_tally()

    def _take(self, event: Event) -> None:
        """One step of the core, committed with everything that follows from it."""
        result = step(self.plan, self._facts(), self.turns, event, self._policy)
        self._think = next((effect for effect in result.effects if isinstance(effect, Think)), None)
        with transaction.atomic():
            letters = self._store(result)
            fields = self._after(result)
            Interview.objects.filter(pk=self.interview.pk).update(**fields)
            self.part.at += timedelta(seconds=letters / CHARACTERS_PER_S)
            self.part.save(update_fields=["at", "ending"])

    def _store(self, result: Step) -> int:
        """New turns at the virtual time; returns how many letters the avatar has to speak."""
        new = add(self.interview, self.turns, result.turns, at=self.part.at)
        numbers = [turn.number for turn in new]
        Turn.objects.filter(interview_id=self.interview.pk, number__in=numbers).update(at=self.part.at)
        self.turns = [*self.turns, *new]
        if result.extension:
            longer = lengthen(self.interview, self.turns, result.extension)
            self.turns = [longer if turn.number == longer.number else turn for turn in self.turns]
        return sum(len(turn.text) for turn in new if turn.speaker == AVATAR) + len(result.extension)

    def _after(self, result: Step) -> dict[str, object]:
        """The interview's row after this step; the made-up candidate hears everything."""
        interview = self.interview
        if self._think is not None:
            interview.reply_generation = self._think.generation
        interview.reply_state = result.awaits or ""
        interview.heard_sentence = max((turn.last_sentence for turn in self.turns), default=-1)
        for effect in result.effects:
            if isinstance(effect, SetPaused):
                interview.state = State.PAUSED if effect.paused else State.IN_PROGRESS
            elif isinstance(effect, Finish):
                interview.state, interview.completed_at, interview.reply_state = State.COMPLETED, self.part.at, ""
                self.part.ending = Ending.GOODBYE
        names = ("reply_generation", "reply_state", "heard_sentence", "state", "completed_at")
        return {name: getattr(interview, name) for name in names}

    def _end(self) -> None:
        """No goodbye: it waits for the candidate, as it should with somebody who is silent; or it goes round in circles."""
        is_paused = self.interview.state == State.PAUSED
        self.part.ending = Ending.WAITING if is_paused else Ending.ENDLESS
        with transaction.atomic():
            self.interview.state = State.ABANDONED
            Interview.objects.filter(pk=self.interview.pk).update(state=State.ABANDONED)
            self.part.save(update_fields=["ending"])

    # --- Small facts ---------------------------------------------------------------------------------------------------

    def _facts(self) -> Facts:
        now = self.part.at
        elapsed_s = active_s([turn.at for turn in self.turns if turn.at], (), now)
        return replace(facts_of(self.interview, ()), now=now, elapsed_s=elapsed_s, model=self.part.rehearsal.is_led)

    def _now(self) -> Standing:
        return standing(self.plan, self.turns, self.interview.language)

    def _sentences_said(self) -> int:
        last = self._now().last_spoken()
        return len(last.sentences) if last else 0

    def _save_tally(self) -> None:
        self.part.replies = self._tally.to_json()
        self.part.save(update_fields=["replies"])
