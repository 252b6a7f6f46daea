"""Every edge of a live session's states: what is allowed, what it brings with it, who wins a race."""

from decimal import Decimal

import pytest

from avatars.models import LiveSession, Spending
from avatars.services.live_sessions import LiveRefused, close
from avatars.services.live_states import State, move
from avatars.services.live_sweeping import sweep
from avatars.tests.live_builders import later, opened, passages, spent
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db
LOST_ANSWER = ProviderError("cut off", category=Category.CONNECTIVITY)


def row(state: str) -> LiveSession:
    about = {"owner": "x", "purpose": "test", "provider": "fake", "language": "en", "provider_id": "room-9"}
    return LiveSession.objects.create(**about, state=state)


@pytest.mark.parametrize("old", State.values)
def test_only_the_declared_moves_are_possible(old):
    for new in State.values:
        LiveSession.objects.all().delete()
        session = row(old)
        assert move(session, new) == (new in LiveSession.MOVES[old])
        assert session.state == (new if new in LiveSession.MOVES[old] else old)
        assert passages(session) == ([new] if new in LiveSession.MOVES[old] else [])


def test_a_move_from_another_state_than_asked_for_does_nothing():
    session = row(State.CLOSING)
    assert not move(session, State.LOST, only_from=(State.LIVE,)) and session.state == State.CLOSING


def test_the_first_reason_stays(live):
    session = opened()
    live.on_close.append(LOST_ANSWER)
    close(session=session, reason="hang_up")
    later(10, session)
    sweep()
    session.refresh_from_db()
    assert (session.state, session.reason) == ("closed", "hang_up")
    assert list(session.passages.values_list("reason", flat=True)) == ["", "", "hang_up", "stopped"]


def test_what_a_browser_or_the_server_needed_is_forgotten_when_it_ends(live):
    session = opened()
    assert session.join and session.private == {"secret": f"secret-{session.provider_id}"}
    close(session=session, reason="goodbye")
    assert session.join == {} == session.private and session.due_at is None


# --- Opening ---


@pytest.mark.parametrize(
    "fault, refused, error",
    [
        (ProviderError("1001", category=Category.RATE_LIMIT, code="hosts_occupied"), "hosts_occupied", "hosts_occupied"),
        (ProviderError("429", category=Category.RATE_LIMIT), "hosts_occupied", "rate_limit"),
        (ProviderError("401", category=Category.AUTHENTICATION), "unavailable", "authentication"),
        (ProviderError("402", category=Category.QUOTA, code="no_credit"), "unavailable", "no_credit"),
        (ProviderError("422", category=Category.INVALID_REQUEST, code="avatar_missing"), "unavailable", "avatar_missing"),
        (ProviderError("rests", category=Category.CONNECTIVITY, code="breaker_open"), "unavailable", "connectivity"),
    ],
)
def test_a_refusal_leaves_nothing_open_and_costs_nothing(live, fault, refused, error):
    live.on_open.append(fault)
    with pytest.raises(LiveRefused) as raised:
        opened()
    session = LiveSession.objects.get()
    assert (raised.value.code, session.state, session.reason, session.error) == (refused, "closed", "not_opened", error)
    assert str(raised.value.text) and session.cost == 0 and spent(session) == 0


def test_a_refusal_after_the_id_was_known_costs_nothing_either(live):
    live.notes = True
    live.on_open.append(ProviderError("402", category=Category.QUOTA))
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    assert (session.state, session.provider_id, spent(session)) == ("closed", "", 0)


@pytest.mark.parametrize("notes", [True, False], ids=["id known before", "looked up"])
def test_a_lost_answer_is_looked_up_and_its_room_stopped(live, notes):
    live.notes, live.takes_before_failing = notes, True
    live.on_open.append(LOST_ANSWER)
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    assert (session.state, session.reason, len(live.rooms)) == ("closing", "answer_lost", 1)
    sweep()
    session.refresh_from_db()
    assert session.state == "closed" and not live.rooms and spent(session) == Decimal("0.1")


def test_a_lost_answer_without_a_room_costs_nothing_once_the_list_cannot_lag(live):
    live.on_open.append(LOST_ANSWER)
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    sweep()
    session.refresh_from_db()
    assert session.state == "closing"
    later(31)
    sweep()
    session.refresh_from_db()
    assert session.state == "closed" and spent(session) == 0


def test_a_lost_answer_nobody_can_ask_about_is_paid_in_full_and_a_person_is_told(live):
    live.finds = None
    live.on_open.append(LOST_ANSWER)
    with pytest.raises(LiveRefused):
        opened(most_s=600)
    session = LiveSession.objects.get()
    sweep()
    assert session.alerts.get().kind == "answer_lost"
    later(600 + 70)
    sweep()
    session.refresh_from_db()
    assert (session.state, session.minutes, spent(session)) == ("lost", 10, Decimal("1.0"))
    assert session.alerts.get().resolved_at is None


def test_closing_while_it_is_being_opened_stops_the_room_as_soon_as_it_is_there(live):
    live.after_open = lambda: close(session=LiveSession.objects.get(), reason="hang_up")
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    assert (session.state, session.reason) == ("closed", "hang_up") and not live.rooms


def test_closing_before_anything_was_paid_opens_no_room(live):
    """The provider tells the id first; the note is refused."""
    live.notes = True
    live.before_note = lambda: close(session=LiveSession.objects.get(), reason="hang_up")
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    assert (session.state, session.reason, live.rooms, spent(session)) == ("closed", "hang_up", {}, 0)


def test_a_room_that_comes_after_its_row_was_given_up_is_stopped(live):
    def given_up():
        live.finds = False
        later(100)
        sweep()
        assert LiveSession.objects.get().state == "closed"

    live.after_open = given_up
    with pytest.raises(LiveRefused):
        opened()
    session = LiveSession.objects.get()
    assert session.state == "closed" and not live.rooms
    assert passages(session) == ["opening", "closing", "closed", "closing", "closed"]
    assert Spending.objects.get().amount > 0


def test_a_killed_opener_does_not_lock_its_owner_out(live):
    class Killed(BaseException):
        pass

    def kill():
        live.before_open = lambda: None
        raise Killed

    live.before_open = kill
    with pytest.raises(Killed):
        opened()
    later(46)
    assert opened().state == "live" and LiveSession.objects.exclude(state="live").get().state in ("closing", "closed")


def test_a_session_over_its_time_is_not_given_out_again(live):
    first = opened(most_s=60)
    later(61)
    second = opened()
    first.refresh_from_db()
    assert (first.reason, first.state, len(live.rooms)) == ("time_up", "closed", 1) and second.pk != first.pk
