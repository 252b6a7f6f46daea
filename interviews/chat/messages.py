"""What the model of a chat is shown: the profile's persona and knowledge, the stored context, what was said. Pure.

The person's words stand in a fence that they cannot close; persona, knowledge and context are written by HR or by the program
that holds a token, and the prompt says how far each of them counts (threats 64).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from interviews.interviewer.messages import TONES
from interviews.prompts import LANGUAGES, fenced, prompt

PROMPT = "chat"
MOST_PERSONA = 2_000  # characters, as the profile's field
MOST_REFERENCE = 5_000  # of the knowledge and of the context
MOST_MESSAGE = 4_000  # of one message of a person
MOST_TURNS = 24  # messages kept of a session: a dozen questions with their answers
MOST_KEPT = 12_000  # characters of them altogether


class SaidMessage(TypedDict):
    """One message of a session: who said it, and the words as they were said."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True)
class Brief:
    """Who answers and what it knows. `language` is one of the product's, whatever was asked for."""

    language: str = "ru"
    persona: str = ""
    knowledge: str = ""
    context: str = ""


def brief_of(profile: Mapping[str, object], *, language: str = "", context: str = "") -> Brief:
    """The brief of an avatar profile's snapshot; an unknown language is the profile's."""
    own = str(profile.get("language") or "")
    chosen = next((code for code in (language, own) if code in LANGUAGES), LANGUAGES[0])
    persona, knowledge = str(profile.get("persona") or ""), str(profile.get("knowledge") or "")
    return Brief(chosen, persona[:MOST_PERSONA], knowledge[:MOST_REFERENCE], context[:MOST_REFERENCE])


def messages_for(brief: Brief, history: Sequence[SaidMessage], message: str) -> list[dict[str, str]]:
    """The messages of one request; `history` begins with the oldest."""
    system = prompt(PROMPT, brief.language).fill(
        persona=" ".join(brief.persona.split()) or TONES[brief.language],
        knowledge=brief.knowledge or "–",
        context=brief.context or "–",
    )
    said = [{"role": turn["role"], "content": _content(turn)} for turn in bounded(history)]
    return [{"role": "system", "content": system}, *said, {"role": "user", "content": fenced(message[:MOST_MESSAGE], "said")}]


def bounded(history: Sequence[SaidMessage]) -> list[SaidMessage]:
    """The newest messages that fit into the limits, beginning with a person's."""
    kept: list[SaidMessage] = []
    letters = 0
    for turn in reversed(history[-MOST_TURNS:]):
        letters += len(turn["text"])
        if letters > MOST_KEPT:
            break
        kept.append(turn)
    kept.reverse()
    while kept and kept[0]["role"] != "user":
        kept.pop(0)
    return kept


def _content(turn: SaidMessage) -> str:
    return fenced(turn["text"], "said") if turn["role"] == "user" else turn["text"]
