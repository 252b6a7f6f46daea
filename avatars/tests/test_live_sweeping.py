"""No minute is paid for an empty room: the sweep's clocks, stops that fail, processes killed anywhere."""

import random
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.utils import timezone

from avatars.models import LiveAlert, LiveSession
from avatars.providers.breaker import SharedBreaker
from avatars.services import live_speaking
from avatars.services.live_sessions import close, heartbeat, mark_active
from avatars.services.live_sweeping import sweep
from avatars.tests.live_builders import later, opened, spent
from interview_site import notify
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db(transaction=True)
FAILS = ProviderError("500", category=Category.SERVER)


def swept(session: LiveSession, after_s: float) -> str:
    later(after_s)
    sweep()
    session.refresh_from_db()
    return session.state


# --- Clocks ---


def test_a_session_without_a_heartbeat_is_stopped_after_45_seconds(live):
    session = opened()
    assert swept(session, 40) == "live"
    heartbeat(session=session)
    assert swept(session, 40) == "live"
    assert swept(session, 6) == "closed"
    assert session.reason == "no_heartbeat" and not live.rooms


def test_who_comes_back_a_moment_before_the_end_is_not_cut_off(live):
    session = opened()
    later(44)
    assert opened().pk == session.pk
    assert swept(session, 10) == "live"


def test_its_time_ends_it(live):
    session = opened(most_s=120)
    later(100)
    heartbeat(session=session)
    assert swept(session, 10) == "live"
    assert swept(session, 11) == "closed"
    assert (session.reason, live.requests[0].most_s) == ("time_up", 120)


def test_a_room_that_lives_shorter_than_asked_for_ends_with_it(live):
    live.gives_s = 60
    session = opened(most_s=600)
    later(40)
    heartbeat(session=session)
    assert swept(session, 10) == "live"
    assert swept(session, 11) == "closed" and session.reason == "time_up"


def test_the_profile_caps_the_minutes(live):
    assert opened(settings={"live_minutes_limit": 5}, most_s=3600).most_s == 300


class Page:
    """Listens to the channel layer as a page's consumer does."""

    def __init__(self, session: LiveSession) -> None:
        self.layer = get_channel_layer()
        self.channel = async_to_sync(self.layer.new_channel)()
        async_to_sync(self.layer.group_add)(notify.live_group(session.public_id), self.channel)

    def hears(self) -> dict:
        return async_to_sync(self.layer.receive)(self.channel)


def alive(session: LiveSession, seconds: float) -> None:
    """The page stays open for so long, and nobody speaks."""
    for _ten in range(round(seconds / 10)):
        later(10)
        heartbeat(session=session)
        sweep()
    session.refresh_from_db()


def test_silence_is_warned_of_then_ends_it(live, settings):
    session = opened()
    page = Page(session)
    alive(session, 140)
    assert session.warned_at is None
    alive(session, 10)
    assert page.hears() == {"type": "live.event", "event": "idle_warning", "seconds": 30}
    alive(session, 20)
    assert session.state == "live"
    later(11)
    sweep()
    session.refresh_from_db()
    assert (session.state, session.reason) == ("closed", "idle")
    assert page.hears() == {"type": "live.event", "event": "closed", "reason": "idle"}


def test_a_word_voids_the_warning_and_starts_the_limit_anew(live):
    session = opened()
    page = Page(session)
    alive(session, 150)
    mark_active(session=session)
    assert [page.hears()["event"], page.hears()["event"]] == ["idle_warning", "active"]
    alive(session, 140)
    assert session.state == "live" and session.warned_at is None


def test_the_avatars_own_long_speech_is_no_silence(live):
    session = opened()
    for _sentence in range(2):
        live_speaking.say(session=session, text="x" * 1500)  # 90 s each at the fake, one after the other
    alive(session, 180 + 140)
    assert session.state == "live" and session.warned_at is None
    live_speaking.say(session=session, text="x" * 1500)
    live_speaking.interrupt(session=session)
    alive(session, 150)
    assert session.warned_at is not None


def test_silence_never_ends_it_where_the_limit_is_off(live, settings):
    settings.LIVE_IDLE_S = 0
    session = opened()
    alive(session, 600)
    assert session.state == "live"


def test_the_provider_is_told_that_somebody_is_there_only_while_heartbeats_come(live):
    session = opened()
    alive(session, 130)
    assert live.kept_alive == [session.provider_id]
    swept(session, 130)
    assert len(live.kept_alive) == 1


def test_a_room_the_provider_has_ended_is_noticed_by_the_next_words(live):
    session = opened()
    later(50)
    heartbeat(session=session)
    live.rooms.clear()
    with pytest.raises(live_speaking.SessionGone):
        live_speaking.say(session=session, text="Are you there?")
    session.refresh_from_db()
    assert (session.state, session.reason, spent(session)) == ("lost", "room_gone", Decimal("0.1"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's")
def test_no_clock_of_the_sweep_reads_the_sessions_that_have_ended():
    live_ones = LiveSession.objects.filter(state="live")
    assert "live_by_state" in live_ones.filter(heartbeat_at__lte=timezone.now()).explain()
    assert "live_by_state" in live_ones.filter(provider="fake").explain()
    assert "live_due" in LiveSession.objects.due().order_by("due_at").explain()


# --- Stops that fail ---


def test_a_stop_refused_three_times_is_tried_until_it_is_confirmed(live):
    session = opened()
    later(61)
    live.on_close += [FAILS] * 3
    assert close(session=session, reason="goodbye").state == "closing"
    alert = LiveAlert.objects.get()
    assert (alert.kind, alert.session, alert.resolved_at) == ("stop_failed", session, None)
    assert [swept(session, 3), swept(session, 5), swept(session, 9)] == ["closing", "closing", "closed"]
    alert.refresh_from_db()
    assert session.stops == 3 and alert.resolved_at is not None and not live.rooms
    # It ran for 61 + 17 s and what the test took: two minutes were begun.
    assert spent(session) == Decimal("0.2") and Decimal("1.3") <= session.minutes < 2


def test_a_stop_that_nobody_confirms_is_given_up_long_after_its_end_and_paid_in_full(live):
    session = opened(most_s=120)
    live.on_close += [FAILS] * 50
    close(session=session, reason="goodbye")
    for _try in range(14):
        swept(session, 61)
    assert (session.state, spent(session), LiveAlert.objects.get().resolved_at) == ("lost", Decimal("0.2"), None)


def test_an_owner_whose_room_cannot_be_stopped_may_open_another(live):
    live.on_close += [FAILS]
    close(session=opened(), reason="left")
    assert opened().state == "live"


def test_a_paused_provider_is_asked_to_stop_all_the_same(live):
    """A stop that is not tried costs money: the breaker does not hold it back."""
    live.breaker = SharedBreaker()
    session = opened()
    for _fault in range(6):
        live.breaker.failed("fake", FAILS)
    assert close(session=session, reason="goodbye").state == "closed"


# --- Killed anywhere ---


class Killed(BaseException):
    """The process is gone: nothing of ours runs on."""


def test_a_hundred_kills_anywhere_leave_no_room_after_a_minute(live):
    dice = random.Random(8)

    def kill() -> None:
        for hook in ("before_note", "before_open", "after_open", "before_close", "after_close"):
            setattr(live, hook, lambda: None)
        raise Killed

    for number in range(100):
        live.notes = dice.random() < 0.5
        point = dice.choice(["before_note", "before_open", "after_open", "live", "before_close", "after_close", "mid_stop"])
        if point not in ("live", "mid_stop"):
            setattr(live, point, kill)
        try:
            session = opened(f"user:{number}", purpose="studio")
            for _beat in range(dice.randrange(3)):
                later(dice.uniform(1, 3))
                heartbeat(session=session)
            if point == "mid_stop":
                live.on_close.append(FAILS)
            if point != "live":
                close(session=session, reason="left")
        except Killed:
            pass
    assert len(live.rooms) > 30 and LiveSession.objects.costing().count() > 50
    later(60)
    for _tick in range(3):
        sweep()
    assert live.rooms == {}
    assert set(LiveSession.objects.values_list("state", flat=True)) == {"closed"}
