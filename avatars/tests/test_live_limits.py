"""Two who ask at once, the number of rooms, and the money: one room each, never more than allowed, never more than there is."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from avatars.checks import live_limits_can_be_read
from avatars.models import AvatarSettings
from avatars.providers.live import LiveCapabilities, Transport
from avatars.services.live_sessions import LiveRefused, close
from avatars.services.live_sweeping import sweep
from avatars.services.profiles import save_profile
from avatars.tests.live_builders import later, opened, spent
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db(transaction=True)
FAILS = ProviderError("500", category=Category.SERVER)


def at_once(count: int, call) -> list:
    """Calls it with 0, 1, … in so many threads that start together; the outcomes, an exception as itself."""
    start, outcomes = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        start.wait()
        try:
            outcomes[number] = call(number)
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_openings_at_once_give_one_room(live):
    first, second = at_once(2, lambda number: opened())
    assert first.pk == second.pk and first.state == second.state == "live"
    assert len(live.requests) == 1 == len(live.rooms)


def test_the_last_place_is_given_once(live, settings):
    settings.LIVE_AT_ONCE = {"fake": 2}
    outcomes = at_once(4, lambda number: opened(f"user:{number}"))
    refused = [outcome for outcome in outcomes if isinstance(outcome, LiveRefused)]
    assert [error.code for error in refused] == ["concurrency"] * 2 and len(live.rooms) == 2
    settings.LIVE_AT_ONCE = {}
    live.live = LiveCapabilities(Transport.LIVEKIT, most_at_once=2)
    with pytest.raises(LiveRefused):
        opened("user:9")


def test_a_room_that_is_being_stopped_still_holds_its_place(live, settings):
    settings.LIVE_AT_ONCE = {"fake": 1}
    live.on_close.append(FAILS)
    close(session=opened(), reason="left")
    with pytest.raises(LiveRefused):
        opened()
    later(3)
    sweep()
    assert opened().state == "live"


def profile_with(budget: str) -> dict:
    profile = save_profile(AvatarSettings(name="Standard", monthly_budget=Decimal(budget)))
    return {"profile": profile.pk}


def test_the_budget_holds_the_longest_time_and_gets_the_rest_back(live):
    settings = profile_with("3.50")  # one 30-minute session at 0.1 is 3.00
    session = opened(settings=settings)
    assert spent(session) == Decimal("3.0")
    with pytest.raises(LiveRefused) as raised:
        opened("interview:2", settings=settings)
    assert raised.value.code == "budget" and len(live.rooms) == 1
    later(130)
    close(session=session, reason="goodbye")
    assert spent(session) == Decimal("0.3") == session.cost
    assert opened("interview:2", settings=settings).state == "live"


def test_provider_prices_set_the_minute(live, settings):
    settings.PROVIDER_PRICES = {"fake": {"live_minute": 2}}
    session = opened()
    later(61, session)
    assert close(session=session, reason="goodbye").cost == 4


def test_our_own_sound_may_have_a_price_of_its_own(live):
    live.live = replace(live.live, own_sound_cost=Decimal("0.05"))
    assert spent(opened(purpose="chat")) == Decimal("1.5")
    assert spent(opened("interview:2")) == Decimal("3")


def test_a_free_provider_takes_no_money(live):
    live.live = LiveCapabilities(costs_money=False)
    session = close(session=opened(), reason="goodbye")
    assert session.cost == 0 and session.minutes is not None and session.reserved == 0


# --- Settings ---


@pytest.mark.parametrize("value", [[], {"a2e": 0}, {"a2e": "2"}, {"a2e": True}, {"a2e": 1.5}])
def test_a_number_of_rooms_that_cannot_be_read_is_refused_at_start(settings, value):
    settings.LIVE_AT_ONCE = value
    assert [error.id for error in live_limits_can_be_read(None)] == ["avatars.E006"]


@pytest.mark.parametrize("idle_s, warning_s, ids", [(60, 60, ["avatars.E007"]), (60, 30, []), (0, 300, [])])
def test_a_warning_comes_before_the_end(settings, idle_s, warning_s, ids):
    settings.LIVE_AT_ONCE, settings.LIVE_IDLE_S, settings.LIVE_IDLE_WARNING_S = {"a2e": 1}, idle_s, warning_s
    assert [error.id for error in live_limits_can_be_read(None)] == ids
