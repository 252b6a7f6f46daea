"""The ways in: the landing page, the link from the letter, the interview's own address, the language of the pages."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from interview_site.client_address import client_address
from interview_site.views import not_found
from interviews import access, links
from interviews.forms import LanguageForm
from interviews.models import Interview
from interviews.services import link_misses, steps
from interviews.views.candidate import PRIVATE_HEADERS, candidate_view, page, remember_language, see_other, step_redirect


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What this is and where staff sign in; knows nothing of any candidate."""
    return render(request, "interviews/landing.html", {"company": settings.COMPANY_NAME})


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """`/i/<public_id>.<mac>`: exchange the secret for a cookie and leave the address (threats 10–12). Changes no interview."""
    public_id, _, given_mac = token.partition(".")
    try:
        interview = access.interview_by_link(public_id, given_mac)
    except Http404 as error:
        return _private(_missed(request, error))
    response = HttpResponseRedirect(reverse("interview", args=[interview.public_id]))
    response.set_cookie(
        links.cookie_name(interview.public_id),
        links.cookie_value(interview.public_id, interview.link_generation),
        max_age=links.COOKIE_MAX_AGE_S, httponly=True, samesite="Lax", path="/", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return _private(response)


@candidate_view("GET", "HEAD")
def interview(request: HttpRequest, interview: Interview) -> HttpResponse:
    """To the step the interview stands at, or the page that says why there is nothing to do (threats 13)."""
    step = steps.standing(interview)
    if step in steps.PAGES:
        return step_redirect(interview, step)
    return page(request, interview, "standing.html")


@candidate_view("POST")
def choose_language(request: HttpRequest, interview: Interview) -> HttpResponse:
    """The language of the pages; the avatar keeps speaking the interview's."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return page(request, interview, "conflict.html", status=400)
    name = form.cleaned_data["page"] or "interview"
    response = see_other(name if name == "interview" else f"interview-{name}", interview.public_id)
    remember_language(response, interview, form.cleaned_data["language"])
    return response


def _missed(request: HttpRequest, error: Http404) -> HttpResponse:
    """404, or 429 after many. Right links work all the same: candidates behind one address must not pay for one who guesses."""
    address = client_address(request)
    wait = link_misses.wait_s(address)
    if not wait:
        link_misses.count_miss(address)
        return not_found(request, error)
    response = render(request, "interviews/too_many.html", {"minutes": -(-wait // 60)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE_HEADERS.items():
        response[name] = value
    return response
