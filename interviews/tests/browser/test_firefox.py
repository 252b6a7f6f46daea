"""A short run of the call in Firefox: another engine with its own ideas of sound, sockets and focus."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from interviews.services.demo_texts import DEMOS
from interviews.tests.browser.people import ANSWERS
from interviews.tests.browser.running_site import RunningSite

SCRIPT = Path(__file__).with_name("firefox_call.mjs")
PACKAGES = Path(settings.BASE_DIR) / "frontend" / "node_modules"


def firefox_path() -> str | None:
    """FIREFOX_BIN, else Debian's Firefox ESR, else another Firefox of this machine."""
    return os.environ.get("FIREFOX_BIN") or shutil.which("firefox-esr") or shutil.which("firefox")


def missing() -> list[str]:
    """What this machine has not: Firefox, Node or the npm packages of frontend/."""
    here = {
        "firefox-esr": firefox_path(),
        "node": shutil.which("node"),
        "puppeteer-core (npm ci in frontend/)": (PACKAGES / "puppeteer-core").is_dir(),
    }
    return [name for name, found in here.items() if not found]


@pytest.mark.skipif(bool(missing()), reason=f"LEFT OUT: THE CALL IN FIREFOX, not here: {', '.join(missing())}")
def test_a_call_is_answered_in_firefox_and_the_next_question_comes(site: RunningSite) -> None:
    answer = ANSWERS["ru"][0]
    link = site.invite(title=DEMOS["ru"].title)
    run = subprocess.run(["node", str(SCRIPT), firefox_path(), link, answer], capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert seen["browser"].startswith("firefox/")
    assert seen["steps"] == ["consent", "check", "call"]
    assert seen["greeting"]
    assert seen["firstQuestion"] and seen["nextQuestion"] != seen["firstQuestion"]
    assert any(seen["greeting"] in line for line in seen["said"])
    assert sum(answer in line for line in seen["said"]) == 1
    assert seen["faults"] == []
