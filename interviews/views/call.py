"""The incoming call, the call, and the ways out of it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language

from avatars.services.presenters import presenter_for_page
from interviews.models import Consent, Interview
from interviews.services import steps
from interviews.services.disclosure import disclosure_for
from interviews.services.steps import OutOfOrder, Step
from interviews.views.call_words import call_words
from interviews.views.candidate import candidate_view, page, see_other, step_redirect, wants_json


@candidate_view("GET", "HEAD")
def call(request: HttpRequest, interview: Interview) -> HttpResponse:
    if not steps.reachable(interview, Step.CALL):
        raise OutOfOrder(steps.standing(interview))
    return page(request, interview, "call.html", call=_call_data(interview))


@candidate_view("POST")
def start(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The call is answered. Twice is as good as once (threats 15); out of order is 409 (threats 14)."""
    steps.start_call(interview)
    if wants_json(request):
        return JsonResponse({"state": interview.state})
    return see_other("interview-call", interview.public_id)


@candidate_view("POST")
def decline(request: HttpRequest, interview: Interview) -> HttpResponse:
    steps.decline(interview)
    return see_other("interview", interview.public_id)


@candidate_view("GET", "HEAD")
def later(request: HttpRequest, interview: Interview) -> HttpResponse:
    """Not now: nothing changes, the link works until the deadline, and the page says until when."""
    if interview.is_finished or steps.standing(interview) not in steps.PAGES:
        raise OutOfOrder(steps.standing(interview))
    return page(request, interview, "later.html")


@candidate_view("GET", "HEAD", "POST")
def person(request: HttpRequest, interview: Interview) -> HttpResponse:
    """“I prefer a person”: one tap, no reason, from the welcome and consent pages and inside the call (hiring_law 4)."""
    if request.method == "POST":
        steps.prefer_a_person(interview)
        if wants_json(request):
            return JsonResponse({"wants_person": True})
        return see_other("interview-person", interview.public_id)
    if interview.wants_person_at is None:
        return step_redirect(interview, steps.standing(interview))
    may_go_on = steps.standing(interview) in steps.PAGES and not interview.is_finished
    return page(request, interview, "person.html", may_go_on=may_go_on)


@candidate_view("GET", "HEAD")
def receipt(request: HttpRequest, interview: Interview) -> HttpResponse:
    if steps.standing(interview) != Step.RECEIPT:
        raise OutOfOrder(steps.standing(interview))
    return page(
        request, interview, "receipt.html",
        answers=interview.turns.filter(speaker="candidate", kind="answer").values("question_uuid").distinct().count(),
        consents=[row for row in steps.latest_consents(interview).values()],
    )  # fmt: skip


def _call_data(interview: Interview) -> dict[str, object]:
    """What the page's script needs, handed over as a JSON block; no secret is in it."""
    public_id = interview.public_id
    plan = disclosure_for(interview, get_language()).plan
    agreed = steps.latest_consents(interview)
    recording = agreed.get(Consent.Kind.RECORDING)
    return {
        "id": public_id,
        "socket": f"/ws/interview/{public_id}/",
        "urls": {
            name: reverse(f"interview-{name}", args=[public_id]) for name in ("start", "decline", "later", "person", "receipt")
        }
        | {"home": reverse("interview", args=[public_id])},
        "live": interview.state in Interview.LIVE,
        "voice": bool(recording and recording.given),
        "captions": bool(plan.avatar.get("captions", True)),
        "presenter": presenter_for_page(plan.avatar),
        "interviewLanguage": interview.language,
        "deadline": interview.deadline.isoformat(),
        "words": call_words(),
    }
