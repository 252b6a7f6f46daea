"""Decisions: made by a named person with a reason, never changed; the latest counts (hiring_law 5, threats 44)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interviews.models import Decision, Interview
from interviews.services import audit
from interviews.services.review import DECIDABLE, CannotReview


class DecidedMeanwhile(CannotReview):
    """Somebody decided after this page was opened: look again first (threats 38)."""


def decide(interview: Interview, *, reviewer: object, outcome: str, reason: str, seen: int) -> Decision:
    """Add a decision. `seen` is the pk of the latest decision its maker saw, 0 for none.

    The same decision sent twice is stored once. Raises CannotReview and DecidedMeanwhile.
    """
    if interview.state not in DECIDABLE:
        raise CannotReview(_("There is nothing to decide yet: the interview is not over."))
    if not reason.strip():
        raise CannotReview(_("A decision needs a reason."))
    with transaction.atomic():
        Interview.objects.select_for_update().get(pk=interview.pk)
        latest = Decision.objects.filter(interview=interview).order_by("-pk").first()
        if (latest.pk if latest else 0) != seen:
            if (latest.reviewer_id, latest.outcome, latest.reason) == (reviewer.pk, outcome, reason.strip()):
                return latest
            raise DecidedMeanwhile(_("Somebody decided while this page was open. Read that decision first."))
        decision = Decision.objects.create(interview=interview, reviewer=reviewer, outcome=outcome, reason=reason.strip())
        audit.record("decide", interview, actor=reviewer, note=outcome)
    return decision
