"""The figures of script/load, and its bounds."""

from types import SimpleNamespace

import pytest

from interviews.tests.production import load


def test_percentiles_are_milliseconds():
    assert load.percentiles([0.001 * number for number in range(101)]) == pytest.approx((50, 95))
    assert load.percentiles([]) == (0.0, 0.0)
    assert load.percentiles([0.2]) == (200, 200)


def test_the_table_compares_the_crowd_with_the_baseline_of_the_same_run():
    alone = [SimpleNamespace(pages=[0.01, 0.01], turns=[0.02, 0.02])]
    crowd = [SimpleNamespace(pages=[0.03, 0.03], turns=[0.02, 0.02])]
    table = load.table(alone, crowd, 1.0)
    assert "1 candidates at once" in table and "3.0" in table


@pytest.mark.parametrize("odd", [["--candidates", "0"], ["--candidates", "100000"], ["--seconds", "0"], ["--alone", "x"]])
def test_it_is_bounded(odd):
    with pytest.raises(SystemExit):
        load.arguments(odd)


def test_a_candidate_that_fails_is_counted_and_the_others_go_on():
    def candidate(number):
        if number == 1:
            raise AssertionError("closed")
        return number

    walks, failed = load.together(candidate, range(3), 10)
    assert sorted(walks) == [0, 2] and failed == ["AssertionError: closed"]
