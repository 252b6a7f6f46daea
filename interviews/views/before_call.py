"""Welcome, consents and the device check."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from interviews import consent_texts
from interviews.call.state import voice_is_allowed
from interviews.forms import ConsentForm, LanguageForm
from interviews.models import Consent, Interview
from interviews.services import camera, steps
from interviews.services.disclosure import disclosure_for, recognition_place
from interviews.services.steps import OutOfOrder, Step
from interviews.views.candidate import candidate_view, page, remember_language, see_other, step_redirect


@candidate_view("GET", "HEAD", "POST")
def welcome(request: HttpRequest, interview: Interview) -> HttpResponse:
    if request.method == "POST":
        steps.open_interview(interview)
        return step_redirect(interview, steps.standing(interview))
    _guard(interview, Step.WELCOME)
    return page(request, interview, "welcome.html")


@candidate_view("POST")
def choose_language(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The language the avatar speaks, where the position has several; the pages follow."""
    form = LanguageForm(request.POST)
    if not form.is_valid() or not steps.choose_language(interview, form.cleaned_data["language"]):
        return page(request, interview, "conflict.html", status=409)
    response = see_other("interview-welcome", interview.public_id)
    remember_language(response, interview, interview.language)
    return response


@candidate_view("GET", "HEAD", "POST")
def consent(request: HttpRequest, interview: Interview) -> HttpResponse:
    language = get_language()
    disclosure = disclosure_for(interview, language)
    if request.method == "POST":
        form = ConsentForm(request.POST, kinds=disclosure.consent_kinds)
        if form.is_valid() and steps.give_consents(
            interview, answers=form.answers(), language=language, covers=disclosure.leaves
        ):
            return step_redirect(interview, steps.standing(interview))
        # Back by redirect, so that Reload asks nothing twice; the page finds the stored refusal by itself.
        return see_other("interview-consent", interview.public_id)
    _guard(interview, Step.CONSENT)
    known = steps.latest_consents(interview)
    boxes = [
        {
            "kind": str(kind),
            "words": consent_texts.consent_text(kind, language),
            "given": kind in known and known[kind].given,
            "required": kind == Consent.Kind.PROCESSING,
        }
        for kind in disclosure.consent_kinds
    ]
    refused = Consent.Kind.PROCESSING in known and not known[Consent.Kind.PROCESSING].given
    place = consent_texts.recognition_text(recognition_place(), language)
    return page(request, interview, "consent.html", boxes=boxes, refused=refused, recognition=place)


@candidate_view("GET", "HEAD")
def document(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The consent to processing as its own document; readable from the notice to the receipt (hiring_law 3)."""
    language = get_language()
    disclosure = disclosure_for(interview, language)
    text = consent_texts.document(
        language, company=disclosure.company, contact=disclosure.contact, days=disclosure.days, position=disclosure.plan.title
    )
    return page(request, interview, "document.html", document=text, version=consent_texts.TEXT_VERSION)


@candidate_view("GET", "HEAD", "POST")
def check(request: HttpRequest, interview: Interview) -> HttpResponse:
    if request.method == "POST":
        if interview.state != Interview.State.READY or not steps.reachable(interview, Step.CALL):
            steps.confirm_check(interview)
        return see_other("interview-call", interview.public_id)
    _guard(interview, Step.CHECK)
    return page(request, interview, "check.html", voice=voice_is_allowed(interview), camera=camera.may_record(interview))


def _guard(interview: Interview, step: Step) -> None:
    if not steps.reachable(interview, step):
        raise OutOfOrder(steps.standing(interview))

