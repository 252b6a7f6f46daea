"""A request id on every request, and the relaxed content policy where the admin and the API docs need it."""

import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from interview_site.logs import request_id


class RequestId:
    """Gives each request an id, shown on error pages and in the log, so that a person can quote it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]
        token = request_id.set(request.id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.id
        return response


class NoNul:
    """A NUL in an address is 404, in a parameter 400 (threats 8, 36): PostgreSQL cannot even compare it.

    No view has to think of it. The candidate's link is left to its view, which counts the miss.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from interview_site import views  # its pages need the settings this list stands in

        if "\x00" in request.path and not request.path.startswith("/i/"):
            return views.not_found(request)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.META.get("QUERY_STRING", ""):
            return views.bad_request(request)
        return self.get_response(request)


class ContentPolicy:
    """Unfold's Alpine needs `unsafe-eval` and inline styles on /admin/; Swagger's page has one inline script (design §9)."""

    RELAXED = {
        "/admin/": {"script-src": ["'self'", "'unsafe-eval'", "'unsafe-inline'"], "style-src": ["'self'", "'unsafe-inline'"]},
        "/api/docs": {"script-src": ["'self'", "'unsafe-inline'"], "style-src": ["'self'", "'unsafe-inline'"]},
    }

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for prefix, directives in self.RELAXED.items():
            if request.path.startswith(prefix):
                response._csp_config = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"], **directives}
        return response
