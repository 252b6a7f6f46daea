"""Interviews as owners of what other apps keep (interview_site.owners)."""

from collections.abc import Collection

from django.urls import reverse

from interview_site.owners import Owner
from interviews.models import Interview


def interviews(public_ids: Collection[str], user: object) -> dict[str, Owner]:
    """The candidate's name, for those who may see the interview."""
    rows = Interview.objects.visible_to(user).filter(public_id__in=public_ids).values_list("public_id", "pk", "candidate__name")
    return {public_id: Owner(name, reverse("admin:interviews_interview_change", args=[pk])) for public_id, pk, name in rows}
