"""What all candidate pages share: the cookie decides, the language, the headers, and what happens out of order."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from interview_site.views import not_found
from interviews import access, links
from interviews.models import Interview
from interviews.services import steps
from interviews.services.disclosure import disclosure_for
from interviews.services.states import WrongState
from interviews.services.steps import OutOfOrder, Step

LANGUAGES = ("ru", "en", "kk")
PRIVATE_HEADERS = {
    "Cache-Control": "no-store",
    # Pages with forms say same-origin in a meta element: under a bare no-referrer browsers send "Origin: null" with forms,
    # which the CSRF check refuses. Other sites get no referrer either way (threats 11).
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
View = Callable[..., HttpResponse]


def see_other(name: str, public_id: str) -> HttpResponseRedirect:
    """303: after a POST the browser comes with GET, and Reload repeats nothing."""
    response = HttpResponseRedirect(reverse(name, args=[public_id]))
    response.status_code = 303
    return response


def step_redirect(interview: Interview, step: Step) -> HttpResponseRedirect:
    """To the page of `step`; reasons why there is nothing to do are shown at the interview's own address."""
    return see_other(f"interview-{step}" if step in steps.PAGES else "interview", interview.public_id)


def wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def ui_cookie(public_id: str) -> str:
    return f"ui_{public_id}"


def remember_language(response: HttpResponse, interview: Interview, language: str) -> None:
    """The pages of this interview are in `language` from now on, in this browser."""
    response.set_cookie(
        ui_cookie(interview.public_id), language,
        max_age=links.COOKIE_MAX_AGE_S, httponly=True, samesite="Lax", path="/", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def ui_language(request: HttpRequest, interview: Interview) -> str:
    """The language this candidate chose for the pages, else the interview's."""
    chosen = request.COOKIES.get(ui_cookie(interview.public_id), "")
    return chosen if chosen in LANGUAGES else interview.language


def candidate_view(*methods: str) -> Callable[[View], View]:
    """`view(request, interview)` for whoever holds this interview's cookie; 404 for a stranger.

    OutOfOrder leads to the right step, WrongState to the 409 page; both as JSON where the page's script asks.
    """

    def wrap(view: View) -> View:
        @require_http_methods(methods)
        @wraps(view)
        def wrapped(request: HttpRequest, public_id: str, **kwargs: object) -> HttpResponse:
            try:
                interview = access.candidate_interview(public_id, request.COOKIES)
            except Http404 as error:
                return _with_headers(_not_found(request, error))
            language = ui_language(request, interview)
            with translation.override(language):
                try:
                    response = view(request, interview, **kwargs)
                except OutOfOrder as error:
                    response = _out_of_order(request, interview, error.step)
                except WrongState:
                    response = _conflict(request, interview)
                response["Content-Language"] = language
            return _with_headers(response)

        return wrapped

    return wrap


def page(request: HttpRequest, interview: Interview, template: str, status: int = 200, **context: object) -> HttpResponse:
    """A candidate page with what every one of them shows."""
    language = translation.get_language()
    shared = {
        "interview": interview,
        "disclosure": disclosure_for(interview, language),
        "standing": str(steps.standing(interview)),
        "language": language,
        "languages": [("ru", "Русский"), ("en", "English"), ("kk", "Қазақша")],
        "spoken_languages": steps.languages_of(interview),
        "zone": interview.candidate.time_zone,
    }
    return render(request, f"interviews/{template}", {**shared, **context}, status=status)


def _with_headers(response: HttpResponse) -> HttpResponse:
    for name, value in PRIVATE_HEADERS.items():
        response[name] = value
    return response


def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"code": "not_found"}, status=404)
    return not_found(request, error)


def _out_of_order(request: HttpRequest, interview: Interview, step: Step) -> HttpResponse:
    if wants_json(request):
        address = step_redirect(interview, step).url
        return JsonResponse({"code": "out_of_order", "step": str(step), "address": address}, status=409)
    return step_redirect(interview, step)


def _conflict(request: HttpRequest, interview: Interview) -> HttpResponse:
    interview.refresh_from_db()
    if wants_json(request):
        step = steps.standing(interview)
        body = {"code": "wrong_state", "step": str(step), "address": step_redirect(interview, step).url}
        return JsonResponse(body, status=409)
    return page(request, interview, "conflict.html", status=409)
