"""Who may open the socket of an interview (threats 26).

The Origin must match the configured list exactly and may not be missing, because the cookie authenticates. The cookie
decides which interview; the id in the address only picks it.
"""

from collections.abc import Mapping

from django.http import Http404

from interview_site.sockets import Bucket, Close, Refused, bucket_for, check_origin, cookies_of
from interviews.access import candidate_interview
from interviews.models import Interview

__all__ = ["MOST_SOCKETS", "Bucket", "Close", "Refused", "admitted", "bucket_for", "check_origin", "cookies_of"]
MOST_SOCKETS = 8  # of one interview in one process: a few devices and tabs, not a flood


def admitted(public_id: str, cookies: Mapping[str, str]) -> Interview:
    """The interview of this cookie, in a state in which there is a call. Raises Refused."""
    try:
        interview = candidate_interview(public_id, cookies)
    except Http404:
        raise Refused(Close.SESSION) from None
    if interview.erased_at or interview.state not in (*Interview.LIVE, Interview.State.COMPLETED):
        raise Refused(Close.FORBIDDEN)
    return interview
