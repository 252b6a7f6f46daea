"""The time budget is spent by talking only."""

from datetime import UTC, datetime, timedelta

from interviews.conversation.timekeeping import LONGEST_GAP_S, active_s

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_before_the_first_turn_nothing_is_spent():
    assert active_s([], [], at(500)) == 0


def test_time_between_turns_counts():
    assert active_s([at(0), at(60), at(100)], [], at(130)) == 130


def test_a_pause_costs_nothing():
    assert active_s([at(0), at(600)], [(at(100), at(580))], at(600)) == 120


def test_a_pause_that_lasts_still_costs_nothing():
    assert active_s([at(0)], [(at(10), None)], at(400)) == 10


def test_a_closed_tab_costs_at_most_one_gap():
    assert active_s([at(0), at(86_400)], [], at(86_410)) == LONGEST_GAP_S + 10
