"""Plans, links, access and states: what everything in interviews stands on."""

import pytest
from django.http import Http404

from interviews import access, links
from interviews.models import Interview
from interviews.plan import PlanError, from_json
from interviews.services.states import WrongState, move
from interviews.services.versions import NothingToAsk, freeze
from interviews.tests.builders import make_interview, make_position

pytestmark = pytest.mark.django_db


def test_a_plan_survives_the_way_through_json():
    plan = from_json(make_interview().version.plan)
    assert from_json(plan.to_json()) == plan


@pytest.mark.parametrize("value", [{}, {"format": 99}, {"format": 1, "title": "x"}, {"format": 1, "odd": 1}])
def test_it_refuses_json_that_is_not_a_plan(value):
    with pytest.raises(PlanError):
        from_json(value)


def test_freezing_an_unchanged_draft_gives_the_same_version():
    position = make_position()
    assert freeze(position) == freeze(position)


def test_freezing_a_changed_draft_makes_a_new_version_and_leaves_the_old_one_alone():
    position = make_position()
    first = freeze(position)
    position.questions.update(text="Changed?")
    assert freeze(position).number == 2
    first.refresh_from_db()
    assert from_json(first.plan).questions[0].text != "Changed?"


def test_a_position_without_questions_cannot_be_frozen():
    with pytest.raises(NothingToAsk):
        freeze(make_position(questions=[]))


def test_a_link_opens_its_own_interview_only():
    bob, other = make_interview(), make_interview()
    assert access.interview_by_link(bob.public_id, links.mac(bob.public_id, 1)) == bob
    with pytest.raises(Http404):
        access.interview_by_link(other.public_id, links.mac(bob.public_id, 1))


@pytest.mark.parametrize("mac", ["", "x", "é" * 22, "A" * 22, "A" * 500])
def test_a_malformed_link_is_not_found(mac):
    with pytest.raises(Http404):
        access.interview_by_link(make_interview().public_id, mac)


def test_a_reissued_link_ends_the_old_link_and_its_cookie():
    interview = make_interview()
    old_mac, old_cookie = links.mac(interview.public_id, 1), links.cookie_value(interview.public_id, 1)
    Interview.objects.filter(pk=interview.pk).update(link_generation=2)
    with pytest.raises(Http404):
        access.interview_by_link(interview.public_id, old_mac)
    with pytest.raises(Http404):
        access.candidate_interview(interview.public_id, {links.cookie_name(interview.public_id): old_cookie})


def test_a_move_leaves_a_passage_and_the_second_one_changes_nothing():
    interview = make_interview()
    assert move(interview, Interview.State.OPENED) is True
    assert move(interview, Interview.State.OPENED) is False
    assert [passage.new_state for passage in interview.passages.all()] == ["opened"]
    assert interview.opened_at is not None


def test_a_finished_interview_never_starts_again():
    interview = make_interview(state=Interview.State.COMPLETED)
    with pytest.raises(WrongState):
        move(interview, Interview.State.IN_PROGRESS)
