"""Writing a position's draft as a whole: its fields, criteria and questions in one transaction (design §2)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interviews.models import Criterion, Position, Question
from interviews.services import audit
from interviews.topics import asked_about, judged_by

_WORDS = {Criterion: "name", Question: "text"}  # what a row cannot be without


_REFUSED = {Criterion: judged_by, Question: asked_about}  # protected topics (hiring_law 8)


class BadDraft(Exception):
    """The draft contradicts itself; `pointer` names the place (JSON pointer), `text` is fit for a person."""

    def __init__(self, pointer: str, code: str, text: str | Promise) -> None:
        super().__init__(str(text))
        self.pointer = pointer
        self.code = code
        self.text = text


def create_draft(
    *, fields: dict[str, Any], criteria: list[dict[str, Any]], questions: list[dict[str, Any]], by: object
) -> Position:
    """A new position in state draft, seen by its maker. Raises BadDraft."""
    with transaction.atomic():
        position = Position.objects.create(**fields, created_by=by)
        _replace(position, criteria, questions)
        audit.record("create", position, actor=by)
    return position


def change_draft(
    position: Position,
    *,
    fields: dict[str, Any],
    criteria: list[dict[str, Any]] | None = None,
    questions: list[dict[str, Any]] | None = None,
    by: object,
) -> None:
    """Change what is given; a given list replaces the whole list, rows with a known uuid stay the same row.

    Invited people keep their frozen version. Call it inside the transaction that holds the position's row. Raises BadDraft.
    """
    for name, value in fields.items():
        setattr(position, name, value)
    with transaction.atomic():
        position.save()
        _replace(position, criteria, questions)
        audit.record("change", position, actor=by)


def _replace(position: Position, criteria: list[dict[str, Any]] | None, questions: list[dict[str, Any]] | None) -> None:
    if criteria is not None:
        _sync(position, Criterion, "criteria", criteria)
    known = {criterion.uuid: criterion for criterion in position.criteria.all()}
    for index, row in enumerate(questions or []):
        for place, uuid in enumerate(row.get("criteria", [])):
            if uuid not in known:
                raise BadDraft(
                    f"/questions/{index}/criteria/{place}", "unknown_criterion", _("There is no criterion with this uuid.")
                )
    if questions is not None:
        plain = [{name: value for name, value in row.items() if name != "criteria"} for row in questions]
        for row, question in zip(questions, _sync(position, Question, "questions", plain), strict=True):
            if "criteria" in row:
                question.criteria.set([known[uuid] for uuid in row["criteria"]])


def _sync(position: Position, model: type[Criterion] | type[Question], name: str, rows: list[dict[str, Any]]) -> list[Any]:
    """Make the position's rows of `model` those of `rows`, in their order; saved one by one, so that history sees them."""
    given = [row["uuid"] for row in rows if row.get("uuid")]
    if len(given) != len(set(given)):
        raise BadDraft(f"/{name}", "repeated_uuid", _("A uuid stands twice."))
    known = {row.uuid: row for row in model.objects.filter(position=position)}
    for uuid, row in known.items():
        if uuid not in given:
            row.delete()
    saved = []
    for order, values in enumerate(rows):
        row = known.get(values.get("uuid")) or model(position=position)
        for field, value in values.items():
            setattr(row, field, value)
        row.order = order
        words = getattr(row, _WORDS[model])
        if not words.strip():
            raise BadDraft(f"/{name}/{order}/{_WORDS[model]}", "required", _("This field is required."))
        if topic := _REFUSED[model](words):
            raise BadDraft(f"/{name}/{order}/{_WORDS[model]}", "protected_topic", topic.reason)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:
            raise BadDraft(f"/{name}/{order}/uuid", "uuid_taken", _("This uuid is taken: leave it out.")) from None
        saved.append(row)
    return saved
