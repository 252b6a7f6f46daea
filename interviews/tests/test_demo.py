"""The demo an empty site begins with."""

import pytest

from avatars.models import AvatarSettings
from interviews.models import Interview, OutgoingMail, Position
from interviews.services.demo import ensure_demo, fresh_demo
from interviews.tests.builders import make_position

pytestmark = pytest.mark.django_db


def test_an_empty_site_gets_one_open_interview_per_language():
    assert [language for language, _link in ensure_demo()] == ["ru", "en", "kk"]
    assert Interview.objects.filter(kind=Interview.Kind.DEMO).count() == 3
    assert all(position.questions.count() == 3 and position.criteria.count() == 3 for position in Position.objects.all())
    assert {profile.name for profile in AvatarSettings.objects.all()} == {"Standard", "Timur"}
    assert not OutgoingMail.objects.exists()


def test_asking_again_gives_the_same_links():
    assert ensure_demo() == ensure_demo()


def test_a_site_with_positions_of_its_own_is_left_alone():
    make_position()
    assert ensure_demo() == []


def test_a_finished_demo_interview_is_no_longer_offered():
    ensure_demo()
    Interview.objects.filter(language="en").update(state=Interview.State.COMPLETED)
    assert [language for language, _link in ensure_demo()] == ["ru", "kk"]


def test_a_fresh_demo_replaces_the_links_nobody_used():
    old = dict(ensure_demo())
    new = fresh_demo()
    assert [language for language, _link in new] == ["ru", "en", "kk"]
    assert not set(dict(new).values()) & set(old.values())
    assert Position.objects.count() == 3
