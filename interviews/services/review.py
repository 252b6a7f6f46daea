"""Reviewers' marks: one review per person and interview; a change needs a reason and keeps the old marks (threats 44)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interviews.models import Interview, Mark, Review, ReviewChange
from interviews.plan import from_json
from interviews.services import audit

REVIEWABLE = (Interview.State.COMPLETED, Interview.State.ABANDONED)
# Somebody who declined or asked for a person is decided on by other ways than the answers.
DECIDABLE = (*REVIEWABLE, Interview.State.DECLINED)


class CannotReview(Exception):
    """The review cannot be stored; `text` says why, fit for a person."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class GivenMark:
    """A score 1–5, or None for "not enough evidence"."""

    score: int | None
    note: str = ""


def submit(interview: Interview, *, reviewer: object, marks: dict[str, GivenMark], comment: str = "", reason: str = "") -> Review:
    """Store this reviewer's marks, one for every criterion of the frozen plan (by uuid).

    Sent twice it changes nothing. Raises CannotReview: nothing to review yet, marks that do not fit the plan, a change
    without a reason.
    """
    if interview.state not in REVIEWABLE:
        raise CannotReview(_("There is nothing to review yet: the interview is not complete."))
    wanted = {criterion.uuid for criterion in from_json(interview.version.plan).criteria}
    if set(marks) != wanted:
        raise CannotReview(_("Mark every criterion, or choose “not enough evidence”."))
    if any(mark.score is not None and not 1 <= mark.score <= 5 for mark in marks.values()):
        raise CannotReview(_("A mark is a number from 1 to 5."))
    with transaction.atomic():
        # The interview's row is the lock: two tabs of one reviewer write one after the other.
        Interview.objects.select_for_update().get(pk=interview.pk)
        review = Review.objects.filter(interview=interview, reviewer=reviewer).first()
        if review is None:
            review = Review.objects.create(interview=interview, reviewer=reviewer, comment=comment)
            audit.record("review", interview, actor=reviewer)
        else:
            before = {str(mark.criterion_uuid): GivenMark(mark.score, mark.note) for mark in review.marks.all()}
            if before == marks and review.comment == comment:
                return review
            if not reason.strip():
                raise CannotReview(_("Say in a few words why you change your marks."))
            ReviewChange.objects.create(
                review=review, comment=review.comment, reason=reason.strip()[:500],
                marks={uuid: [mark.score, mark.note] for uuid, mark in before.items()},
            )  # fmt: skip
            review.comment = comment
            review.save(update_fields=["comment", "updated_at"])
            review.marks.all().delete()
            audit.record("change_review", interview, actor=reviewer)
        Mark.objects.bulk_create(
            Mark(review=review, criterion_uuid=uuid, score=mark.score, note=mark.note) for uuid, mark in marks.items()
        )
    return review
