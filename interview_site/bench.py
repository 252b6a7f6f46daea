"""The frame of `script/bench`: figures, each beside a baseline of the same run (design §10).

An app offers figures by a module `bench` with `run() -> Iterable[Figure]`. Seconds depend on the machine; the ratio to the
baseline is what is compared between machines and days.
"""

import http.client
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from interview_site.supervisor.guards import free_port

ROOT = Path(__file__).resolve().parent.parent
BY_HAND = "## Measured in a browser"
APPS = ("interview_site", "avatars", "transcription", "interviews")


class Figure(TypedDict):
    """`value` and `baseline` in the same `unit` ("s", "ms", …); `bar` is the limit for `value` on a quiet machine."""

    name: str
    value: float
    unit: str
    baseline: float
    bar: float


def in_ms(name: str, value: float, baseline: float, bar: float) -> Figure:
    """A row of milliseconds, to a tenth."""
    return {"name": name, "value": round(value, 1), "unit": "ms", "baseline": round(baseline, 1), "bar": bar}


def ratio(figure: Figure) -> float:
    return figure["value"] / figure["baseline"] if figure["baseline"] else float("nan")


def median_s(work: Callable[[], object], times: int = 5) -> float:
    """The median of `times` runs, in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def collect() -> Iterator[Figure]:
    """The figures of every app that has a `bench` module, in the order of APPS."""
    for app in APPS:
        if find_spec(f"{app}.bench"):
            yield from import_module(f"{app}.bench").run()


def line(figure: Figure) -> str:
    """A row of the table; a baseline of nothing is a dash."""
    verdict = "" if figure["value"] <= figure["bar"] else "  ABOVE THE BAR"
    unit = figure["unit"]
    compared = f"{_short(figure['baseline'])} {unit} | {ratio(figure):.2f}" if figure["baseline"] else "– | –"
    return f"| {figure['name']} | {_short(figure['value'])} {unit} | {compared} | ≤ {_short(figure['bar'])} {unit} |{verdict}"


def _short(value: float) -> str:
    """Three significant digits, large numbers whole."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    head = ["| what | measured | baseline of the same run | ratio | bar |", "|---|---|---|---|---|"]
    return "\n".join([*head, *(line(figure).partition("  ABOVE")[0] for figure in figures)])


# --- Our own row ------------------------------------------------------------------------------------------------------


def run() -> Iterator[Figure]:
    """Start-up on a prepared machine, beside a bare start of Python with Django."""
    python = str(ROOT / ".venv" / "bin" / "python") if (ROOT / ".venv").exists() else sys.executable
    code = "import django.conf, django.db, django.http"
    bare = median_s(lambda: subprocess.run([python, "-c", code], check=True))
    with tempfile.TemporaryDirectory(prefix="interviews-bench-") as var_dir:
        first_page_s(Path(var_dir))  # prepares: keys, database, demo
        value = statistics.median(first_page_s(Path(var_dir)) for _ in range(3))
    name = "`script/server` again on a prepared machine: first page (baseline: Python importing Django)"
    yield {"name": name, "value": round(value, 2), "unit": "s", "baseline": round(bare, 2), "bar": 8.0}


def first_page_s(var_dir: Path) -> float:
    """Seconds from `script/server` until /healthz answers; the site is stopped again."""
    port = free_port()
    environ = {**os.environ, "VAR_DIR": str(var_dir), "PORT": str(port), "SITE_MODE": "embedded", "HOST": ""}
    environ |= {"REDIS_URL": "", "DATABASE_URL": "", "PUBLIC_BASE_URL": ""}
    began = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    server = subprocess.Popen([str(ROOT / "script" / "server")], env=environ, start_new_session=True, **silent)
    try:
        while not _answers(port):
            if server.poll() is not None or time.perf_counter() - began > 300:
                raise RuntimeError("script/server did not come up; run it by hand to see why")
            time.sleep(0.02)
        return time.perf_counter() - began
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
        server.wait(60)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def write(text: str) -> None:
    """Replace the table in docs/benchmarks.md; what follows it, from BY_HAND on, was measured otherwise and stays."""
    page = ROOT / "docs" / "benchmarks.md"
    when = datetime.now(UTC).strftime("%Y-%m-%d")
    machine = f"{os.cpu_count()} processors, Python {sys.version.split()[0]}"
    head = f"# Measurements\n\nMade by `script/bench --write` on {when} ({machine}). Run it on an idle machine:\n"
    head += "seconds depend on it and on its neighbours; the ratio to the baseline of the same run is what is compared.\n\n"
    _, heading, kept = page.read_text().partition(BY_HAND)
    page.write_text(f"{head}{text}\n\n{heading}{kept}")


def main(argv: list[str]) -> int:
    """Prints the table; `--write` keeps it in docs/benchmarks.md."""
    import django

    django.setup()
    figures = []
    for figure in collect():
        print(line(figure), flush=True)
        figures.append(figure)
    text = table(figures)
    if "--write" in argv:
        write(text)
    return 0
