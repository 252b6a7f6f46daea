"""Who may see an interview: the candidate by cookie, staff by position. A stranger sees 404 (design §2, threats 12, 40)."""

from collections.abc import Mapping

from django.http import Http404

from interviews import links
from interviews.models import Candidate, Interview


def interview_by_link(public_id: str, given_mac: str) -> Interview:
    """Raises Http404 for a wrong, malformed, unknown or reissued link: all look the same."""
    public_id = "" if "\x00" in public_id else public_id  # nobody's: PostgreSQL cannot even compare a NUL
    interview = Interview.objects.select_related("version__position", "candidate").filter(public_id=public_id).first()
    # An unknown id is checked against generation 0, so that both paths cost the same.
    generation = interview.link_generation if interview else 0
    if not links.mac_is_right(public_id, generation, given_mac) or interview is None:
        raise Http404
    return interview


def candidate_interview(public_id: str, cookies: Mapping[str, str]) -> Interview:
    """The interview this browser's cookie permits. Raises Http404 otherwise."""
    if "\x00" in public_id:  # a socket's address passes no middleware
        raise Http404
    interview = Interview.objects.select_related("version__position", "candidate").filter(public_id=public_id).first()
    if interview is None or not links.cookie_is_right(
        public_id, interview.link_generation, cookies.get(links.cookie_name(public_id))
    ):
        raise Http404
    return interview


def may_handle_person(user: object) -> bool:
    """Whether this member of staff may hand over or erase all that is held about a person, at whatever position."""
    return bool(
        user.is_staff and user.is_active and user.has_perms(("interviews.delete_candidate", "interviews.view_all_positions"))
    )


def staff_person(user: object, pk: int) -> Candidate:
    """The person, for whoever may handle all their data. Raises Http404."""
    person = Candidate.objects.visible_to(user).filter(pk=pk).first() if may_handle_person(user) else None
    if person is None:
        raise Http404
    return person


def staff_interview(user: object, pk: int) -> Interview:
    """The interview if this member of staff may see its position. Raises Http404 otherwise."""
    interview = Interview.objects.visible_to(user).select_related("version__position", "candidate").filter(pk=pk).first()
    if interview is None:
        raise Http404
    return interview
