"""The bounded form of the bar: a few real kills of a real process; 200 run in the bench (threats 13)."""

import json
import os
import subprocess
import sys

from django.conf import settings


def test_nothing_acknowledged_is_lost_when_the_process_is_killed() -> None:
    environ = {name: value for name, value in os.environ.items() if name not in ("VAR_DIR", "DJANGO_SETTINGS_MODULE")}
    done = subprocess.run(
        [sys.executable, "-m", "transcription.bench", "kills", "--kills", "12"],
        cwd=settings.BASE_DIR, env=environ, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["kills"] >= 12 and figures["bytes_lost"] == 0
