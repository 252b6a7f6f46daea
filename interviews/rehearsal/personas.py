"""Who takes part in a rehearsal, how much they talk, and what they say (`answers/<language>.toml`)."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from interviews.plan import Plan, PlanQuestion

FOLDER = Path(__file__).parent / "answers"
STRONG, WEAK, SILENT, LONG, OFF_TOPIC, MIXED, HOSTILE, INJECTING = (
    "strong", "weak", "silent", "long", "off_topic", "mixed", "hostile", "injecting",
)  # fmt: skip
CHARACTERS_PER_S = 14.0  # of unhurried speech
MOST_CHARACTERS = 12_000  # of one answer


@dataclass(frozen=True)
class Persona:
    """`talks` is the share of a question's answer time that is used for the first answer to it, `thinks` of its thinking time.

    A `marked` one's answers are scored so often when there is a model for it.
    """

    code: str
    talks: float
    thinks: float = 0.3
    marked: int = 0


PERSONAS: dict[str, Persona] = {
    persona.code: persona
    for persona in (
        Persona(STRONG, talks=0.6, marked=3),
        Persona(WEAK, talks=0.25, thinks=0.6, marked=3),
        Persona(SILENT, talks=0.0),
        Persona(LONG, talks=1.5),
        Persona(OFF_TOPIC, talks=0.3),
        Persona(MIXED, talks=0.5),
        Persona(HOSTILE, talks=0.0, thinks=0.1),
        Persona(INJECTING, talks=0.3, thinks=0.1, marked=1),
    )
}


@dataclass(frozen=True)
class Words:
    """What one persona says in one language."""

    persona: Persona
    table: dict[str, Any]
    name: str
    no: str

    @property
    def confused(self) -> str:
        """ "I don't understand the question", of those who say so; else ""."""
        return str(self.table.get("confused", ""))

    @property
    def questions(self) -> list[str]:
        return list(self.table.get("questions", ()))

    def answer(self, plan: Plan, question: PlanQuestion) -> str:
        """The first answer to a question of the plan."""
        if self.persona.code == LONG:
            return self._at_length(question)
        texts = self.table["answer"]
        said = texts[plan.questions.index(question) % len(texts)]
        shown, missing = _of_criteria(plan, question)
        return " ".join(said.format(question=question.text, shown=shown, missing=missing).split())

    def follow_up(self, plan: Plan, question: PlanQuestion, number: int) -> str:
        """The answer to the follow-up of this number (from 0), or to being brought back to the question."""
        texts = self.table.get("follow_up") or self.table["answer"]
        said = texts[(plan.questions.index(question) + number) % len(texts)]
        return " ".join(said.format(question=question.text, shown="", missing="").split())

    def _at_length(self, question: PlanQuestion) -> str:
        sentences, said, at = self.table["sentences"], "", 0
        most = min(MOST_CHARACTERS, round(question.answer_time_s * self.persona.talks * CHARACTERS_PER_S))
        while len(said) < most:
            said, at = f"{said} {sentences[at % len(sentences)]}".strip(), at + 1
        return said


def _of_criteria(plan: Plan, question: PlanQuestion) -> tuple[str, str]:
    """What a very good and a very poor answer to this question show, by HR's own anchors."""
    criteria = [criterion for criterion in plan.criteria if criterion.uuid in question.criteria]
    shown = [_sentence(criterion.anchors[4] or criterion.meaning) for criterion in criteria]
    missing = [_sentence(criterion.anchors[0]) for criterion in criteria]
    return " ".join(shown), " ".join(missing)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return f"{text}." if text and text[-1] not in ".!?…" else text


def words(persona: str, language: str) -> Words:
    """Raises KeyError for an unknown persona; a language without a file speaks English."""
    tables = _tables(language if (FOLDER / f"{language}.toml").is_file() else "en")
    return Words(PERSONAS[persona], tables.get(persona, {}), tables["name"], tables["no"])


@lru_cache(maxsize=8)
def _tables(language: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
