"""Errors as problem+json (RFC 9457) with a stable `code` and, for input, a JSON pointer to each field (threats 36)."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
CODES = {
    400: "bad_request", 401: "not_authenticated", 403: "permission_denied", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "conflict", 412: "changed_meanwhile", 413: "too_large", 415: "unsupported_media_type",
    422: "unprocessable", 428: "precondition_required", 429: "too_many_requests", 500: "server_error", 503: "unavailable",
}  # fmt: skip


class Problem(exceptions.APIException):
    """An answer of our own choosing. `more` goes into the body, `headers` onto the answer."""

    def __init__(
        self, http_status: int, code: str, detail: object, *, headers: dict[str, str] | None = None, **more: object
    ) -> None:
        super().__init__(detail, code)
        self.status_code = http_status
        self.code = code
        self.headers = headers or {}
        self.more = more


def body(http_status: int, code: str, detail: str, **more: object) -> dict[str, Any]:
    """The members of a problem. `type` is about:blank: `code` is what a program looks at."""
    return {"type": "about:blank", "title": title(http_status), "status": http_status, "code": code, "detail": detail, **more}


def title(http_status: int) -> str:
    return HTTPStatus(http_status).phrase


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler of the whole API."""
    # DRF's views load the parsers of the settings, ours raise Problem: imported at the top they would wait for each other.
    from rest_framework.views import exception_handler, set_rollback

    if isinstance(error, OperationalError):
        # A cut, failover or lock that outlasted the retries: try again later, nothing was saved (threats 71).
        log.warning("database unavailable", extra={"fault": type(error).__name__})
        set_rollback()
        return _answer(503, "unavailable", _("The database does not answer. Try again."), {"Retry-After": "5"})
    if isinstance(error, RequestDataTooBig):
        return _answer(413, "too_large", _("The request is too large."))
    if isinstance(error, DatabaseError):
        return None
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if name in response}
    if isinstance(error, Problem):
        return _answer(error.status_code, error.code, str(error.detail), {**headers, **error.headers}, **error.more)
    if isinstance(error, exceptions.ValidationError):
        errors = list(_fields(error.detail))
        return _answer(400, "invalid", _("Some fields are not valid."), headers, errors=errors)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    code = error.get_codes() if isinstance(error.detail, str) else CODES.get(response.status_code, "error")
    if code in ("parse_error", "throttled", "authentication_failed", "error"):
        code = CODES[response.status_code]
    return _answer(response.status_code, code, str(error.detail), headers)


def _answer(http_status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: object) -> Response:
    return Response(body(http_status, code, detail, **more), http_status, headers=headers, content_type=CONTENT_TYPE)


def _fields(detail: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """One {pointer, code, detail} for each fault, however deep (RFC 6901)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = pointer if name == "non_field_errors" else f"{pointer}/{_escape(str(name))}"
            yield from _fields(inner, here)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            yield from _fields(inner, f"{pointer}/{index}" if isinstance(inner, dict | list) else pointer)
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _escape(name: str) -> str:
    # What the caller called a field is echoed: lone surrogates cannot be encoded, and nobody needs a name of a megabyte.
    clean = name.encode("utf-8", "replace").decode()[:100]
    return clean.replace("~", "~0").replace("/", "~1")
