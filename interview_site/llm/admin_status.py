"""The language models on the status page: one block a purpose, and a button that really asks (interview_site.status)."""

import time
from collections.abc import Iterable
from functools import partial
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interview_site.errors import PERSON_TEXTS, Category, ProviderError
from interview_site.llm import Purpose, complete, health, is_configured, stream
from interview_site.llm.admin import this_month
from interview_site.llm.endpoints import endpoint
from interview_site.llm.records import ModelHealth
from interview_site.llm.usage import month_is_spent
from interview_site.status import Asked, Block, Check, Done

GROUP = gettext_lazy("Who thinks")
TITLES = {
    Purpose.DIALOGUE: gettext_lazy("Language model: the interviewer"),
    Purpose.EVALUATION: gettext_lazy("Language model: proposed marks"),
    Purpose.AUTHORING: gettext_lazy("Language model: drafts and translations"),
}
WITHOUT = {
    Purpose.DIALOGUE: gettext_lazy("Without it the interviewer keeps to its script."),
    Purpose.EVALUATION: gettext_lazy("Without it people mark alone."),
    Purpose.AUTHORING: gettext_lazy("Without it HR write questions and translations themselves."),
}
SUBJECT = "status check"
TRIAL_S = 30.0
FIRST_WORD_S = 10.0
SLOW_S = 2.5  # an interviewer whose first sentence comes later is replaced by the script (design §5)
_QUESTION = [{"role": "user", "content": "How many days has a week? Answer briefly."}]
_SHAPE = {
    "title": "week",
    "type": "object",
    "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 31}},
    "required": ["days"],
    "additionalProperties": False,
}


def blocks() -> Iterable[Block]:
    """Rows only: two queries a purpose."""
    return [_block(purpose) for purpose in Purpose]


def _block(purpose: Purpose) -> Block:
    key, title = f"model-{purpose}", TITLES[purpose]
    if not is_configured(purpose):
        notes = (str(WITHOUT[purpose]), _("docs/models.md says how to connect one."))
        return Block(key, title, GROUP, "neurology", "off", _("not configured"), notes=notes)
    at, row = endpoint(purpose), health.of(purpose)
    state, headline, notes = _standing(purpose, row)
    facts = (
        (_("Model"), at.model),
        (_("Server"), urlsplit(at.base_url).netloc),
        (_("Where"), _("inside the company") if at.is_local else _("an outside service")),
        (_("This month, all purposes"), this_month()),
        (_("Breaker"), _("open: calls are paused") if row.is_open else _("closed: calls are allowed")),
        *(((_("Last error"), row.last_error),) if row.last_error else ()),
    )
    check = Check("ask", _("Ask it something"), "chat", partial(ask, purpose), costs=not at.is_local)
    links = ((_("Model requests"), reverse("admin:interview_site_modelusage_changelist")),)
    return Block(
        key, title, GROUP, "neurology", state, headline, facts, notes, (check,), links, row.last_success_at,
        check_permission="interview_site.test_modelhealth",
    )  # fmt: skip


def _standing(purpose: Purpose, row: ModelHealth) -> tuple[str, str, tuple[str, ...]]:
    """(state, headline, what to do)."""
    words = _words(row.last_category)
    if row.is_open:
        return "bad", _("not reachable"), (words, str(WITHOUT[purpose]))
    if month_is_spent():
        notes = (_("Raise the limit in the settings, or wait."), str(WITHOUT[purpose]))
        return "warning", _("this month's budget is used up"), notes
    if row.last_error_at and (row.last_success_at is None or row.last_error_at > row.last_success_at):
        return ("bad" if row.last_category == Category.AUTHENTICATION else "warning"), _("the last call failed"), (words,)
    if row.last_success_at is None:
        return "unknown", _("not tried yet"), ()
    return "good", _("works"), ()


def _words(category: str) -> str:
    if category == Category.INVALID_REQUEST:
        return _("The server did not accept the request. Check the model's name and the address, with its /v1.")
    return str(PERSON_TEXTS[Category(category)]) if category else ""


def ask(purpose: Purpose, asked: Asked) -> Done:
    """A small question in the way this purpose asks: as a stream for the interviewer, in a fixed shape for the others.

    Raises ProviderError.
    """
    began = time.monotonic()
    try:
        if purpose == Purpose.DIALOGUE:
            return _listened(began)
        answer = complete(purpose, _QUESTION, max_tokens=400, schema=_SHAPE, timeout_s=TRIAL_S, subject=SUBJECT, trial=True)
    except ProviderError as error:
        if error.code in ("model_not_found", "404"):
            return Done(False, _words(Category.INVALID_REQUEST))
        if error.code == "invalid_response":
            return Done(False, _("It answers, but not in the asked-for form. A larger model does, or LLM_PROFILES helps."))
        raise
    took = _seconds(time.monotonic() - began)
    return Done(True, _("%(model)s answered in the asked-for form after %(took)s s.") % {"model": answer.model, "took": took})


def _listened(began: float) -> Done:
    first_s, said = 0.0, ""
    with stream(
        Purpose.DIALOGUE, _QUESTION, max_tokens=400, first_token_s=FIRST_WORD_S, total_s=TRIAL_S, subject=SUBJECT, trial=True
    ) as pieces:
        for piece in pieces:
            first_s = first_s or time.monotonic() - began
            said += piece
    found = {"text": said.strip()[:200], "first": _seconds(first_s)}
    if first_s > SLOW_S:
        text = _("The first word took %(first)s s: too long for a conversation, the script would go on. It said: “%(text)s”")
        return Done(False, text % found)
    return Done(True, _("The first word came after %(first)s s. It said: “%(text)s”") % found)


def _seconds(value: float) -> str:
    return f"{value:.1f}"
