"""Health for machines, the metrics, and the plain error pages."""

import asyncio
import hmac
import logging
import sys
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django_prometheus.exports import ExportToDjangoView

from interview_site import __version__, health, heartbeats
from interview_site.api import problems

log = logging.getLogger(__name__)
SERVICE = "ai-avatar-interviews"


def alive(request: HttpRequest) -> JsonResponse:
    """Liveness: the process answers."""
    return _machine({"status": "ok", "service": SERVICE, "version": __version__})


async def ready(request: HttpRequest) -> JsonResponse:
    """Readiness: database and broker can be reached; 503 otherwise."""
    parts = await health.readiness()
    good = all(parts.values())
    return _machine({"status": "ready" if good else "unavailable", **parts}, status=200 if good else 503)


async def overview(request: HttpRequest) -> JsonResponse:
    """`/api/health` (docs/contracts/compat_api.md): status, models_loaded, avatar_loaded, device; ours: `parts`.

    `status` is "ready" while people can be interviewed, also when a background part is late (`degraded` names those), and
    "unavailable" with 503 without the database.
    """
    readiness, facts, parts = await asyncio.gather(
        health.readiness(), asyncio.to_thread(health.facts), asyncio.to_thread(_parts)
    )
    late = [name for name, part in parts.items() if part["late"]]
    body: dict[str, Any] = {
        "status": "ready" if readiness["database"] else "unavailable",
        **facts,
        "device": "cpu",
        "version": __version__,
        "degraded": late + [name for name, good in readiness.items() if not good],
        "parts": parts,
    }
    return _machine(body, status=200 if readiness["database"] else 503)


def _parts() -> dict[str, dict[str, Any]]:
    try:
        return {each.part: {"age_s": each.age_s, "late": each.late} for each in heartbeats.parts()}
    except DatabaseError:
        return {}
    finally:
        connection.close()  # this thread's own


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus; for staff, or for whoever brings METRICS_TOKEN as a bearer. A stranger sees 404."""
    if not (_has_metrics_token(request) or request.user.is_staff):
        raise Http404
    return ExportToDjangoView(request)


def _has_metrics_token(request: HttpRequest) -> bool:
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), wanted.encode())


def _machine(body: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})
    if status == 503:
        response["Retry-After"] = "5"
    return response


# --- Error pages: plain, kind, in the reader's language, with the id to quote ----------------------------------------


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("This request could not be understood"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, _("This page is not open to you"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, _("There is no such page"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or cookies are blocked; `reason` is for the log only."""
    log.warning("form refused", extra={"reason": reason})
    return _page(request, 403, _("This form is no longer valid"), template="csrf")


def server_error(request: HttpRequest) -> HttpResponse:
    """Uses neither the database nor context processors; a database that is away is 503, not a fault (threats 71)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    return _page(request, 500, _("Something went wrong on our side"))


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(request, 503, _("The service is busy for a moment"))
    response["Retry-After"] = "10"
    return response


def _page(request: HttpRequest, status: int, title: str, *, template: str = "") -> HttpResponse:
    request_id = getattr(request, "id", "")
    if request.path.startswith(("/api/", "/r/api/")):
        body = problems.body(status, problems.CODES[status], title, request_id=request_id)
        return JsonResponse(body, status=status, content_type="application/problem+json")
    context = {"title": title, "request_id": request_id, "static": settings.STATIC_URL}
    page = render_to_string(f"errors/{template or status}.html", context)
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
