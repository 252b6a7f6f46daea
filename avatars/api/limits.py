"""How much one caller may have made in a minute: chunks and videos count together (API_CHUNKS_PER_MINUTE)."""

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.request import Request

from interview_site.api.problems import Problem
from interview_site.api.throttles import caller_of, count


def refuse_after_many(request: Request) -> None:
    """Raises Problem 429 once the minute is used up."""
    made, wait_s = count(f"chunks:{caller_of(request)}", by=0)
    if made >= settings.API_CHUNKS_PER_MINUTE:
        raise Problem(
            429, "too_many_requests", _("Too many chunks this minute. Try again later."),
            headers={"Retry-After": str(max(1, wait_s))},
        )  # fmt: skip


def count_made(request: Request, made: int) -> None:
    """What was ordered stays ordered, the next call is refused."""
    count(f"chunks:{caller_of(request)}", by=made)
