import os

import pytest

from transcription.models import FileToDelete, Recording, SpeechSegment, Take
from transcription.services import erase, takes
from transcription.tests.builders import OWNER, cut, noise

pytestmark = pytest.mark.django_db


def record(frames: int = 5) -> Take:
    opened = takes.start_take(OWNER, "tab")
    takes.store(opened.id, cut(noise(frames), opened.number))
    take = Take.objects.get(pk=opened.id)
    SpeechSegment.objects.create(take=take, start_ms=0, end_ms=300, text="words", state=SpeechSegment.State.DONE)
    return take


def delete_queued() -> None:
    for row in FileToDelete.objects.all():
        erase.delete_file(row.pk)


def test_a_dry_run_counts_and_erases_nothing() -> None:
    take = record()
    receipt = erase.erase_recording(OWNER, dry_run=True)
    assert (receipt.takes, receipt.bytes, receipt.segments, receipt.dry_run) == (1, 5 * 2048, 1, True)
    assert takes.path_of(take).exists() and SpeechSegment.objects.exists()


def test_sound_and_words_are_gone_and_nothing_new_is_taken() -> None:
    path = takes.path_of(record())
    erase.erase_recording(OWNER)
    delete_queued()
    assert not path.exists() and not path.parent.exists()
    assert not SpeechSegment.objects.exists() and not Take.objects.exists() and not FileToDelete.objects.exists()
    with pytest.raises(takes.TakeRefused):
        takes.start_take(OWNER, "tab")


def test_erasing_twice_is_as_good_as_once() -> None:
    record()
    erase.erase_recording(OWNER)
    at = Recording.objects.get().erased_at
    assert erase.erase_recording(OWNER).takes == 0
    assert Recording.objects.get().erased_at == at


def test_a_file_that_will_not_go_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    path = takes.path_of(record())
    erase.erase_recording(OWNER)

    def busy(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "busy")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "unlink", busy)
        delete_queued()
    row = FileToDelete.objects.get()
    assert (row.last_error, row.lease_until) == ("PermissionError", None)
    FileToDelete.objects.update(due_at=row.created_at)
    delete_queued()
    assert not path.exists()


def test_a_path_that_leads_out_of_the_folder_deletes_nothing(tmp_path: object) -> None:
    outside = tmp_path / "precious"
    outside.write_text("x")
    FileToDelete.objects.create(path="../precious", due_at=Recording().created_at or "2026-01-01T00:00:00Z")
    delete_queued()
    assert outside.exists()


def test_orphans_are_reported_both_ways() -> None:
    take, other = record(), record()
    takes.forget_all()
    takes.path_of(other).unlink()
    stray = takes.path_of(take).with_name("9-stray.take")
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    assert erase.report_orphans() == (1, 1)
    assert stray.exists()
