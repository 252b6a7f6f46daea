"""One step of the conversation: (plan, facts, turns so far, event) → (new turns, effects). Pure (design §5).

The caller commits the new turns before it runs an effect. What an event leads to stands in one step, the candidate's turn and
the avatar's reply to it together: a killed process leaves either nothing of it, and the page sends the event again, or all
of it, and the event sent again is recognised. So nothing is said twice and nothing is lost.
"""

from collections.abc import Sequence
from dataclasses import replace

from interviews.conversation import script, signals
from interviews.conversation.commands import recognise
from interviews.conversation.policy import Policy
from interviews.conversation.standing import Standing, standing, voice_pending
from interviews.conversation.thinking import Thinking
from interviews.conversation.values import (
    ASKED,
    CANDIDATE,
    TYPED,
    VOICE,
    Answered,
    Continued,
    Done,
    Draft,
    Effect,
    Event,
    Facts,
    Finish,
    Hold,
    Hush,
    Joined,
    NoteQuestion,
    Notify,
    Offer,
    Pause,
    Proposed,
    Repeat,
    Resend,
    Resume,
    Said,
    SetPaused,
    Skip,
    Step,
    Typed,
)
from interviews.conversation.wording import lines
from interviews.plan import Plan

Words = Typed | Answered


def step(plan: Plan, facts: Facts, turns: Sequence[Said], event: Event, policy: Policy | None = None) -> Step:
    """What `event` leads to. Never raises for an event that is late, doubled or out of place: it answers with nothing,
    or with `refused` ("deadline", "unknown_question") when the candidate must be told."""
    result = _Mover(plan, facts, turns, policy or Policy()).on(event)
    if result.awaits is not None:
        return result
    # Whatever was said since makes the awaited reply one for an older state of things.
    return replace(result, awaits="" if result.turns else facts.awaits)


class _Mover(Thinking):
    """Holds the arguments of one step; no state of its own survives it."""

    def __init__(self, plan: Plan, facts: Facts, turns: Sequence[Said], policy: Policy) -> None:
        self.plan, self.facts, self.turns, self.policy = plan, facts, turns, policy
        self.now: Standing = standing(plan, turns, facts.language)

    def on(self, event: Event) -> Step:
        if isinstance(event, Joined):
            return self.joined()
        if self.now.phase == "new":
            return Step()  # nothing was said yet: hello comes first
        if isinstance(event, Typed | Answered):
            return self.words(event)
        if self.now.phase == "over":
            return Step()
        if isinstance(event, Proposed):
            return self.proposed(event)
        if isinstance(event, Continued):
            return self.continued(event)
        if isinstance(event, Pause):
            return self.pause(event)
        if isinstance(event, Resume):
            return self.resume()
        if self.facts.paused:
            return Step()
        if isinstance(event, Done):
            return self.done(event.question)
        if isinstance(event, Skip):
            return self.skip(event.question, command=None)
        if isinstance(event, Repeat):
            return self.repeat()
        return self.offer(event)

    # --- Coming and going ----------------------------------------------------------------------------------------------

    def joined(self) -> Step:
        if self.now.phase != "new":
            if self._is_too_late() and self.now.phase == "question":
                return Step(refused="deadline")
            if self.facts.awaits and self.now.phase != "over":
                return self.joined_awaiting()
            return Step(effects=() if self.facts.paused else (Resend(),))
        if self.facts.now >= self.facts.deadline:
            return Step(refused="deadline")
        first = self.plan.questions[0]
        return Step((script.greeting(self.plan, self.facts), script.question(first)))

    def pause(self, event: Pause) -> Step:
        if self.facts.paused or (event.by_silence and not self._is_current(event.question)):
            return Step()
        if event.by_silence and self.now.phase == "candidate_questions":
            return self.farewell()  # everything was answered: silence here means "no questions"
        code = "paused_by_silence" if event.by_silence else "paused"
        return Step(effects=(Hush(), SetPaused(True, code), Notify(code)))

    def resume(self) -> Step:
        if not self.facts.paused:
            return Step()
        if self._is_too_late() and self.now.phase == "question":
            return Step(refused="deadline")
        if self.facts.awaits:
            going_on = self.awaited_again()
            return replace(going_on, effects=(SetPaused(False), *going_on.effects))
        if self.now.unheard(self.facts.heard_sentence):
            return Step(effects=(SetPaused(False), Resend()))
        return Step((self._question_again(going_on=True),), (SetPaused(False),))

    # --- The candidate's words -----------------------------------------------------------------------------------------

    def words(self, event: Words) -> Step:
        if event.id and any(turn.client_id == event.id for turn in self.turns):
            return Step(duplicate=True)
        if event.question is not None and not self._is_current(event.question):
            return self.addition(event)
        if self.now.phase == "over":
            return Step((self._turn("candidate_question", event, None),), (Notify("added"), NoteQuestion()))
        if self._is_too_late() and self.now.phase == "question":
            return Step(refused="deadline")
        woken: tuple[Effect, ...] = (SetPaused(False),) if self.facts.paused else ()
        command = recognise(event.text, self.facts.language) if event.text_state == "final" else None
        if command == "next" and self.facts.paused:
            return self._continued(event)
        result = self.command(command, event) if command else None
        if result is None:
            result = self.asked(event) if self.now.phase == "candidate_questions" else self.answer(event)
        return replace(result, effects=(*woken, *result.effects))

    def _continued(self, event: Words) -> Step:
        """ "Continue", typed while the call is paused: the same as the button."""
        resumed = self.resume()
        return Step((self._turn("command", event, self._uuid()), *resumed.turns), resumed.effects)

    def addition(self, event: Words) -> Step:
        """Words for a question that is closed: kept with its answer, the conversation does not move."""
        if event.question not in self.now.asked:
            return Step(refused="unknown_question")
        added = self._turn("answer", event, event.question)
        if self.facts.awaits == ASKED and not self.facts.paused:
            asked_anew = self.joined_awaiting()
            return replace(asked_anew, turns=(added, *asked_anew.turns), effects=(Notify("added"), *asked_anew.effects))
        return Step((added,), (Notify("added"),), awaits=self.facts.awaits)

    def answer(self, event: Words) -> Step:
        turn = self._turn("answer", event, self._uuid())
        is_part = event.more if isinstance(event, Typed) else not event.complete
        if is_part:
            return Step((turn,))
        noticed = signals.noticed(event.text)
        if noticed and not self.was_said(noticed):
            return Step((turn, script.line("offer", noticed, self.facts, self._uuid())), (Hush(),))
        return self.after_answer(turn)

    def asked(self, event: Words) -> Step:
        """A question of the candidate: noted for the recruiter, never answered with something made up."""
        turn = self._turn("candidate_question", event, None)
        asked = sum(1 for said in self.now.open_turns if said.kind == "candidate_question")
        if voice_pending(Said(**vars(turn))):
            # Nobody knows yet whether this was a question or "no": asking again could go on for ever.
            return self._noting(self.farewell(turn, script.line("reply", "noted_pending", self.facts)))
        if isinstance(event, Answered) and event.is_last:
            return self._noting(self.farewell(turn, script.line("reply", "noted_pending", self.facts)))
        if asked + 1 >= self.policy.most_candidate_questions:
            return self._noting(self.farewell(turn))
        if self.may_tell():
            return self._noting(self.think("tell", turn))
        return self._noting(Step((turn, script.noted(self.facts, asked)), (Hush(),)))

    def _noting(self, result: Step) -> Step:
        """The question is with the recruiter in the same step, whatever becomes of an answer."""
        return replace(result, effects=(*result.effects, NoteQuestion()))

    def command(self, command: str, event: Words) -> Step | None:
        """A whole text that is a command; None when here it is an answer ("no" to a question of the plan)."""
        turn = self._turn("command", event, self._uuid())
        asking = self.now.phase == "candidate_questions"
        if command == "repeat":
            return Step((turn, *self._said_again()), (Hush(),))
        if command == "explain":
            return self.explain(turn)
        if command == "pause":
            return Step((turn,), (Hush(), SetPaused(True, "paused"), Notify("paused")))
        if command == "thinking":
            return Step((turn,), (Hold(), Notify("thinking")))
        if asking:
            return None if command == "yes" else self.farewell(turn)
        if self.now.skip_asked_at and not self.now.answered and command in ("yes", "no"):
            if command == "yes":
                return self.close(self._turn("skip", event, self._uuid()), skipped=True)
            return Step((turn, script.line("offer", "kept_question", self.facts, self._uuid())), (Hush(),))
        if command == "next" and self.now.answered:
            return self.close(turn)
        if command == "done":
            return self.after_answer(turn) if self.now.answered else Step((turn,), (Notify("nothing_yet"),))
        if command in ("skip", "next"):
            return self.skip(self._uuid(), command=event)
        return None

    # --- Buttons -------------------------------------------------------------------------------------------------------

    def done(self, question: str | None) -> Step:
        if not self._is_current(question):
            return Step()  # said of a question that is closed: the same press twice
        if self.now.phase == "candidate_questions":
            return self.farewell()
        if self.facts.awaits:
            return Step()  # the same press twice: the reply is on its way
        return self.after_answer() if self.now.answered else Step(effects=(Notify("nothing_yet"),))

    def skip(self, question: str | None, command: Words | None) -> Step:
        """A required question asks back once, kindly; the second time it is skipped and recorded so."""
        if not self._is_current(question):
            return Step()
        if self.now.phase == "candidate_questions":
            return self.farewell()
        if self.now.answered:
            return self.close(*([self._turn("command", command, self._uuid())] if command else []))
        current = self.now.question
        if current and current.required and self.now.skip_asked_at is None:
            turn = self._turn("command", command, self._uuid())
            return Step((turn, script.line("offer", "confirm_skip", self.facts, self._uuid())), (Hush(),))
        asked_at = self.now.skip_asked_at
        if command is None and asked_at and (self.facts.now - asked_at).total_seconds() < self.policy.double_press_s:
            return Step()  # the same press came twice
        return self.close(self._turn("skip", command, self._uuid()), skipped=True)

    def repeat(self) -> Step:
        last = self.turns[-1]
        pressed = last.kind == "repeat" and last.at is not None and last.last_sentence > self.facts.heard_sentence
        if pressed and (self.facts.now - last.at).total_seconds() < self.policy.double_press_s:
            return Step()
        return Step(self._said_again(), (Hush(),))

    def offer(self, event: Offer) -> Step:
        if not self._is_current(event.question):
            return Step()
        if self.now.phase == "candidate_questions":
            name = "offer_questions"
        else:
            name = "offer_first" if event.time == 1 else "offer_second"
        return Step((script.line("offer", name, self.facts, self._uuid()),))

    # --- Moving on -----------------------------------------------------------------------------------------------------

    def close(self, *turns: Draft, skipped: bool = False) -> Step:
        """The present question is closed: a bridge and the next question, or the candidate's questions."""
        closed, asked = self._uuid() or "", len(self.now.asked)
        if self.facts.now >= self.facts.deadline:
            return self.farewell(*turns, script.line("reply", "deadline_over", self.facts, closed))
        left = [question for question in self.plan.questions if question.uuid not in self.now.asked]
        due = [question for question in left if question.required] if self._is_over_budget() else left
        is_shortened = len(due) < len(left) and not self._was_told_of_time()
        if due:
            if is_shortened:
                said = script.line("reply", "time_is_short", self.facts, closed)
            else:
                is_last = len(due) == 1 and len(self.plan.questions) > 2
                said = script.bridge(self.facts, closed=closed, index=asked, skipped=skipped, is_last=is_last)
            return Step((*turns, said, script.question(due[0])), (Hush(),))
        invite = script.line("invite_questions", "invite_questions", self.facts)
        if is_shortened:
            return Step((*turns, script.line("reply", "time_is_over", self.facts, closed), invite), (Hush(),))
        return Step((*turns, invite), (Hush(),))

    def farewell(self, *turns: Draft) -> Step:
        return Step((*turns, script.farewell(self.plan, self.facts)), (Hush(), Finish()))

    # --- Small facts ---------------------------------------------------------------------------------------------------

    def _uuid(self) -> str | None:
        return self.now.question.uuid if self.now.question else None

    def _is_current(self, question: str | None) -> bool:
        return question is None or question == self._uuid()

    def _is_too_late(self) -> bool:
        """The deadline stops new answers, not the one being given (threats 16)."""
        return (self.facts.now - self.facts.deadline).total_seconds() > self.policy.deadline_grace_s

    def _is_over_budget(self) -> bool:
        return self.facts.elapsed_s > self.plan.time_budget_min * 60

    def _was_told_of_time(self) -> bool:
        told = lines(self.facts.language)["time_is_short"]
        return any(turn.text == told for turn in self.turns if turn.speaker != CANDIDATE)

    def _question_again(self, *, going_on: bool = False) -> Draft:
        index = sum(1 for turn in self.turns if turn.kind == "repeat")
        return script.repeat(self.facts, self.asked_last(), self._uuid(), index=index, going_on=going_on)

    def _said_again(self) -> tuple[Draft, ...]:
        """The question once more; asked for again and again, other ways on are offered with it, once."""
        again = self._question_again()
        repeats = sum(1 for turn in self._own_turns() if turn.kind == "repeat")
        if repeats < self.policy.most_repeats or self.was_said("many_repeats"):
            return (again,)
        return (again, script.line("offer", "many_repeats", self.facts, self._uuid()))

    def _turn(self, kind: str, event: Words | None, question: str | None) -> Draft:
        if event is None:  # a pressed button: the transcript shows its words
            label = lines(self.facts.language)["skip_label"]
            return Draft(speaker=CANDIDATE, kind=kind, text=label, question=question)
        if isinstance(event, Typed):
            return Draft(CANDIDATE, kind, event.text, question, input=TYPED, client_id=event.id)
        return Draft(
            CANDIDATE, kind, event.text, question, input=VOICE, client_id=event.id,
            text_state=event.text_state, start_ms=event.start_ms, end_ms=event.end_ms,
        )  # fmt: skip
