"""Everything that is checked before a change lands: tools, style, secrets, catalogues, Django, JavaScript, pytest.

`script/test` makes .venv and calls this. Steps go on after a failure, so that one run shows all of them; pytest comes
last and its own summary line closes the output. What this machine could not check is said loudly before it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from test_tools import Tools

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
# Browser tests sit through spoken sentences: more processes than cores do the others' work meanwhile.
AT_ONCE = ["--reruns", "2", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
MOST_TRIED_ALONE = 8


class Steps:
    """Runs commands one after another and remembers which failed."""

    def __init__(self) -> None:
        self.failed: list[str] = []
        # Commands of Django outside pytest: a folder of their own, no keys of this machine.
        self.environ = {
            **os.environ,
            "VAR_DIR": tempfile.mkdtemp(prefix="interviews-check-"),
            "SITE_MODE": "embedded",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PUBLIC_BASE_URL": "",
            "HOST": "",
        }

    def run(self, name: str, *argv: str, cwd: Path = ROOT) -> bool:
        began = time.monotonic()
        print(f"── {name}", flush=True)
        good = subprocess.run(argv, cwd=cwd, env=self.environ).returncode == 0
        print(f"   {'ok' if good else 'FAILED'} in {time.monotonic() - began:.1f} s", flush=True)
        if not good:
            self.failed.append(name)
        return good


def frontend(steps: Steps, tools: Tools) -> None:
    """Node's own test runner over frontend/test, and whether static/dist is what the sources build."""
    folder = ROOT / "frontend"
    if not tools.node or not folder.is_dir():
        return
    tests = sorted(str(path.relative_to(folder)) for path in folder.glob("test/**/*.test.mjs"))
    packages = tools.node_packages(folder)
    if not packages:
        tests = [path for path in tests if not path.startswith("test/sdk/")]  # they bundle, and ask the real SDKs for their names
    if tests:
        steps.run("JavaScript tests", tools.node, "--test", "--test-reporter=dot", *tests, cwd=folder)
    if packages and (folder / "build.mjs").exists():
        with tempfile.TemporaryDirectory() as fresh:  # the build writes to ../static/dist: here, to the copy's own
            copy = mirror(Path(fresh))
            if steps.run("build of the pages' scripts", tools.node, "build.mjs", cwd=copy / "frontend"):
                built, committed = copy / "static" / "dist", ROOT / "static" / "dist"
                steps.run("static/dist is what the sources build", "diff", "-rq", str(built), str(committed))


def mirror(folder: Path) -> Path:
    """The project seen from another folder: frontend copied, static/dist absent, everything else a link."""
    for entry in ROOT.iterdir():
        if entry.name == "frontend":
            shutil.copytree(entry, folder / "frontend", ignore=shutil.ignore_patterns("node_modules"))
            (folder / "frontend" / "node_modules").symlink_to(entry / "node_modules")
        elif entry.name == "static":
            (folder / "static").mkdir()
            for below in entry.iterdir():
                if below.name != "dist":
                    (folder / "static" / below.name).symlink_to(below)
        else:
            (folder / entry.name).symlink_to(entry)
    return folder


def pytest(arguments: list[str], environ: dict[str, str]) -> int:
    """All tests at once; the few that failed there once more, alone: what waits for sockets, sound and pictures
    may miss its moment on a busy machine, a real fault fails again. Both rounds are told in their summaries."""
    with tempfile.TemporaryDirectory() as cache:
        command = [PYTHON, "-m", "pytest", "-q", "-raR", "-o", f"cache_dir={cache}"]
        outcome = subprocess.run([*command, *arguments], cwd=ROOT, env=environ).returncode
        record = Path(cache, "v", "cache", "lastfailed")
        failed = json.loads(record.read_text()) if outcome == 1 and record.exists() else {}
        if not 0 < len(failed) <= MOST_TRIED_ALONE:
            return outcome
        print(f"── once more, alone: {', '.join(failed)}", flush=True)
        return subprocess.run([*command, "--last-failed", "--last-failed-no-failures", "none"], cwd=ROOT, env=environ).returncode


def main(pytest_arguments: list[str]) -> int:
    steps, tools = Steps(), Tools()
    tools.install()
    steps.run("message catalogues", PYTHON, "-m", "interview_site.messages")
    steps.run("ruff", PYTHON, "-m", "ruff", "check", ".")
    steps.run("secrets", PYTHON, "script/check-secrets")
    steps.run("manage.py check", PYTHON, "manage.py", "check", "--fail-level", "WARNING")
    steps.run("migrations are complete", PYTHON, "manage.py", "makemigrations", "--check", "--dry-run")
    steps.run("every message is translated", PYTHON, "script/messages", "--check")
    frontend(steps, tools)
    steps.run("storage, states, sockets and API on PostgreSQL and Redis", PYTHON, "-m", "interviews.tests.production.suite")

    for line in tools.left_out:
        print(f"!! LEFT OUT: {line}", flush=True)
    if steps.failed:
        print(f"!! FAILED BEFORE PYTEST: {', '.join(steps.failed)}", flush=True)
    outcome = pytest(pytest_arguments or AT_ONCE, {**os.environ, **tools.environ})
    return outcome or (1 if steps.failed else 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
