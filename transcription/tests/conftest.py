"""Each test has its own recording folder; storage threads and open files do not outlive it."""

from collections.abc import Iterator

import pytest

from transcription.services import storage, takes


@pytest.fixture(autouse=True)
def recording_dir(settings: object, tmp_path: object) -> Iterator[object]:
    settings.RECORDING_DIR = tmp_path / "recordings"
    settings.EAR_DETECTOR = "energy"  # most sounds made here are no human voice; the trained ear has tests of its own
    yield settings.RECORDING_DIR
    storage.shut_down()
    takes.forget_all()
