"""A Django shell beside a running site that stays open: a fresh one would read the whole project in for each question."""

import json
import subprocess
import sys

from django.conf import settings

_LOOP = """
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    printed, fault = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {})
    except Exception:
        fault = traceback.format_exc()
    print("told " + json.dumps([printed.getvalue(), fault]), flush=True)
"""


class SiteShell:
    """`run(code)` → the last line that it prints. Code that raises is an AssertionError with its traceback."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", _LOOP], cwd=settings.BASE_DIR, env=environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, code: str) -> str:
        print(json.dumps(code), file=self._process.stdin, flush=True)
        for line in self._process.stdout:
            if line.startswith("told "):
                printed, fault = json.loads(line.removeprefix("told "))
                assert not fault, fault
                return (printed.strip().splitlines() or [""])[-1]
        raise AssertionError("the shell is gone")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()
