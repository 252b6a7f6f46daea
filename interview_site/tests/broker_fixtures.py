"""A real private broker for one test."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, Popen

import pytest

from interview_site.supervisor import broker
from interview_site.tests.supervised import eventually


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[broker.Broker]:
    private = broker.prepare(tmp_path, broker.find_binary())
    with Popen(private.argv, stdout=DEVNULL, stderr=DEVNULL) as process:
        eventually(private.answers)
        yield private
        process.terminate()
