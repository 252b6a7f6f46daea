"""The messages `state` and `listening` and their parts, built in one place (design §5)."""

from typing import Any

from interviews.conversation.standing import Standing
from interviews.conversation.values import AVATAR, Said
from interviews.models import Consent, Interview
from interviews.services import consents
from interviews.services.conversation import Outcome


def phase(outcome: Outcome) -> str:
    """speaking, listening, paused or finished."""
    if outcome.interview.state == Interview.State.PAUSED:
        return "paused"
    if outcome.say:
        return "speaking"
    return "finished" if outcome.standing.phase == "over" else "listening"


def question(outcome: Outcome) -> dict[str, Any] | None:
    """{uuid, index, text} of the present question; null before the first and after the last one."""
    current = outcome.standing.question
    if current is None:
        return None
    return {"uuid": current.uuid, "index": outcome.plan.questions.index(current), "text": current.text}


def progress(outcome: Outcome) -> dict[str, int]:
    """Questions that are closed, of all."""
    total = len(outcome.plan.questions)
    if outcome.standing.phase == "question":
        return {"done": max(0, len(outcome.standing.asked) - 1), "total": total}
    return {"done": 0 if outcome.standing.phase == "new" else total, "total": total}


def history(outcome: Outcome) -> list[dict[str, Any]]:
    """Turns as text. Sentences of the open turns that were not heard are left out: they are (or will be) said."""
    open_numbers = {turn.number for turn in outcome.standing.open_turns}
    shown = []
    for turn in outcome.turns:
        text = _heard_text(turn, outcome.interview.heard_sentence) if turn.number in open_numbers else turn.text
        if text or turn.speaker != AVATAR:
            shown.append({"turn": turn.number, "speaker": turn.speaker, "kind": turn.kind, "text": text})
    return shown


def _heard_text(turn: Said, heard_sentence: int) -> str:
    if turn.first_sentence is None:
        return turn.text
    return " ".join(turn.sentences[: max(0, heard_sentence - turn.first_sentence + 1)])


def payload(outcome: Outcome, *, voice: bool) -> dict[str, Any]:
    """`voice`: the microphone is used in this call."""
    return {
        "type": "state",
        "phase": phase(outcome),
        "question": question(outcome),
        "progress": progress(outcome),
        "history": history(outcome),
        "heard_sentence": outcome.interview.heard_sentence,
        "input": {"voice": voice, "typed": True},
        "language": outcome.interview.language,
    }


def listening(standing: Standing, factor: float, generation: int) -> dict[str, Any]:
    """The floor is the candidate's. `factor`: of the accommodation "more time"."""
    current = standing.question
    return {
        "type": "listening",
        "question": current.uuid if current else None,
        "text": standing.in_sight(),
        "think_s": round(current.think_time_s * factor) if current else 0,
        "answer_s": round(current.answer_time_s * factor) if current else 0,
        "generation": generation,
    }


def voice_is_allowed(interview: Interview) -> bool:
    """Recording was agreed to and no text-only accommodation stands against it (design §5: refused → typed answers)."""
    if (interview.accommodations or {}).get("text_only"):
        return False
    return consents.agreed(interview, Consent.Kind.RECORDING)
