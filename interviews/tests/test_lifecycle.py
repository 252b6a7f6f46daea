"""The sweeper: what nobody ends is ended, what is alive is left alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interview_site.celery import app
from interviews.models import Interview
from interviews.services import lifecycle
from interviews.tasks import sweep_interviews
from interviews.tests.builders import make_interview

pytestmark = pytest.mark.django_db
State = Interview.State
YESTERDAY = timedelta(days=-1)


def make(state: str, *, deadline: timedelta, active: timedelta | None = None) -> Interview:
    now = timezone.now()
    return make_interview(state=state, deadline=now + deadline, active_at=now + active if active else None)


@pytest.mark.parametrize("state", Interview.BEFORE_START)
def test_an_invitation_past_its_deadline_expires(state):
    interview = make(state, deadline=YESTERDAY)
    assert lifecycle.expire_overdue() == 1
    interview.refresh_from_db()
    assert interview.state == State.EXPIRED
    assert interview.passages.get().old_state == state


def test_an_invitation_before_its_deadline_stays():
    make(State.INVITED, deadline=timedelta(hours=1))
    assert lifecycle.expire_overdue() == 0


@pytest.mark.parametrize("state", Interview.LIVE)
def test_a_call_left_for_long_and_past_the_deadline_is_abandoned(state):
    interview = make(state, deadline=YESTERDAY, active=timedelta(hours=-49))
    sweep_interviews()
    interview.refresh_from_db()
    assert interview.state == State.ABANDONED


@pytest.mark.parametrize(("deadline", "active"), [(YESTERDAY, timedelta(hours=-1)), (timedelta(days=1), timedelta(hours=-90))])
def test_a_call_that_may_still_go_on_is_left_alone(deadline, active):
    make(State.PAUSED, deadline=deadline, active=active)
    assert lifecycle.abandon_idle() == 0


@pytest.mark.parametrize("state", Interview.FINISHED)
def test_what_is_finished_stays_finished(state):
    interview = make(state, deadline=YESTERDAY, active=timedelta(days=-9))
    sweep_interviews()
    interview.refresh_from_db()
    assert interview.state == state


def test_sweeping_twice_moves_once():
    make(State.INVITED, deadline=YESTERDAY)
    assert [lifecycle.expire_overdue(), lifecycle.expire_overdue()] == [1, 0]


def test_beat_rings_the_sweeper():
    assert any(entry["task"] == sweep_interviews.name for entry in app.conf.beat_schedule.values())
