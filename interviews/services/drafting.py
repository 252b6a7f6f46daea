"""Drafts of positions as rows: asked for by HR, made in a worker, edited, taken over (issue of authoring)."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site.rings import ring
from interviews.authoring import documents, drafting
from interviews.authoring.drafting import Brief
from interviews.models import Criterion, Position, Question
from interviews.models.authoring import PositionDraft, Work
from interviews.prompts import prompt
from interviews.services import audit
from interviews.services.model_work import NoUse, ask_again, end, hand_on, perform, progress
from interviews.topics import asked_about

TASK = "interviews.tasks.write_draft"
STEPS: dict[str, str | Promise] = {
    "reading": _("Reading the description"),
    "criteria": _("Thinking about the criteria"),
    "questions": _("Writing the questions"),
    "checking": _("Checking for protected topics"),
    "question": _("Writing another question"),
}
FAULTS: dict[str, str | Promise] = {
    **documents.TEXTS,
    "not_configured": _("No language model is configured. Ask whoever runs this site to set LLM_BASE_URL and LLM_MODEL."),
    "budget": _("The budget for language models is used up. Whoever runs this site can raise it."),
    "refused": _("The language model refused to work on this description."),
    "invalid_response": _("The language model's answer could not be used. Try again, or use another model."),
    "unchanged": _("No other question came that may be asked, so the old one stays. Say in a wish what it should be about."),
    "nothing": _("The language model found nothing to ask. Give a longer description."),
    "crashed": _("The work broke off several times. Try again; if it happens again, tell whoever runs this site."),
    "authentication": _("The language model's service refused the key. Tell whoever runs this site."),
    "rate_limit": _("The language model is busy."),
    "quota": _("The balance with the language model's service is used up. Tell whoever runs this site."),
    "invalid_request": _("The language model did not accept the request. Tell whoever runs this site."),
    "connectivity": _("The language model could not be reached."),
    "server": _("The language model has a fault of its own."),
}


class NotNow(Exception):
    """The draft is in the making, or was taken over already."""


def fault_text(code: str) -> str | Promise:
    return FAULTS.get(code, FAULTS["server"]) if code else ""


def ask(
    position: Position, *, description: str, upload: bytes | None, upload_name: str, wishes: str, count: int, by: object
) -> PositionDraft:
    """Queue a draft. Raises documents.UnreadableDocument for an upload that can be refused by a look at it."""
    if upload is not None:
        documents.kind_of(upload)
    draft = PositionDraft.objects.create(
        position=position, language=position.language, title=position.title, source=documents.tidy(description),
        upload=upload, upload_name=upload_name[:200].replace("\0", ""), wishes=documents.tidy(wishes)[:1000],
        count=min(max(count, 1), drafting.MOST_QUESTIONS), created_by=by, due_at=timezone.now(),
    )  # fmt: skip
    audit.record("draft", position, actor=by)
    ring(TASK, draft.pk)
    return draft


def ask_for_another(draft: PositionDraft, *, key: str, wish: str) -> None:
    """Queue another question in the place of one. Raises NotNow."""
    _require_ready(draft)
    if key not in {row["key"] for row in draft.content.get("questions", [])}:
        raise NotNow
    ask_again(draft, redo={"key": key, "wish": documents.tidy(wish)[:300]})
    ring(TASK, draft.pk)


def try_again(draft: PositionDraft) -> None:
    """Queue a failed draft. Raises NotNow."""
    if draft.state != Work.FAILED:
        raise NotNow
    # What was made before the fault is kept; a draft in which nothing was left to ask begins anew.
    ask_again(draft, **({"content": {}} if draft.error_code == "nothing" else {}))
    ring(TASK, draft.pk)


def edit(draft: PositionDraft, content: dict[str, Any]) -> None:
    """Keep what HR changed. Raises NotNow."""
    _require_ready(draft)
    draft.content = content
    draft.save(update_fields=["content"])


# --- In the worker ---


def write(pk: int) -> None:
    perform(PositionDraft, pk, _write)


def _write(draft: PositionDraft) -> None:
    """One question to the model a run: a worker that dies loses one answer, and no task outlives its time limit."""
    subject = f"draft-{draft.pk}"
    if draft.redo:
        _write_one(draft, subject)
        return
    if not draft.content:
        progress(draft, "reading", 5)
    brief = Brief(draft.language, draft.title, _description(draft), draft.wishes, draft.count, subject)
    if not draft.content:
        progress(draft, "criteria", 15)
        content, answer = drafting.criteria(brief)
        hand_on(draft, TASK, "questions", 45, answer, content=content)
    elif "questions" not in draft.content:
        progress(draft, "questions", 45)
        questions, refused, answer = drafting.questions(brief, draft.content)
        if not questions:
            raise NoUse("nothing")
        content = {**draft.content, "questions": questions, "refused": [*draft.content["refused"], *refused]}
        hand_on(draft, TASK, "checking", 80, answer, content=content)
    else:
        progress(draft, "checking", 80)
        _check(draft, subject)


def _check(draft: PositionDraft, subject: str) -> None:
    content = dict(draft.content)
    questions, criteria = content["questions"], content["criteria"]
    texts = [*(row["text"] for row in questions), *(f"{row['name']}. {row['meaning']}" for row in criteria)]
    checked, answer = drafting.check(texts, language=draft.language, subject=subject)
    progress(draft, "checking", 95, answer)
    content["criteria"] = [row for index, row in enumerate(criteria, len(questions)) if index not in checked]
    left = {row["key"] for row in content["criteria"]}
    content["questions"] = [
        row | {"criteria": [key for key in row["criteria"] if key in left]}
        for index, row in enumerate(questions)
        if index not in checked
    ]
    content["refused"] = [*content["refused"], *drafting.refusals_of(checked, texts, draft.language)]
    if not content["questions"]:
        raise NoUse("nothing")
    versions = [prompt(name, draft.language).version for name in ("draft_criteria", "draft_questions", "topics_check")]
    end(draft, Work.READY, content=content, prompt_version=".".join(map(str, versions)))


def _write_one(draft: PositionDraft, subject: str) -> None:
    key, wish = draft.redo["key"], draft.redo.get("wish", "")
    progress(draft, "question", 30)
    brief = Brief(draft.language, draft.title, _description(draft), draft.wishes, 1, subject)
    question, refused, answer = drafting.another_question(brief, draft.content, key, wish)
    progress(draft, "checking", 80, answer)
    if question is not None:
        checked, answer = drafting.check([question["text"]], language=draft.language, subject=subject)
        refused += drafting.refusals_of(checked, [question["text"]], draft.language)
        question = None if checked else question
        progress(draft, "checking", 95, answer)
    content = dict(draft.content)
    content["refused"] = [*content.get("refused", []), *refused]
    if question is not None:
        content["questions"] = [question if row["key"] == key else row for row in content["questions"]]
    end(draft, Work.READY, content=content, error_code="" if question is not None else "unchanged")


def _description(draft: PositionDraft) -> str:
    """The pasted words and the document's, read once."""
    if draft.upload is not None:
        try:
            read = documents.text_of(bytes(draft.upload))
        except documents.UnreadableDocument as error:
            raise NoUse(error.code) from error
        draft.source = documents.tidy(f"{draft.source}\n\n{read}")
        draft.upload = None
        PositionDraft.objects.filter(pk=draft.pk).update(source=draft.source, upload=None)
    if len(draft.source) < 20:
        raise NoUse("nothing")
    return draft.source


# --- Taking over ---


def take_over(draft: PositionDraft, *, questions: set[str], criteria: set[str], greeting: bool, replace: bool, by: object) -> int:
    """Make the chosen parts rows of the position; criteria of chosen questions come along. Returns how many questions.

    `replace` removes the position's present questions and criteria first. Raises NotNow.
    """
    with transaction.atomic():
        position = Position.objects.select_for_update().get(pk=draft.position_id)
        locked = PositionDraft.objects.select_for_update().get(pk=draft.pk)
        _require_ready(locked)
        chosen = [row for row in locked.content["questions"] if row["key"] in questions and not asked_about(row["text"])]
        needed = criteria | {key for row in chosen for key in row["criteria"]}
        if replace:
            for old in [*position.questions.all(), *position.criteria.all()]:
                old.delete()
        made = {
            row["key"]: Criterion.objects.create(
                position=position, order=order, name=row["name"], meaning=row["meaning"], weight=row["weight"],
                **{f"anchor_{mark}": text for mark, text in enumerate(row["anchors"], 1)},
            )
            for order, row in enumerate(
                (row for row in locked.content["criteria"] if row["key"] in needed), _next(position.criteria)
            )
        }  # fmt: skip
        for order, row in enumerate(chosen, _next(position.questions)):
            question = Question.objects.create(
                position=position, order=order,
                **{name: row[name] for name in ("text", "mode", "follow_ups", "think_time_s", "answer_time_s")},
            )  # fmt: skip
            question.criteria.set([made[key] for key in row["criteria"] if key in made])
        if greeting:
            position.intro, position.farewell = locked.content["intro"], locked.content["farewell"]
        position.save()
        locked.used_at = timezone.now()
        locked.save(update_fields=["used_at"])
        audit.record("draft_taken_over", position, actor=by)
    return len(chosen)


def _next(rows: Any) -> int:
    last = rows.aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def _require_ready(draft: PositionDraft) -> None:
    if draft.state != Work.READY or draft.used_at:
        raise NotNow
