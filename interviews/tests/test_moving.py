"""Moving a site: what goes out comes in again, on another database too (embedded.md)."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from avatars.models import Speech
from interview_site.api import tokens
from interview_site.moving import import_from, moved_models
from interviews.models import Decision, Interview, Turn
from interviews.services.states import move
from interviews.tests.builders import make_alice, make_interview

pytestmark = pytest.mark.django_db(transaction=True)
COUNT = """
import json
from interview_site.moving import moved_models
print(json.dumps({model._meta.label_lower: model._base_manager.count() for model in moved_models()}))
"""
SHOW = """
from interviews.models import Interview
bob = Interview.objects.get()
print(bob.created_at.isoformat(), bob.turns.get().text, bob.version.position.members.get().first_name)
"""


@pytest.fixture
def site(settings, tmp_path):
    """A small site with a bit of everything."""
    settings.MEDIA_ROOT, settings.RECORDING_DIR = tmp_path / "from-media", tmp_path / "from-recordings"
    alice = make_alice(first_name="Алиса")
    interview = make_interview(created_by=alice)
    interview.version.position.members.add(alice)
    move(interview, Interview.State.OPENED)
    Turn.objects.create(interview=interview, number=0, speaker="candidate", kind="answer", text="Ответ 😀")
    Decision.objects.create(interview=interview, reviewer=alice, outcome="hold", reason="Because.")
    tokens.mint(name="Job board", owner=alice, scopes=["positions:read"])
    Speech.objects.create(
        fingerprint="f", engine="espeak", voice="", language="ru", speed=1.0, text="Да", timeline={}, duration_ms=10,
        audio=ContentFile(b"RIFF", name="a.wav"),
    )  # fmt: skip
    (tmp_path / "from-recordings" / "1").mkdir(parents=True)
    (tmp_path / "from-recordings" / "1" / "0.pcm").write_bytes(b"\0" * 1000)
    return interview


@pytest.fixture
def folder(site, tmp_path):
    call_command("export_site", str(tmp_path / "export"), stdout=StringIO())
    return tmp_path / "export"


def environ_of(folder: Path) -> dict[str, str]:
    return {**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": "", "MEDIA_ROOT": "", "RECORDING_DIR": ""}


def manage_py(folder: Path, *argv: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *argv],
        cwd=settings.BASE_DIR,
        env=environ_of(folder),
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A freshly migrated site, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    assert manage_py(folder, "migrate", "--verbosity", "0").returncode == 0
    return folder


@pytest.fixture
def elsewhere(tmp_path, migrated):
    """Another site: runs manage.py there and gives what it prints."""
    shutil.copytree(migrated, tmp_path / "elsewhere")
    return partial(manage_py, tmp_path / "elsewhere")


def test_every_row_and_file_arrives_in_an_empty_site(folder, elsewhere, tmp_path, site):
    moved = elsewhere("import_site", str(folder))
    assert moved.returncode == 0, moved.stderr
    counts = json.loads(elsewhere("shell", "-v0", "-c", COUNT).stdout.splitlines()[-1])
    assert counts == json.loads((folder / "manifest.json").read_text())["rows"]
    assert counts == {model._meta.label_lower: model._base_manager.count() for model in moved_models()}
    assert (tmp_path / "elsewhere" / "recordings" / "1" / "0.pcm").read_bytes() == b"\0" * 1000
    assert [path.read_bytes() for path in (tmp_path / "elsewhere" / "media").rglob("*.wav")] == [b"RIFF"]
    shown = elsewhere("shell", "-v0", "-c", SHOW).stdout
    # Times are kept, letters too.
    assert shown.splitlines()[-1] == f"{site.created_at.isoformat()} Ответ 😀 Алиса"
    again = elsewhere("import_site", str(folder))
    assert again.returncode == 1 and "already has rows" in again.stderr


def test_it_refuses_a_site_somebody_works_in(folder):
    with pytest.raises(CommandError, match="already has rows in auth.user"):
        call_command("import_site", str(folder), stdout=StringIO())


def test_a_folder_that_is_not_empty_is_not_written_over(folder):
    with pytest.raises(CommandError, match="not empty"):
        call_command("export_site", str(folder), stdout=StringIO())


def test_a_file_that_changed_on_the_way_is_noticed_before_anything_is_written(folder, elsewhere, tmp_path):
    (folder / "recordings" / "1" / "0.pcm").write_bytes(b"\1" * 1000)
    refused = elsewhere("import_site", str(folder))
    assert refused.returncode == 1 and "not what was exported" in refused.stderr
    assert not (tmp_path / "elsewhere" / "media").exists()


@pytest.mark.parametrize("name", ["../../outside", "/etc/passwd"])
def test_a_manifest_cannot_name_a_file_outside(folder, elsewhere, name):
    _spoil(folder, files=[{"kind": "recordings", "name": name, "bytes": 1, "sha256": "x"}])
    refused = elsewhere("import_site", str(folder))
    assert refused.returncode == 1 and "outside" in refused.stderr


@pytest.mark.parametrize("spoilt", ["", "[]", "{}", '{"format": 2}'])
def test_a_folder_that_is_no_export_is_refused(tmp_path, spoilt):
    (tmp_path / "manifest.json").write_text(spoilt)
    with pytest.raises(Exception, match="no export"):
        import_from(tmp_path, print)


def test_another_version_is_refused(folder):
    _spoil(folder, migrations={"interviews": ["0001_initial"]})
    with pytest.raises(Exception, match="different versions"):
        import_from(folder, print)


def test_no_key_is_in_the_folder(folder):
    everything = b"".join(path.read_bytes() for path in Path(folder).rglob("*") if path.is_file())
    assert settings.LINK_KEY.encode() not in everything and settings.SECRET_KEY.encode() not in everything


def _spoil(folder, **changes):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, **changes}))
