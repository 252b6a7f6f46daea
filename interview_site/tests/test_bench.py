"""The frame of script/bench: figures beside their baselines."""

from interview_site.bench import Figure, line, median_s, table

PAGE: Figure = {"name": "first page", "value": 3.0, "unit": "s", "baseline": 0.5, "bar": 8.0}


def test_a_figure_shows_its_ratio_to_the_baseline_of_the_same_run() -> None:
    assert table([PAGE]).splitlines()[-1] == "| first page | 3 s | 0.5 s | 6.00 | ≤ 8 s |"


def test_a_figure_above_its_bar_is_called_out() -> None:
    assert "ABOVE THE BAR" not in line(PAGE)
    assert line({**PAGE, "value": 9.0}).endswith("ABOVE THE BAR")


def test_a_baseline_of_nothing_is_a_dash() -> None:
    assert line({**PAGE, "baseline": 0.0}) == "| first page | 3 s | – | – | ≤ 8 s |"


def test_large_figures_are_written_whole() -> None:
    assert "| 1,400 ms |" in line({**PAGE, "value": 1400.4, "unit": "ms"})


def test_the_median_is_of_all_runs() -> None:
    calls: list[int] = []
    assert median_s(lambda: calls.append(1), times=3) >= 0
    assert len(calls) == 3
