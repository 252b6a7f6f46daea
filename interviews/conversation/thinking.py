"""The core's half of a model-led reply: when a model is asked, and what of its proposals is taken (design §5). Pure.

A step that asks stores the candidate's turn, answers with `Think` and leaves `awaits` set; the outcome comes back as `Proposed`
and, while a reply is still being written, `Continued`. Both carry the generation of their asking: when anything else was said
meanwhile they come too late and change nothing. An outcome with nothing in it lets the script go on in the same turn. Who joins
while a reply is awaited asks anew, so a killed process costs a moment and never a turn.
"""

from collections.abc import Sequence
from dataclasses import replace

from interviews.conversation import facts as known
from interviews.conversation import matching, proposals, script
from interviews.conversation.policy import Policy
from interviews.conversation.standing import Standing
from interviews.conversation.values import (
    ASKED,
    AVATAR,
    BEGUN,
    CANDIDATE,
    Continued,
    Draft,
    Effect,
    Facts,
    Hush,
    Proposed,
    Resend,
    Said,
    Step,
    Think,
    Told,
)
from interviews.conversation.wording import lines
from interviews.plan import Plan


class Thinking:
    """What `core._Mover` does about a model; the arguments of the step are its own."""

    plan: Plan
    facts: Facts
    turns: Sequence[Said]
    policy: Policy
    now: Standing

    def close(self, *turns: Draft, skipped: bool = False) -> Step:
        raise NotImplementedError

    # --- Asking --------------------------------------------------------------------------------------------------------

    def think(self, about: str, *turns: Draft, effects: tuple[Effect, ...] = ()) -> Step:
        question = self.now.question.uuid if self.now.question else None
        asking = Think(about, question, self.facts.generation + 1)
        return Step(turns, (Hush(), *effects, asking), awaits=ASKED)

    def after_answer(self, *turns: Draft) -> Step:
        """The answer is whole: a follow-up if a model may look for one, else the next question."""
        said = [turn for turn in (*self._own_turns(), *turns) if turn.kind == "answer"]
        has_words = any(turn.text.strip() for turn in said) and not any(turn.text_state == "pending" for turn in said)
        if has_words and self.facts.model and self.may_follow_up():
            return self.think("answer", *turns)
        return self.close(*turns)

    def may_follow_up(self) -> bool:
        """An adaptive question with follow-ups left, and time for one beside the questions that must still be asked."""
        question = self.now.question
        if question is None or question.mode != "adaptive" or self._follow_ups_used() >= question.follow_ups:
            return False
        if self.facts.now >= self.facts.deadline:
            return False
        ahead = sum(1 for other in self.plan.questions if other.required and other.uuid not in self.now.asked)
        needed = self.policy.question_reserve_s * (ahead + 1)
        return self.facts.elapsed_s + needed <= self.plan.time_budget_min * 60

    def explain(self, turn: Draft) -> Step:
        """ "I don't understand": other words for an adaptive question; a question asked word for word keeps its words."""
        question = self.now.question
        if question is None:
            return Step((turn, script.explained(self.facts, self._invitation(), None, index=0)), (Hush(),))
        asked = sum(1 for said in self._own_turns() if said.kind == "repeat")
        if asked >= self.policy.most_repeats:
            return Step((turn, script.line("offer", "not_clear", self.facts, question.uuid)), (Hush(),))
        if self.facts.model and question.mode == "adaptive":
            return self.think("rephrase", turn)
        return self._explained(turn)

    def may_tell(self) -> bool:
        return self.facts.model and bool(known.fact_lines(self.plan.facts))

    # --- The outcome ---------------------------------------------------------------------------------------------------

    def proposed(self, event: Proposed) -> Step:
        if not self._is_awaited(event.generation, ASKED):
            return Step()
        if self.now.phase == "candidate_questions":
            return self._told(event)
        last = next((turn for turn in reversed(self.turns) if turn.speaker == CANDIDATE), None)
        if last is not None and last.kind == "command":
            return self._rephrased(event)
        return self._followed_up(event)

    def continued(self, event: Continued) -> Step:
        """More words of a follow-up that is being said; what may not be said ends it."""
        if not self._is_awaited(event.generation, BEGUN):
            return Step()
        said = self.now.last_spoken()
        question = self.now.question
        if said is None or question is None or event.index != len(said.sentences):
            return Step()
        if event.more and not event.text:
            return Step()
        if event.text and event.index < proposals.MOST_SENTENCES:
            whole = f"{said.text} {event.text}"
            fault = proposals.follow_up_fault(self.plan, question, self._before(said), whole, self.facts.language)
            is_request = proposals.is_request(event.text)
            if not fault and (is_request or event.more):
                return Step(extension=event.text, awaits=BEGUN if event.more and not is_request else "")
        return self._ended(said)

    def joined_awaiting(self) -> Step:
        """A device came while a reply was awaited: a reply that was cut is brought to an end, else the model is asked again."""
        return Step() if self.facts.paused else self.awaited_again()

    def awaited_again(self) -> Step:
        if self.facts.awaits == ASKED:
            about = "tell" if self.now.phase == "candidate_questions" else self._about()
            return self.think(about)
        said = self.now.last_spoken()
        ended = self._ended(said) if said else Step()
        return Step(ended.turns, (*ended.effects, Resend()), awaits="")

    # --- Kinds of outcome ----------------------------------------------------------------------------------------------

    def _followed_up(self, event: Proposed) -> Step:
        question = self.now.question
        if question is None:
            return Step(awaits="")
        if event.act == "ask" and self.may_follow_up():
            fault = proposals.follow_up_fault(self.plan, question, self.turns, event.text, self.facts.language)
            is_request = proposals.is_request(event.text)
            if not fault and (is_request or (event.more and self._is_about_answer(event.text))):
                said = replace(script.follow_up(event.text, question.uuid), source=event.source)
                return Step((said,), (Hush(),), awaits=BEGUN if event.more and not is_request else "")
        if event.act == "upset" and not self.was_said("distress"):
            return Step((script.line("offer", "distress", self.facts, question.uuid),), (Hush(),))
        if event.act == "away" and not self._was_brought_back():
            return Step((script.away(self.facts, question.text, question.uuid),), (Hush(),))
        return self.close()

    def _rephrased(self, event: Proposed) -> Step:
        question = self.now.question
        if question is None:
            return Step(awaits="")
        if event.act == "rephrase":
            fault = proposals.rephrase_fault(self.plan, question, self.turns, event.text, self.facts.language)
            if not fault:
                index = sum(1 for turn in self.turns if turn.kind == "repeat")
                said = script.rephrased(self.facts, event.text, question.uuid, index=index)
                return Step((replace(said, source=event.source),), (Hush(),))
        return self._explained()

    def _told(self, event: Proposed) -> Step:
        """A question about the job: HR's own line when the model found one, else it stays with the recruiter."""
        index = sum(1 for said in self.now.open_turns if said.kind == "candidate_question") - 1
        fact = known.told(self.plan.facts, event.facts) if event.act == "tell" else ""
        if not fact:
            return Step((script.noted(self.facts, max(0, index)),), (Hush(),))
        said = replace(script.told(self.facts, fact, max(0, index)), source=event.source)
        return Step((said,), (Hush(), Told(fact)))

    def _explained(self, *turns: Draft) -> Step:
        question = self.now.question
        index = sum(1 for turn in self.turns if turn.kind == "repeat")
        said = script.explained(self.facts, self.asked_last(), question.uuid if question else None, index=index)
        return Step((*turns, said), (Hush(),))

    def _ended(self, said: Said) -> Step:
        """A reply whose words stop: when nothing in it can be answered, the next question follows at once."""
        return Step(awaits="") if proposals.is_request(said.text) else self.close()

    # --- Small facts ---------------------------------------------------------------------------------------------------

    def asked_last(self) -> str:
        """What is to be answered now: the latest follow-up, else the question itself."""
        own = [turn for turn in self._own_turns() if turn.kind == "follow_up"]
        if own:
            return own[-1].text
        return self.now.question.text if self.now.question else self._invitation()

    def was_said(self, name: str) -> bool:
        """Whether this line of the table was said since the present question was asked."""
        text = lines(self.facts.language)[name]
        return any(turn.text == text for turn in self._own_turns() if turn.speaker == AVATAR)

    def _was_brought_back(self) -> bool:
        lead = lines(self.facts.language)["away"]
        return any(turn.kind == "offer" and turn.text.startswith(lead) for turn in self._own_turns())

    def _about(self) -> str:
        last = next((turn for turn in reversed(self.turns) if turn.speaker == CANDIDATE), None)
        return "rephrase" if last is not None and last.kind == "command" else "answer"

    def _own_turns(self) -> list[Said]:
        question = self.now.question
        return [turn for turn in self.turns if question is not None and turn.question == question.uuid]

    def _follow_ups_used(self) -> int:
        return sum(1 for turn in self._own_turns() if turn.kind == "follow_up")

    def _invitation(self) -> str:
        anchor = next((turn for turn in self.now.open_turns if turn.kind == "invite_questions"), None)
        return anchor.text if anchor else lines(self.facts.language)["invite_questions"]

    def _before(self, said: Said) -> list[Said]:
        return [turn for turn in self.turns if turn.number != said.number]

    def _is_about_answer(self, text: str) -> bool:
        """Words before a question take up what the candidate said; anything else (an excuse, a greeting) is not said."""
        return matching.shares(text, [turn.text for turn in self._own_turns() if turn.kind == "answer"])

    def _is_awaited(self, generation: int, state: str) -> bool:
        return self.facts.awaits == state and generation == self.facts.generation and not self.facts.paused
