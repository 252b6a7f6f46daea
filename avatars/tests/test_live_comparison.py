"""The nightly comparison of the providers' rooms with ours, in both directions."""

from decimal import Decimal

import pytest

from avatars.models import LiveAlert
from avatars.services.live_sessions import close, heartbeat
from avatars.services.live_sweeping import Compared, reconcile
from avatars.tests.live_builders import later, opened, passages
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db
FAILS = ProviderError("500", category=Category.SERVER)


def compared() -> Compared:
    """What was found at the scripted provider; our own presenter's rooms are compared too."""
    return next(row for row in reconcile() if row.provider == "fake")


def test_a_room_of_ours_that_ran_on_is_stopped_and_reported(live):
    session = close(session=opened(), reason="goodbye")
    live.rooms[session.provider_id] = session.public_id
    later(110)
    found = compared()
    session.refresh_from_db()
    assert (found.running, found.stopped, found.strangers) == (1, 1, 0) and not live.rooms
    assert passages(session)[-2:] == ["closing", "closed"] and session.reason == "goodbye"
    # It was paid to its real end.
    assert session.cost == Decimal("0.2")


def test_a_list_that_lags_behind_is_not_taken_for_a_leak(live):
    session = close(session=opened(), reason="goodbye")
    live.rooms[session.provider_id] = session.public_id
    assert compared().stopped == 0


def test_a_session_whose_room_is_missing_is_lost(live):
    session, other = opened(), opened("interview:2")
    later(70)
    heartbeat(session=other)
    live.rooms.pop(session.provider_id)
    found = compared()
    session.refresh_from_db()
    other.refresh_from_db()
    assert (found.lost, session.state, session.reason, other.state) == (1, "lost", "room_gone", "live")


def test_a_session_that_began_a_moment_ago_is_not_missed(live):
    session = opened()
    live.rooms.clear()
    reconcile()
    session.refresh_from_db()
    assert session.state == "live"


def test_a_strangers_room_is_reported_and_left_alone_unless_the_account_is_ours(live, settings):
    live.rooms["theirs"] = ""
    assert compared().strangers == 1 and "theirs" in live.rooms
    assert reconcile() and LiveAlert.objects.get().kind == "stranger"
    settings.LIVE_STOP_STRANGERS = True
    reconcile()
    assert not live.rooms
    reconcile()
    assert LiveAlert.objects.get().resolved_at is not None


def test_a_list_that_cannot_be_read_ends_nothing(live):
    session = opened()
    later(120)
    heartbeat(session=session)
    live.on_running.append(FAILS)
    assert compared().fault
    session.refresh_from_db()
    assert session.state == "live"
