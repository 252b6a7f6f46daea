"""The incoming call, the call, and the ways out of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language

from avatars.services.presenters import presenter_for_page
from interviews.call.state import voice_is_allowed
from interviews.models import Interview
from interviews.services import camera, clips, live_avatar, steps
from interviews.services.disclosure import disclosure_for
from interviews.services.speaking import first_clips
from interviews.services.steps import OutOfOrder, Step
from interviews.views.call_words import call_words
from interviews.views.candidate import candidate_view, page, see_other, step_redirect, wants_json


@candidate_view("GET", "HEAD")
def call(request: HttpRequest, interview: Interview) -> HttpResponse:
    if not steps.reachable(interview, Step.CALL):
        raise OutOfOrder(steps.standing(interview))
    data = _call_data(interview)
    answer = page(request, interview, "call.html", call=data)
    if data["carriers"]:
        answer._csp_update = {"connect-src": settings.LIVE_CONNECT_SOURCES}  # read by CSPMiddleware: the providers' rooms
    return answer


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
    return page(request, interview, "later.html", camera=camera.may_record(interview))


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
        camera=camera.may_record(interview),
        consents=[row for row in steps.latest_consents(interview).values()],
    )  # fmt: skip


CALLED = ("start", "decline", "later", "person", "receipt", "sound", "camera")  # addresses the script posts to or leaves for


def _call_data(interview: Interview) -> dict[str, object]:
    """What the page's script needs, handed over as a JSON block; no secret is in it."""
    public_id = interview.public_id
    plan = disclosure_for(interview, get_language()).plan
    return {
        "id": public_id,
        "socket": f"/ws/interview/{public_id}/",
        "urls": {name: reverse(f"interview-{name}", args=[public_id]) for name in CALLED}
        | {"home": reverse("interview", args=[public_id])},
        "live": interview.state in Interview.LIVE,
        "voice": voice_is_allowed(interview),
        "camera": camera.picture() if camera.may_record(interview) else None,
        "captions": bool(plan.avatar.get("captions", True)),
        "presenter": presenter_for_page(plan.avatar),
        "recorded": clips.are_wanted(plan),
        "clips": first_clips(interview),
        "carriers": live_avatar.carriers() if live_avatar.is_wanted(interview, plan) else None,
        "interviewLanguage": interview.language,
        "deadline": interview.deadline.isoformat(),
        "words": call_words(),
    }
