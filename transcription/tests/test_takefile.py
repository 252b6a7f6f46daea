import errno
import os
from pathlib import Path

import pytest

from transcription.frames import STRIDE, make
from transcription.takefile import TakeFile, read_pcm
from transcription.tests.builders import cut, noise, sha256


def open_file(tmp_path: Path, known: int = 0) -> TakeFile:
    return TakeFile(tmp_path / "a" / "1.take", 1, known=known)


def test_frames_in_order_are_stored_and_read_back_as_they_came(tmp_path: Path) -> None:
    pcm = noise(5)[:-100]
    result = open_file(tmp_path).append(cut(pcm))
    assert (result.next, result.stored, result.pcm_bytes) == (5, 5, len(pcm))
    assert open_file(tmp_path).sha256() == sha256(pcm)


def test_the_same_frame_again_is_stored_once(tmp_path: Path) -> None:
    file, frames = open_file(tmp_path), cut(noise(3))
    file.append(frames)
    result = file.append(frames[1:])
    assert (result.next, result.stored, result.repeated, result.conflicts) == (3, 0, 2, [])


def test_other_bytes_under_a_known_number_are_refused_and_the_first_are_kept(tmp_path: Path) -> None:
    file, frames = open_file(tmp_path), cut(noise(3))
    file.append(frames)
    result = file.append([make(1, 1, noise(1, seed=9))])
    assert result.conflicts == [1]
    assert file.sha256() == sha256(noise(3))


def test_other_bytes_within_one_group_are_refused_too(tmp_path: Path) -> None:
    frames = cut(noise(2))
    result = open_file(tmp_path).append([frames[0], make(1, 0, noise(1, seed=9)), frames[1]])
    assert (result.next, result.conflicts) == (2, [0])


def test_nothing_is_written_behind_a_gap(tmp_path: Path) -> None:
    frames = cut(noise(4))
    result = open_file(tmp_path).append([frames[0], frames[2], frames[3]])
    assert (result.next, result.gap) == (1, 3)
    assert (tmp_path / "a" / "1.take").stat().st_size == STRIDE


def test_a_short_frame_ends_the_take(tmp_path: Path) -> None:
    file = open_file(tmp_path)
    file.append(cut(noise(2)[:-2]))
    assert file.append([make(1, 2, noise(1))]).ended == 2
    assert open_file(tmp_path, known=2).append([make(1, 2, noise(1))]).ended == 2


@pytest.mark.parametrize("lost", [1, 15, 16, 1000, 2063])
def test_half_a_frame_at_the_end_is_cut_off(tmp_path: Path, lost: int) -> None:
    open_file(tmp_path).append(cut(noise(3)))
    path = tmp_path / "a" / "1.take"
    os.truncate(path, 3 * STRIDE - lost)
    assert open_file(tmp_path, known=1).state() == (2, 2 * 2048)
    assert path.stat().st_size == 2 * STRIDE


def test_a_frame_that_does_not_check_ends_what_is_believed(tmp_path: Path) -> None:
    open_file(tmp_path).append(cut(noise(70)))
    path = tmp_path / "a" / "1.take"
    data = bytearray(path.read_bytes())
    data[66 * STRIDE + 500] ^= 1
    path.write_bytes(data)
    assert open_file(tmp_path, known=10).state() == (66, 66 * 2048)


def test_a_row_that_believes_in_more_than_the_file_has_is_corrected(tmp_path: Path) -> None:
    open_file(tmp_path).append(cut(noise(2)))
    assert open_file(tmp_path, known=50).state() == (2, 4096)


def test_two_processes_on_one_take_do_not_write_over_each_other(tmp_path: Path) -> None:
    first, second, frames = open_file(tmp_path), open_file(tmp_path), cut(noise(6))
    first.append(frames[:3])
    assert second.append(frames[1:5]).next == 5
    assert first.append(frames[3:]).next == 6
    assert open_file(tmp_path).sha256() == sha256(noise(6))


def test_a_closed_file_is_opened_again(tmp_path: Path) -> None:
    file, frames = open_file(tmp_path), cut(noise(2))
    file.append(frames[:1])
    file.close()
    assert file.append(frames[1:]).next == 2


def test_a_full_disk_leaves_what_was_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, frames = open_file(tmp_path), cut(noise(4))
    file.append(frames[:2])
    real = os.pwrite

    def half_then_full(fd: int, data: bytes, at: int) -> int:
        if len(data) < STRIDE * 2:
            raise OSError(errno.ENOSPC, "no space")
        return real(fd, data[: STRIDE + 7], at)

    monkeypatch.setattr(os, "pwrite", half_then_full)
    with pytest.raises(OSError):
        file.append(frames[2:])
    monkeypatch.undo()
    assert file.state() == (2, 4096)
    assert file.append(frames[2:]).next == 4


@pytest.mark.parametrize(("start", "length"), [(0, 10), (2046, 4), (2048, 2048), (100, 9000), (8000, 500), (9000, 10_000)])
def test_any_range_of_the_sound_is_read_without_its_headers(tmp_path: Path, start: int, length: int) -> None:
    pcm = noise(5)[:-700]
    open_file(tmp_path).append(cut(pcm))
    fd = os.open(tmp_path / "a" / "1.take", os.O_RDONLY)
    assert read_pcm(fd, start, length) == pcm[start : start + length]
    os.close(fd)
