"""Files to listen to: made by a worker, as long as the sound, made again for late sound, gone with the recording."""

from datetime import timedelta
from pathlib import Path

import av
import pytest
from django.utils import timezone

from transcription import encoding
from transcription.models import FileToDelete, Recording, SoundFile, Take
from transcription.services import erase, sound_files, takes
from transcription.services.completeness import completeness_of
from transcription.tests.builders import OWNER, cut, noise, sha256

pytestmark = pytest.mark.django_db
State = SoundFile.State


def record(pcm: bytes, *, at_ms: int = 0, key: str = "", finish: bool = True) -> Take:
    opened = takes.start_take(OWNER, "tab", key=key)
    takes.store(opened.id, cut(pcm, opened.number))
    Take.objects.filter(pk=opened.id).update(offset_ms=at_ms)
    if finish:
        takes.finish(opened.id, len(cut(pcm)), sha256(pcm))
    return Take.objects.get(pk=opened.id)


def made(start_ms: int = 0, end_ms: int | None = None) -> SoundFile:
    file = sound_files.want(OWNER, start_ms, end_ms)
    SoundFile.objects.filter(pk=file.pk, due_at__isnull=False).update(due_at=timezone.now())
    sound_files.make(file.pk)
    file.refresh_from_db()
    return file


def test_an_answer_becomes_a_file_of_its_own_length() -> None:
    record(noise(60))
    file = made(500, 3_000)
    assert (file.state, file.sound_ms, file.due_at) == (State.DONE, 2_500, None)
    assert abs(file.decoded_ms - 2_500) <= 64
    with av.open(str(sound_files.path_of(file))) as media:
        assert media.streams.audio[0].codec_context.name == "aac"
    # Its index stands before the sound: a browser plays at once.
    head = sound_files.path_of(file).read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")


def test_the_waveform_shows_where_it_is_loud() -> None:
    record(noise(20, level=30_000) + bytes(40 * 2048) + noise(20, seed=2, level=3_000))
    peaks = made().peaks
    third = len(peaks) // 4
    assert min(peaks[:third]) > 80 and max(peaks[third + 2 : 2 * third]) == 0 and 5 <= max(peaks[-third:]) <= 10


def test_a_long_recording_has_a_waveform_of_bounded_size() -> None:
    peaks = encoding.Peaks(40_000 * 3_200, 600)
    for _ in range(40):
        peaks.pass_by(bytes(3_200_000))
    assert len(peaks.values()) == 600


def test_asking_twice_is_one_file_and_making_twice_is_one_encoding() -> None:
    record(noise(20))
    first = made()
    path = sound_files.path_of(first)
    stamp = path.stat().st_mtime_ns
    again = made()
    assert (again.pk, path.stat().st_mtime_ns) == (first.pk, stamp)


def test_a_span_without_sound_fails_with_its_reason() -> None:
    record(noise(5))
    file = made(60_000, 61_000)
    assert (file.state, file.due_at) == (State.FAILED, None) and "no sound" in file.last_error


def test_a_killed_worker_leaves_a_row_that_is_made_later() -> None:
    record(noise(20))
    file = sound_files.want(OWNER)
    SoundFile.objects.update(state=State.RUNNING, due_at=timezone.now(), lease_until=timezone.now() - timedelta(seconds=1))
    sound_files.make(file.pk)
    assert SoundFile.objects.get().state == State.DONE


def test_a_full_disk_is_tried_again_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    record(noise(20))

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Path, "rename", full)
        file = made()
    assert file.state == State.QUEUED and file.due_at > timezone.now()
    assert list(takes.path_of(Take.objects.get()).parent.glob("sound-*")) == []
    assert made().state == State.DONE


def test_a_file_shorter_than_its_sound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    record(noise(60))
    monkeypatch.setattr(sound_files, "decoded_ms", lambda path: 3_000)
    file = made()
    assert file.state == State.FAILED and "3000 ms came out of 3840 ms" in file.last_error
    assert list(takes.path_of(Take.objects.get()).parent.glob("sound-*")) == []


def test_sound_that_arrives_late_is_heard_in_a_new_file_and_the_old_one_goes() -> None:
    record(noise(20, seed=1), at_ms=0)
    old = made()
    record(noise(20, seed=2), at_ms=1_500, key="late")
    assert sound_files.remake_stale() == 1
    assert sound_files.remake_stale() == 0
    new = made()
    assert (old.sound_ms, new.sound_ms) == (1_280, 2_780)
    erase.delete_file(FileToDelete.objects.get().pk)
    assert not sound_files.path_of(old).exists() and sound_files.path_of(new).exists()


def test_erasing_takes_the_files_too_even_one_in_the_making() -> None:
    take = record(noise(20))
    path = sound_files.path_of(made())
    waiting = sound_files.want(OWNER, 0, 500)
    receipt = erase.erase_recording(OWNER)
    for row in FileToDelete.objects.all():
        erase.delete_file(row.pk)
    assert receipt.files == 1
    assert not path.exists() and not takes.path_of(take).parent.exists() and not SoundFile.objects.exists()
    sound_files.make(waiting.pk)
    assert sound_files.want(OWNER) is None


def test_an_erasure_during_the_making_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    record(noise(20))
    real = sound_files.decoded_ms

    def erased_meanwhile(path: Path) -> int:
        erase.erase_recording(OWNER)
        return real(path)

    monkeypatch.setattr(sound_files, "decoded_ms", erased_meanwhile)
    file = sound_files.want(OWNER)
    SoundFile.objects.update(due_at=timezone.now())
    sound_files.make(file.pk)
    for row in FileToDelete.objects.all():
        erase.delete_file(row.pk)
    assert list(Path(takes.settings.RECORDING_DIR).rglob("*.*")) == []


def test_a_lost_file_is_made_anew() -> None:
    record(noise(20))
    sound_files.path_of(made()).unlink()
    assert erase.report_orphans() == (0, 1)
    assert made().state == State.DONE


# --- Completeness ----------------------------------------------------------------------------------------------------


def test_a_recording_is_proved_by_count_hash_and_the_length_of_its_file() -> None:
    record(noise(20))
    made()
    found = completeness_of(OWNER)
    assert (found.is_proved, found.takes, found.missing_s) == (True, 1, 0)
    assert found.decoded_ms == found.sound_ms == 1_280


def test_a_take_that_lacks_its_end_is_named() -> None:
    take = record(noise(20), finish=False)
    takes.finish(take.pk, 120, sha256(b""))
    found = completeness_of(OWNER)
    assert (found.is_proved, found.open, found.missing_s) == (False, 1, 6)
    takes.give_up(take)
    assert completeness_of(OWNER).broken == 1


def test_a_recording_without_takes_is_not_called_complete() -> None:
    Recording.objects.create(owner_key=OWNER)
    assert not completeness_of(OWNER).is_proved
