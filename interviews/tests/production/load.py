"""N candidates go through typed interviews against two web processes; p50 and p95 beside a baseline of the same run.

Bounded in number and time, on the loopback only: it starts its own site (own database, own Redis database, own ports) and
takes it down. The baseline is one candidate alone, before the crowd, on the same processes: the ratio is what is compared.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import django

MOST_CANDIDATES, MOST_S = 200, 900


def main(argv: list[str]) -> int:
    options = arguments(argv)
    from interviews.tests.candidate_walk import Walk
    from interviews.tests.production.stage import Stage, missing

    if why := missing():
        print(f"Nothing was measured: {why}.")
        return 2
    with tempfile.TemporaryDirectory(prefix="interviews-load-") as folder, Stage(Path(folder)) as stage:
        links = invite(stage, options.candidates + options.alone)

        def candidate(number: int) -> Walk:
            walk = Walk(stage.web[number % 2], stage.origin)
            walk.open(links[number])
            with walk.socket() as socket:
                if not walk.answer(socket):
                    raise AssertionError("the interview did not end")
            return walk

        warm_up = [candidate(number) for number in range(options.alone)]
        baseline = warm_up[1:] or warm_up  # the first one loads the voice and fills caches
        began = time.monotonic()
        crowd, failed = together(candidate, range(options.alone, len(links)), options.seconds)
        took_s = time.monotonic() - began
    print(table(baseline, crowd, took_s))
    for fault in failed[:5]:
        print(f"failed: {fault}")
    if options.json:
        Path(options.json).write_text(json.dumps(figures(baseline, crowd), indent=1))
    return 1 if failed or not crowd else 0


def arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="PRODUCTION_TEST_DATABASE_URL and PRODUCTION_TEST_REDIS_URL name other servers than those of this machine.",
    )  # fmt: skip
    parser.add_argument("--candidates", type=int, default=20, help=f"at once, at most {MOST_CANDIDATES}")
    parser.add_argument(
        "--alone", type=int, default=3, help="candidates one after another, for the baseline; the first is not counted"
    )
    parser.add_argument("--seconds", type=int, default=300, help=f"give up after so long, at most {MOST_S}")
    parser.add_argument("--json", default="", help="write the figures here too")
    options = parser.parse_args(argv)
    if not (1 <= options.candidates <= MOST_CANDIDATES and 1 <= options.alone <= 20 and 1 <= options.seconds <= MOST_S):
        parser.error("a number is out of its bounds")
    return options


def invite(stage: object, count: int) -> list[str]:
    """One open position, `count` invitations in batches, their links."""
    from interviews.tests.production.conftest import DRAFT

    position = stage.call("POST", "positions", DRAFT)["id"]
    stage.call("POST", f"positions/{position}/open")
    ids: list[str] = []
    for start in range(0, count, 100):
        guests = [{"name": f"Candidate {number}"} for number in range(start, min(start + 100, count))]
        ids += [
            row["interview"] for row in stage.call("POST", "invitations", {"position": position, "guests": guests})["results"]
        ]
    return [stage.call("GET", f"invitations/{public_id}/link")["link"] for public_id in ids]


def together(candidate: Callable[[int], object], numbers: Iterable[int], most_s: float) -> tuple[list, list[str]]:
    """All at once; (those that came through, what went wrong with the others)."""
    walks, failed = [], []
    numbers = list(numbers)
    with ThreadPoolExecutor(len(numbers)) as pool:
        going = [pool.submit(candidate, number) for number in numbers]
        try:
            for done in as_completed(going, timeout=most_s):
                error = done.exception()
                if error is None:
                    walks.append(done.result())
                else:
                    failed.append(f"{type(error).__name__}: {error}")
        except TimeoutError:
            failed.append(f"not done after {most_s} s: {sum(not one.done() for one in going)}")
    return walks, failed


def percentiles(values: list[float]) -> tuple[float, float]:
    """(p50, p95) in milliseconds."""
    if len(values) < 2:
        return (values[0] * 1000,) * 2 if values else (0.0, 0.0)
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[94] * 1000


def figures(baseline: list, crowd: list) -> dict[str, dict[str, float]]:
    shown = {}
    for what in ("pages", "turns"):
        for name, walks in (("alone", baseline), ("together", crowd)):
            p50, p95 = percentiles([value for walk in walks for value in getattr(walk, what)])
            shown[f"{what} {name}"] = {"p50_ms": round(p50, 1), "p95_ms": round(p95, 1)}
    return shown


def table(baseline: list, crowd: list, took_s: float) -> str:
    rows = figures(baseline, crowd)
    lines = [
        f"{len(crowd)} candidates at once, two web processes, {took_s:.1f} s",
        f"{'':<18}{'p50 ms':>10}{'p95 ms':>10}{'× alone':>10}",
    ]
    for what in ("pages", "turns"):
        alone, crowded = rows[f"{what} alone"], rows[f"{what} together"]
        ratio = crowded["p95_ms"] / alone["p95_ms"] if alone["p95_ms"] else 0.0
        lines.append(f"{what + ' alone':<18}{alone['p50_ms']:>10}{alone['p95_ms']:>10}")
        lines.append(f"{what + ' together':<18}{crowded['p50_ms']:>10}{crowded['p95_ms']:>10}{ratio:>10.1f}")
    return "\n".join(lines)


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    django.setup()
    sys.exit(main(sys.argv[1:]))
