"""The camera's pieces: stored once and in order, proved whole, made into one seekable file, erased (threats 19–33)."""

import hashlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from django.utils import timezone

from transcription.models import CameraChunk, CameraTake, FileToDelete, Recording
from transcription.services import camera, erase
from transcription.services.takes import TakeRefused

pytestmark = pytest.mark.django_db
KEY = "interview:bob"


@pytest.fixture(autouse=True)
def recordings(settings: Any, tmp_path: Path) -> Path:
    settings.RECORDING_DIR = tmp_path / "recordings"
    return settings.RECORDING_DIR


def filmed(path: Path, *, container: str = "webm", seconds: int = 4) -> bytes:
    """As MediaRecorder writes: a stream, without length and index."""
    options = {"live": "1"} if container == "webm" else {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(path), "w", format=container, options=options) as file:
        stream = file.add_stream("libvpx" if container == "webm" else "libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 64, 48, "yuv420p", 10
        for index in range(seconds * 10):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index * 5 % 256, np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 10)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path.read_bytes()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pieces(data: bytes, count: int = 5) -> list[bytes]:
    size = len(data) // count + 1
    return [data[at : at + size] for at in range(0, len(data), size)]


def chain(parts: list[bytes]) -> str:
    link = ""
    for part in parts:
        link = digest((link + digest(part)).encode())
    return link


def send(parts: list[bytes], first: int = 0) -> Iterator[camera.Stored]:
    for seq, part in enumerate(parts, first):
        yield camera.store(KEY, 1, seq, part, digest(part))


def make_due() -> CameraTake:
    CameraTake.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    camera.make(CameraTake.objects.get().pk)
    return CameraTake.objects.get()


@pytest.mark.parametrize("container", ["webm", "mp4"])
def test_a_take_becomes_one_file_with_every_packet_and_an_index(tmp_path: Path, recordings: Path, container: str) -> None:
    data = filmed(tmp_path / "given", container=container)
    parts = pieces(data)
    assert camera.start(KEY, "tab", key="k").next == camera.start(KEY, "tab", key="k").next == 0
    assert [stored.next for stored in send(parts)] == [1, 2, 3, 4, 5]
    assert camera.finish(KEY, 1, 5, chain(parts)).complete and camera.finish(KEY, 1, 5, chain(parts)).complete
    take = make_due()
    assert (take.state, take.last_error, take.due_at, take.made_of) == ("complete", "", None, len(data))
    assert (recordings / take.path).read_bytes() == data, "the original stays as it came"
    with av.open(str(camera.made_file(KEY, 1))) as file:
        assert file.duration / 1e6 == pytest.approx(4, abs=0.2)
        file.seek(3_000_000)
        assert next(file.decode(video=0)).time >= 2, "a player lands near, not at the beginning"
    assert take.packets == 40


def test_what_comes_twice_out_of_order_or_changed_is_never_stored(tmp_path: Path, recordings: Path) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts[:2]))
    assert camera.store(KEY, 1, 1, parts[1], digest(parts[1])) == camera.Stored(1, 2)
    assert camera.store(KEY, 1, 1, b"other", digest(b"other")) == camera.Stored(1, 2, "conflict")
    assert camera.store(KEY, 1, 3, parts[3], digest(parts[3])) == camera.Stored(1, 2, "gap")
    with pytest.raises(TakeRefused, match="corrupt"):
        camera.store(KEY, 1, 2, parts[2], digest(b"damaged on the way"))
    take = CameraTake.objects.get()
    assert (take.next_seq, take.conflicts, (recordings / take.path).read_bytes()) == (2, 1, b"".join(parts[:2]))
    assert camera.finish(KEY, 1, 5, chain(parts)).reason == "missing"
    list(send(parts[2:], 2))
    assert camera.finish(KEY, 1, 5, "0" * 64).reason == "hash"
    assert CameraTake.objects.get().state == "incomplete"
    assert camera.finish(KEY, 1, 5, chain(parts)).complete
    assert camera.store(KEY, 1, 5, b"more", digest(b"more")).problem == "ended"


def test_bytes_a_killed_process_left_behind_the_row_do_not_count(tmp_path: Path, recordings: Path) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts[:3]))
    with (recordings / CameraTake.objects.get().path).open("ab") as file:
        file.write(b"half of a piece that was never acknowledged")
    list(send(parts[3:], 3))
    assert camera.finish(KEY, 1, 5, chain(parts)).complete


def test_a_file_damaged_on_the_disk_is_not_called_complete(tmp_path: Path, recordings: Path) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts))
    with (recordings / CameraTake.objects.get().path).open("r+b") as file:
        file.seek(500)
        file.write(b"\0\1\2\3")
    assert camera.finish(KEY, 1, 5, chain(parts)).reason == "hash"


def test_a_tab_that_was_killed_leaves_what_was_acknowledged_and_may_come_back(tmp_path: Path) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts[:3]))
    take = make_due()
    first = camera.made_file(KEY, 1)
    assert take.state == "incomplete" and first.exists() and 10 < take.packets < 40
    list(send(parts[3:], 3))
    assert camera.finish(KEY, 1, 5, chain(parts)).complete
    take = make_due()
    assert (take.state, take.packets) == ("complete", 40)
    assert FileToDelete.objects.filter(path__endswith=first.name).exists(), "the shorter file goes"


def test_what_is_no_recording_of_a_camera_is_refused_or_never_made() -> None:
    camera.start(KEY, "tab", key="k")
    with pytest.raises(TakeRefused, match="unknown_format"):
        list(send([b"<script>alert(1)</script>"]))
    list(send([b"\x1aE\xdf\xa3" + bytes(500)]))
    take = make_due()
    assert take.last_error.startswith("RemuxFailed") and camera.made_file(KEY, 1) is None and take.due_at is None


def test_erasing_takes_rows_and_both_files_and_nothing_more_comes_in(tmp_path: Path, recordings: Path) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts))
    make_due()
    receipt = erase.erase_recording(KEY)
    assert (receipt.camera_takes, receipt.bytes) == (1, sum(map(len, parts)))
    for row in FileToDelete.objects.all():
        erase.delete_file(row.pk)
    assert [path for path in recordings.rglob("*") if path.is_file()] == []
    assert not CameraTake.objects.exists() and not CameraChunk.objects.exists() and Recording.objects.get().erased_at
    with pytest.raises(TakeRefused, match="unknown_take"):
        list(send(parts))
    with pytest.raises(TakeRefused, match="erased"):
        camera.start(KEY, "tab", key="k2")


def test_files_without_a_row_are_reported_and_those_with_one_are_not(tmp_path: Path, settings: Any, monkeypatch: Any) -> None:
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(KEY, "tab", key="k")
    list(send(parts))
    make_due()
    monkeypatch.setattr(erase, "SETTLED_S", -10)
    assert erase.report_orphans() == (0, 0)
    camera.made_file(KEY, 1).with_name("camera-9-stray.webm").write_bytes(b"x")
    assert erase.report_orphans() == (1, 0)
