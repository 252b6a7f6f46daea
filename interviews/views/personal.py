"""A person's own data: withdrawing, a copy, erasing, by the link of the invitation; the whole copy for HR (hiring_law 14)."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from interview_site.api.throttles import count
from interview_site.media import ranged_response
from interviews import access, consent_texts
from interviews.models import Consent, Interview
from interviews.services import consents, personal
from interviews.views.candidate import candidate_view, page, see_other

MOST_COPIES_A_MINUTE = 3
PRIVATE = "private, no-store"


@candidate_view("GET", "HEAD", "POST")
def own_data(request: HttpRequest, interview: Interview) -> HttpResponse:
    """What was agreed to, and what the candidate may do about it. POST `withdraw` names a consent; `erase` needs `sure`."""
    if request.method == "POST":
        if request.POST.get("erase"):
            return _erase(request, interview)
        kind = request.POST.get("withdraw", "")
        if kind in Consent.Kind.values:
            consents.withdraw(interview, kind)
        return see_other("interview-data", interview.public_id)
    if interview.erased_at:
        return see_other("interview", interview.public_id)
    return _shown(request, interview)


def _shown(request: HttpRequest, interview: Interview, **context: object) -> HttpResponse:
    given = [row for row in consents.given(interview) if row.kind != Consent.Kind.PROCESSING]
    boxes = [{"kind": row.kind, "words": consent_texts.consent_text(row.kind, row.language)} for row in given]
    return page(request, interview, "own_data.html", boxes=boxes, **context)


def _erase(request: HttpRequest, interview: Interview) -> HttpResponse:
    if not request.POST.get("sure"):
        return _shown(request, interview, unsure=True)
    try:
        personal.erase_interview(interview)
    except personal.OnHold:
        return _shown(request, interview, on_hold=True)
    return see_other("interview", interview.public_id)


@require_safe
async def own_copy(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A copy of what this candidate gave in this interview."""

    def find() -> tuple[object, list[Interview]]:
        interview = access.candidate_interview(public_id, request.COOKIES)
        if interview.erased_at:
            raise Http404
        return interview.candidate, [interview]

    return await _copy(request, find, f"own:{public_id}", f"interview-{public_id}.zip", by=None)


@require_safe
async def person_data(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All that is held about a person, for HR to hand over."""

    def find() -> tuple[object, list[Interview]]:
        person = access.staff_person(request.user, pk)
        return person, list(Interview.objects.filter(candidate=person).select_related("version__position", "candidate"))

    return await _copy(request, find, f"hr:{pk}", f"person-{pk}.zip", by=True)


async def _copy(request: HttpRequest, find: Callable, name: str, filename: str, *, by: object) -> HttpResponseBase:
    """Made in a file that has no name any more once it is open, so that nothing stays behind."""

    def make() -> Path | None:
        person, interviews = find()
        copies, _wait_s = count(f"copy:{name}")
        if copies > MOST_COPIES_A_MINUTE:
            return None
        descriptor, path = tempfile.mkstemp(suffix=".zip")
        try:
            with os.fdopen(descriptor, "wb") as file:
                personal.write_copy(person, interviews, file, by=request.user if by else None)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        return Path(path)

    path = await sync_to_async(make)()
    if path is None:
        return HttpResponse(status=429, headers={"Retry-After": "60", "Cache-Control": PRIVATE})
    try:
        answer = await ranged_response(
            request, path, content_type="application/zip", filename=filename, attachment=True, cache_control=PRIVATE
        )
    finally:
        path.unlink(missing_ok=True)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
