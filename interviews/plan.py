"""The frozen plan of a position version, format 1: the only module that writes or reads its JSON (design §2).

Pure values, no Django models: the conversation core, the review page and the evaluation all take a `Plan`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORMAT = 1


class PlanError(ValueError):
    """The stored JSON is not a plan of a format this code knows."""


@dataclass(frozen=True)
class PlanCriterion:
    uuid: str
    name: str
    meaning: str = ""
    weight: int = 1
    anchors: tuple[str, str, str, str, str] = ("", "", "", "", "")  # what marks 1 to 5 look like


@dataclass(frozen=True)
class PlanQuestion:
    uuid: str
    text: str
    mode: str = "verbatim"
    follow_ups: int = 0
    think_time_s: int = 30
    answer_time_s: int = 180
    required: bool = True
    criteria: tuple[str, ...] = ()  # uuids


@dataclass(frozen=True)
class Plan:
    """What will be asked, by whom, and by what it is judged."""

    title: str
    language: str
    questions: tuple[PlanQuestion, ...]
    criteria: tuple[PlanCriterion, ...] = ()
    description: str = ""
    intro: str = ""
    farewell: str = ""
    facts: str = ""
    contact: str = ""
    time_budget_min: int = 30
    retention_days: int = 180
    camera: bool = False  # the candidate is asked whether the camera may be recorded
    avatar: dict[str, Any] = field(default_factory=dict)  # AvatarSettings.snapshot()
    # Language → {title, description, intro, farewell, facts, questions: {uuid: text}, criteria: {uuid: {name, meaning, anchors}}}
    translations: dict[str, Any] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages this interview can be held in, its own first."""
        return (self.language, *self.translations)

    def in_language(self, language: str) -> "Plan":
        """The same plan (same uuids) in another of its languages; itself where it has no such language."""
        words = self.translations.get(language)
        if language == self.language or words is None:
            return self
        return replace(
            self,
            language=language,
            translations={},
            **{name: words.get(name) or getattr(self, name) for name in ("title", "description", "intro", "farewell", "facts")},
            questions=tuple(
                replace(question, text=words["questions"].get(question.uuid, question.text)) for question in self.questions
            ),
            criteria=tuple(_criterion_in(criterion, words["criteria"].get(criterion.uuid)) for criterion in self.criteria),
        )

    def question(self, uuid: str | None) -> PlanQuestion | None:
        return next((question for question in self.questions if question.uuid == uuid), None)

    def criterion(self, uuid: str) -> PlanCriterion | None:
        return next((criterion for criterion in self.criteria if criterion.uuid == uuid), None)

    def to_json(self) -> dict[str, Any]:
        value = {"format": FORMAT, **json.loads(json.dumps(asdict(self)))}
        if not value["translations"]:
            del value["translations"]  # a plan in one language reads, and has the fingerprint, as before there were others
        if not value["camera"]:
            del value["camera"]
        return value

    def fingerprint(self) -> str:
        """Hex SHA-256 of the canonical JSON: equal plans have equal fingerprints."""
        canonical = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _criterion_in(criterion: PlanCriterion, words: dict[str, Any] | None) -> PlanCriterion:
    if not words:
        return criterion
    anchors = tuple(given or own for given, own in zip(words["anchors"], criterion.anchors, strict=True))
    name, meaning = words["name"] or criterion.name, words["meaning"] or criterion.meaning
    return replace(criterion, name=name, meaning=meaning, anchors=anchors)


def from_json(value: dict[str, Any]) -> Plan:
    """Read a stored plan. Raises PlanError when the format is unknown or a field is missing."""
    try:
        if value["format"] != FORMAT:
            raise PlanError(f"unknown plan format {value['format']!r}")
        fields = {key: item for key, item in value.items() if key != "format"}
        fields["questions"] = tuple(
            PlanQuestion(**{**question, "criteria": tuple(question["criteria"])}) for question in fields["questions"]
        )
        fields["criteria"] = tuple(
            PlanCriterion(**{**criterion, "anchors": tuple(criterion["anchors"])}) for criterion in fields["criteria"]
        )
        return Plan(**fields)
    except (KeyError, TypeError) as error:
        raise PlanError(f"not a plan: {error}") from error
