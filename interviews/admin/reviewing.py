"""The review page: read question by question, mark, decide, write to the candidate (design §6, hiring_law 5)."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from interviews import letters
from interviews.access import staff_interview
from interviews.evaluation.permission import CannotEvaluate, evaluate
from interviews.models import Decision, Interview
from interviews.plan import Plan, from_json
from interviews.queries import ReviewPage, review_page
from interviews.services import audit, mail, retranscription, sound
from interviews.services.asked import answer
from interviews.services.decisions import decide
from interviews.services.review import DECIDABLE, REVIEWABLE, CannotReview, GivenMark, submit

NO_EVIDENCE = "none"


class MarksForm(forms.Form):
    """One mark (1–5 or "not enough evidence") and an optional note per criterion of the frozen plan."""

    comment = forms.CharField(max_length=5000, required=False)
    reason = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        choices = [*((str(score), str(score)) for score in range(1, 6)), (NO_EVIDENCE, "")]
        for criterion in plan.criteria:
            missing = {"required": _("Choose a mark for “%(name)s”.") % {"name": criterion.name}}
            self.fields[f"mark_{criterion.uuid}"] = forms.ChoiceField(choices=choices, error_messages=missing)
            self.fields[f"note_{criterion.uuid}"] = forms.CharField(max_length=1000, required=False)

    def marks(self) -> dict[str, GivenMark]:
        given = {}
        for criterion in self.plan.criteria:
            mark = self.cleaned_data[f"mark_{criterion.uuid}"]
            given[criterion.uuid] = GivenMark(
                None if mark == NO_EVIDENCE else int(mark), self.cleaned_data[f"note_{criterion.uuid}"]
            )
        return given

    def rows(self) -> list[dict[str, Any]]:
        """For the page: each criterion with its anchors and what is chosen now."""
        return [
            {
                "criterion": criterion,
                "name": f"mark_{criterion.uuid}",
                "value": self[f"mark_{criterion.uuid}"].value() or "",
                "note_name": f"note_{criterion.uuid}",
                "note": self[f"note_{criterion.uuid}"].value() or "",
                "errors": [*self[f"mark_{criterion.uuid}"].errors, *self[f"note_{criterion.uuid}"].errors],
                "scale": [(str(score), anchor) for score, anchor in enumerate(criterion.anchors, 1)],
            }
            for criterion in self.plan.criteria
        ]


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Decision.Outcome.choices, error_messages={"required": _("Choose an outcome.")})
    reason = forms.CharField(max_length=5000, error_messages={"required": _("A decision needs a reason.")})
    confirmed = forms.BooleanField(error_messages={"required": _("Confirm that this is your decision.")})
    seen = forms.IntegerField(min_value=0)


class LetterForm(forms.Form):
    kind = forms.ChoiceField(choices=[(letters.ADVANCE, ""), (letters.REJECT, "")])
    subject = forms.CharField(max_length=200)
    body = forms.CharField(max_length=10_000)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for field, problems in letters.problems_of(
            cleaned.get("kind", ""), cleaned.get("subject", ""), cleaned.get("body", "")
        ).items():
            for problem in problems:
                self.add_error(field, problem)
        return cleaned


class ReviewPages:
    """The page and its three forms; each POST ends in a redirect or in the page with the words of what is wrong (422)."""

    def __init__(self, model_admin: Any) -> None:
        self.admin = model_admin

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        interview = self._interview(request, pk)
        audit.record("view", interview, actor=request.user)
        sound.want_whole(interview)
        return self._page(request, interview)

    def marks(self, request: HttpRequest, pk: int) -> HttpResponse:
        interview = self._interview(request, pk, needs="interviews.add_review")
        if request.method != "POST":
            return self._back(pk)
        form = MarksForm(request.POST, plan=from_json(interview.version.plan))
        if form.is_valid():
            try:
                cleaned = form.cleaned_data
                submit(interview, reviewer=request.user, marks=form.marks(), comment=cleaned["comment"], reason=cleaned["reason"])
                messages.success(request, gettext("Your marks are saved."))
                return self._back(pk, "marks")
            except CannotReview as error:
                form.add_error(None, str(error.text))
        return self._page(request, interview, marks_form=form, status=422)

    def evaluate(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the model for a (new) proposal; a worker makes it."""
        interview = self._interview(request, pk, needs="interviews.add_review")
        if request.method == "POST":
            try:
                evaluate(interview, by=request.user)
                messages.success(request, gettext("The proposal is being prepared."))
            except CannotEvaluate as error:
                messages.error(request, str(error.text))
        return self._back(pk, "proposal")

    def asked(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A person has answered this question of the candidate."""
        interview = self._interview(request, pk, needs="interviews.change_askedquestion")
        if request.method == "POST":
            if not interview.asked.filter(pk=number).exists():
                raise Http404
            if answer(interview.asked.filter(pk=number), by=request.user):
                messages.success(request, gettext("The question is marked as answered."))
        return self._back(pk, "asked")

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        interview = self._interview(request, pk, needs="interviews.add_decision")
        if request.method != "POST":
            return self._back(pk)
        form = DecisionForm(request.POST)
        if form.is_valid():
            try:
                cleaned = form.cleaned_data
                decide(
                    interview, reviewer=request.user, outcome=cleaned["outcome"], reason=cleaned["reason"], seen=cleaned["seen"]
                )
                messages.success(request, gettext("Your decision is recorded."))
                return self._back(pk, "decision")
            except CannotReview as error:
                form.add_error(None, str(error.text))
        return self._page(request, interview, decision_form=form, status=422)

    def letter(self, request: HttpRequest, pk: int) -> HttpResponse:
        interview = self._interview(request, pk, needs="interviews.add_decision")
        if request.method != "POST":
            return self._back(pk)
        form = LetterForm(request.POST)
        latest = interview.decisions.order_by("-pk").first()
        if form.is_valid() and (latest is None or latest.outcome != form.cleaned_data["kind"]):
            form.add_error(None, gettext("This letter does not fit the decision. Decide first."))
        if form.is_valid():
            values = mail.values_for(interview)
            cleaned = form.cleaned_data
            letter = mail.queue_outcome(
                interview, cleaned["kind"], subject=letters.fill(cleaned["subject"], values),
                body=letters.fill(cleaned["body"], values), by=request.user,
            )  # fmt: skip
            audit.record("letter", interview, actor=request.user, note=cleaned["kind"])
            kept = letter.state == letter.State.KEPT
            done = gettext("The letter is kept in the outbox.") if kept else gettext("The letter is on its way.")
            messages.success(request, done)
            return self._back(pk, "letter")
        return self._page(request, interview, letter_form=form, status=422)

    def transcribe(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have all answers heard again by the chosen recogniser."""
        interview = self._interview(request, pk, needs="interviews.change_interview")
        if request.method == "POST":
            try:
                count = retranscription.transcribe_again(interview, engine=request.POST.get("engine", ""), by=request.user)
            except retranscription.CannotTranscribe as error:
                messages.error(request, error.text)
            else:
                done = ngettext(
                    "%(count)d stretch of speech is being transcribed again. The present text stays until the new one is there.",
                    "%(count)d stretches of speech are being transcribed again. "
                    "The present texts stay until the new ones are there.",
                    count,
                )
                messages.success(request, done % {"count": count})
        return self._back(pk)

    def choose_text(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the text of an earlier recognition for one answer."""
        interview = self._interview(request, pk, needs="interviews.change_interview")
        number = request.POST.get("turn", "")
        if request.method != "POST" or not (number.isascii() and number.isdigit() and len(number) < 9):
            return self._back(pk)
        try:
            retranscription.choose_text(interview, turn_number=int(number), run=request.POST.get("run", ""), by=request.user)
        except retranscription.CannotTranscribe as error:
            messages.error(request, error.text)
        else:
            messages.success(request, gettext("This text is the answer's now; the other is kept."))
        return self._back(pk, f"turn-{number}")

    # --- Parts -------------------------------------------------------------------------------------------------------
    def _interview(self, request: HttpRequest, pk: int, needs: str = "interviews.view_interview") -> Interview:
        """Raises Http404 for strangers and for staff without the permission."""
        user = request.user
        if not (
            user.has_perm(needs) and (user.has_perm("interviews.view_interview") or user.has_perm("interviews.change_interview"))
        ):
            raise Http404
        return staff_interview(user, pk)

    def _back(self, pk: int, anchor: str = "") -> HttpResponse:
        address = reverse("admin:interviews_interview_review", args=[pk])
        return HttpResponseRedirect(f"{address}#{anchor}" if anchor else address)

    def _page(
        self, request: HttpRequest, interview: Interview, *, marks_form: MarksForm | None = None,
        decision_form: DecisionForm | None = None, letter_form: LetterForm | None = None, status: int = 200,
    ) -> HttpResponse:  # fmt: skip
        user, content = request.user, review_page(interview, request.user)
        answer = self.admin.page(
            request, "interviews/admin/review.html", _("Review"),
            object=interview, interview=interview, page=content, currency=settings.LLM_CURRENCY,
            marks_form=marks_form or MarksForm(plan=content.plan, initial=_present(content)),
            decision_form=decision_form or DecisionForm(),
            letter_form=letter_form or _letter(interview, content),
            may_review=user.has_perm("interviews.add_review") and interview.state in REVIEWABLE,
            may_decide=user.has_perm("interviews.add_decision") and interview.state in DECIDABLE,
            may_change=user.has_perm("interviews.change_interview"),
            may_answer=user.has_perm("interviews.change_askedquestion"),
            outcomes=Decision.Outcome.choices,
            recognisers=retranscription.engines_for(interview) if content.may_have_sound else (),
        )  # fmt: skip
        answer.status_code = status
        answer["Cache-Control"] = "no-store"
        return answer


def _present(content: ReviewPage) -> dict[str, str]:
    """The reviewer's own marks as initial values of the form."""
    if content.own is None:
        return {}
    values = {"comment": content.own.comment}
    for mark in content.own.marks.all():
        values[f"mark_{mark.criterion_uuid}"] = NO_EVIDENCE if mark.score is None else str(mark.score)
        values[f"note_{mark.criterion_uuid}"] = mark.note
    return values


def _letter(interview: Interview, content: ReviewPage) -> LetterForm | None:
    """The letter that fits the decision, ready to be edited; None before it and for "hold"."""
    if content.decision is None or content.decision.outcome not in (letters.ADVANCE, letters.REJECT):
        return None
    subject, body = mail.compose(interview, content.decision.outcome)
    return LetterForm(initial={"kind": content.decision.outcome, "subject": subject, "body": body})
