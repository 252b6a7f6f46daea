import asyncio
import errno
import os
import sqlite3

import pytest
from django.conf import settings as django_settings
from django.db import connection

from transcription.frames import STRIDE, make
from transcription.models import Recording, Take
from transcription.recorder import CloseSocket
from transcription.services import takes
from transcription.tests.builders import OWNER, Page, cut, make_recorder, noise, sha256

pytestmark = pytest.mark.django_db(transaction=True)


async def send_all(recorder: object, frames: list) -> None:
    for frame in frames:
        await recorder.handle_frame(frame.to_bytes())
    await recorder.stored()


async def test_frames_are_acknowledged_cumulatively_once_stored() -> None:
    page = Page()
    recorder = make_recorder(page)
    take = await recorder.start("tab-1")
    await send_all(recorder, cut(noise(7)))
    assert page.said("take")[0]["take"] == take.number == 1
    assert page.saved() == 7
    stored = await Take.objects.aget()
    assert (stored.next_seq, stored.bytes) == (7, 7 * 2048)
    await recorder.close()


async def test_a_group_goes_to_the_disk_by_itself_after_its_time() -> None:
    page, stored = Page(), asyncio.Event()

    async def send(message: dict) -> None:
        await page.send(message)
        if message["type"] == "saved":
            stored.set()

    recorder = make_recorder(page)
    recorder._send = send
    await recorder.start("tab-1")
    await recorder.handle_frame(cut(noise(1))[0].to_bytes())
    await asyncio.wait_for(stored.wait(), 10)
    assert page.saved() == 1
    await recorder.close()


async def test_closing_stores_what_waits_and_may_come_twice() -> None:
    page = Page()
    recorder = make_recorder(page, policy={"group_ms": 60_000})
    await recorder.start("tab-1")
    for frame in cut(noise(3)):
        await recorder.handle_frame(frame.to_bytes())
    await recorder.close()
    await recorder.close()
    assert (await Take.objects.aget()).next_seq == 3


async def test_a_start_that_is_asked_twice_is_one_take() -> None:
    page = Page()
    recorder = make_recorder(page)
    first = await recorder.start("tab-1", key="k1")
    await send_all(recorder, cut(noise(2)))
    again = await make_recorder(page).start("tab-1", key="k1")
    assert (again.number, again.next) == (first.number, 2)
    assert await Take.objects.acount() == 1


async def test_each_start_on_each_device_is_a_take_of_its_own() -> None:
    page = Page()
    numbers = [(await make_recorder(page).start(device)).number for device in ("phone", "laptop", "phone")]
    assert numbers == [1, 2, 3]


async def test_a_gap_is_named_once_and_nothing_is_written_behind_it() -> None:
    page, frames = Page(), cut(noise(6))
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, [frames[0], frames[2], frames[3], frames[4]])
    assert [(m["code"], m["next"]) for m in page.said("error")] == [("gap", 1)]
    assert page.saved() == 1
    await send_all(recorder, frames[1:])
    assert page.saved() == 6


async def test_other_bytes_under_a_known_number_are_flagged() -> None:
    page = Page()
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(3)))
    await send_all(recorder, [make(1, 1, noise(1, seed=5))])
    assert page.codes() == ["conflict"]
    assert (await Take.objects.aget()).conflicts == 1
    assert (await recorder.finish(1, 3, sha256(noise(3)))).complete


async def test_a_damaged_frame_is_refused_and_the_expected_one_named() -> None:
    page, frames = Page(), cut(noise(3))
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, frames[:1])
    damaged = bytearray(frames[1].to_bytes())
    damaged[40] ^= 1
    await recorder.handle_frame(bytes(damaged))
    assert [(m["code"], m["seq"], m["next"]) for m in page.said("error")] == [("corrupt", 1, 1)]
    await send_all(recorder, frames[1:])
    assert page.saved() == 3


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 2064, b"\x01\x00" + b"\xff" * 500])
async def test_bytes_that_are_no_frame_are_refused_in_words(data: bytes) -> None:
    page = Page()
    await make_recorder(page).handle_frame(data)
    assert page.codes() == ["malformed"]


async def test_a_huge_message_closes_the_socket() -> None:
    page = Page()
    with pytest.raises(CloseSocket) as closed:
        await make_recorder(page).handle_frame(bytes(256 * 1024 + 1))
    assert closed.value.close_code == 1009


async def test_a_frame_of_an_unknown_take_is_refused() -> None:
    page = Page()
    await make_recorder(page).handle_frame(make(9, 0, noise(1)).to_bytes())
    assert page.codes() == ["unknown_take"]


async def test_somebody_elses_take_is_unknown() -> None:
    await make_recorder(Page(), owner="interview:other").start("tab-1")
    page = Page()
    await make_recorder(page).handle_frame(make(1, 0, noise(1)).to_bytes())
    assert page.codes() == ["unknown_take"]


async def test_a_flood_closes_the_socket_with_a_wait_time() -> None:
    page, now = Page(), 0.0
    recorder = make_recorder(page, policy={"catch_up_burst_frames": 5}, clock=lambda: now)
    await recorder.start("tab-1")
    with pytest.raises(CloseSocket) as closed:
        await send_all(recorder, cut(noise(7)))
    assert closed.value.close_code == 4429
    assert page.said("error")[-1]["retry_s"] >= 1
    await recorder.close()
    assert page.saved() == 5


async def test_sound_longer_than_the_time_that_passed_waits() -> None:
    page, now = Page(), 0.0
    recorder = make_recorder(page, policy={"live_slack_frames": 3}, clock=lambda: now)
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(10)))
    assert page.codes() == ["too_fast"]
    assert page.saved() == 4
    now = 60.0
    await send_all(recorder, cut(noise(10))[4:])
    assert page.saved() == 10


async def test_the_cap_of_minutes_is_told() -> None:
    page = Page()
    recorder = make_recorder(page, policy={"most_minutes": 0})
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(2)))
    assert page.codes() == ["too_long"]


async def test_finish_says_complete_only_when_count_and_hash_agree() -> None:
    page, pcm = Page(), noise(4)[:-10]
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    for frame in cut(pcm)[:3]:
        await recorder.handle_frame(frame.to_bytes())
    await recorder.finish(1, 4, sha256(pcm))
    assert page.said("finished_take")[-1] | {"text": ""} == {
        "type": "finished_take", "take": 1, "complete": False, "missing": [[3, 3]], "reason": "missing", "next": 3, "text": "",
    }  # fmt: skip
    await recorder.handle_frame(cut(pcm)[3].to_bytes())
    await recorder.finish(1, 4, sha256(pcm))
    assert page.said("finished_take")[-1]["complete"]
    assert (await Take.objects.aget()).state == Take.State.COMPLETE


async def test_a_wrong_hash_is_never_complete_and_never_undoes_complete() -> None:
    page = Page()
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(2)))
    assert (await recorder.finish(1, 2, "0" * 64)).reason == "hash"
    assert (await Take.objects.aget()).state == Take.State.INCOMPLETE
    assert (await recorder.finish(1, 2, sha256(noise(2)))).complete
    assert (await recorder.finish(1, 2, "0" * 64)).reason == "mismatch"
    assert (await Take.objects.aget()).state == Take.State.COMPLETE


async def test_a_full_disk_is_not_acknowledged_and_caught_up_later(monkeypatch: pytest.MonkeyPatch) -> None:
    page, now = Page(), 0.0
    recorder = make_recorder(page, clock=lambda: now)
    await recorder.start("tab-1")
    frames = cut(noise(6))
    await send_all(recorder, frames[:2])

    def full(*args: object) -> int:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "pwrite", full)
    await send_all(recorder, frames[2:4])
    assert page.said("error")[-1]["code"] == "storage_unavailable"
    assert page.said("error")[-1]["retry_s"] == 2.0
    assert page.saved() == 2
    monkeypatch.undo()
    now = 3.0
    await send_all(recorder, frames[4:])
    assert (page.said("error")[-1]["code"], page.said("error")[-1]["next"]) == ("gap", 2)
    await send_all(recorder, frames[2:])
    assert page.saved() == 6
    assert (await recorder.finish(1, 6, sha256(noise(6)))).complete


@pytest.mark.skipif(connection.vendor != "sqlite", reason="locks the whole database file")
async def test_a_locked_database_is_not_acknowledged_though_the_file_has_it() -> None:
    page, now = Page(), 0.0
    recorder = make_recorder(page, clock=lambda: now)
    await recorder.start("tab-1")
    frames = cut(noise(4))
    locker = sqlite3.connect(django_settings.DATABASES["default"]["NAME"], isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    await send_all(recorder, frames[:2])
    assert page.codes() == ["storage_unavailable"]
    assert page.saved() == 0
    locker.execute("ROLLBACK")
    locker.close()
    now = 3.0
    await send_all(recorder, frames)
    assert page.saved() == 4
    assert (await recorder.finish(1, 4, sha256(noise(4)))).complete


async def test_the_row_is_rebuilt_from_the_file_after_a_kill_between_the_two() -> None:
    page = Page()
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(5)))
    await Take.objects.aupdate(next_seq=2, bytes=4096)
    take = await Take.objects.aget()
    with open(takes.path_of(take), "ab") as file:
        file.write(make(1, 5, noise(1)).to_bytes()[:700])
    takes.forget_all()
    again = make_recorder(page)
    await again.resume([1])
    assert page.said("take")[-1]["next"] == 5
    take = await Take.objects.aget()
    assert (take.next_seq, take.bytes, takes.path_of(take).stat().st_size) == (5, 5 * 2048, 5 * STRIDE)


async def test_an_erased_recording_takes_nothing_more() -> None:
    page = Page()
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await send_all(recorder, cut(noise(1)))
    path = takes.path_of(await Take.objects.aget())
    await Recording.objects.all().adelete()
    await send_all(recorder, cut(noise(2))[1:])
    assert page.codes() == ["unknown_take"]
    assert not path.exists()


async def test_a_take_that_began_without_network_gets_its_place_in_the_past() -> None:
    page = Page()
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    await Recording.objects.aupdate(created_at="2026-01-01T00:00:00Z")
    take = await recorder.start("tab-1", age_ms=60_000)
    now_ms = takes._clock_ms(await Recording.objects.aget(owner_key=OWNER))
    assert 0 <= now_ms - 60_000 - take.offset_ms < 5_000


@pytest.mark.parametrize("hint", [-5, 10**18])
async def test_an_impossible_place_is_brought_into_the_recording(hint: int) -> None:
    take = await make_recorder(Page()).start("tab-1", offset_hint_ms=hint)
    assert 0 <= take.offset_ms < 60_000
