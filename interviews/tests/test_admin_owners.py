"""Who stands behind a live session, for those who may see the interview."""

import pytest

from interview_site.owners import Owner, described
from interviews.tests.builders import make_alice, make_interview

pytestmark = pytest.mark.django_db


def test_an_interview_is_named_by_its_candidate_to_whoever_may_see_it(django_user_model) -> None:
    interview = make_interview()
    word = f"interview:{interview.public_id}"
    found = described([word], make_alice())[word]
    assert found.text == interview.candidate.name and str(interview.pk) in found.address
    assert described([word], django_user_model.objects.create_user("eve", is_staff=True)) == {word: Owner(word)}
