"""One device holds the call; another may take over after asking; nothing typed is lost (design §5, threats 15)."""

import pytest

from interview_site.notify import ainterview_changed
from interviews.models import Interview, Turn
from interviews.tests.page import Page

pytestmark = [pytest.mark.django_db(transaction=True)]


async def test_a_second_device_is_told_that_the_call_is_elsewhere(live_interview):
    async with Page(live_interview) as phone, Page(live_interview) as laptop:
        await phone.hello()
        await phone.listen_until("listening")
        await laptop.hello()
        assert (await laptop.next())["type"] == "elsewhere"
        await laptop.type("Answer", id="t1")
        assert await laptop.next() == {"type": "elsewhere", "id": "t1"}
    assert not await Turn.objects.filter(speaker="candidate").aexists()


async def test_a_second_device_takes_over_at_the_same_question(live_interview):
    async with Page(live_interview) as phone, Page(live_interview) as laptop:
        await phone.hello()
        asked = await phone.listen_until("listening")
        await laptop.hello()
        await laptop.next()
        await laptop.send("take_over")
        state = await laptop.listen_until("state")
        assert state["question"]["uuid"] == asked["question"]
        assert await phone.closed() == 4409
        assert phone.seen[-1]["type"] == "elsewhere"
        listening = await laptop.listen_until("listening")
        assert listening["question"] == asked["question"]
    assert laptop.said() == []  # everything had been heard: it stands in the history


async def test_the_device_that_lost_the_call_executes_nothing_more(live_interview):
    async with Page(live_interview) as phone, Page(live_interview) as laptop:
        await phone.hello()
        await phone.listen_until("listening")
        # The laptop has taken the seat in another process, and the hint of it was lost.
        await Interview.objects.filter(pk=live_interview.pk).aupdate(seat=laptop.device)
        await phone.type("Answer", id="t1")
        assert await phone.next() == {"type": "elsewhere", "id": "t1"}
        assert await phone.closed() == 4409
    assert not await Turn.objects.filter(speaker="candidate").aexists()


async def test_the_same_device_comes_back_without_asking(live_interview):
    async with Page(live_interview, device="phone") as before:
        await before.hello()
        await before.listen_until("listening")
        async with Page(live_interview, device="phone") as after:
            await after.hello(last_sentence=99)
            assert (await after.next())["type"] == "state"
            assert await before.closed() == 4409


async def test_a_seat_that_was_left_is_free_for_another_device(live_interview):
    async with Page(live_interview) as phone:
        await phone.hello()
        await phone.listen_until("listening")
    async with Page(live_interview) as laptop:
        await laptop.hello()
        assert (await laptop.next())["type"] == "state"


async def test_a_seat_not_heard_of_for_long_is_free(live_interview, settings):
    settings.INTERVIEW_POLICY = {"seat_s": 0.0}
    async with Page(live_interview) as phone, Page(live_interview) as laptop:
        await phone.hello()
        await phone.listen_until("listening")
        await laptop.hello()
        assert (await laptop.next())["type"] == "state"


async def test_take_over_without_hello_is_refused(live_interview):
    async with Page(live_interview) as page:
        await page.send("take_over")
        assert (await page.next())["code"] == "no_hello"


async def test_a_socket_stays_one_device(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await page.send("hello", device="another")
        assert (await page.listen_until("error"))["code"] == "bad_message"


async def test_a_late_hint_of_an_older_socket_does_not_end_the_newer_one(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await ainterview_changed(live_interview.public_id, device=page.device, connection="older", joined_us=1)
        await page.type("Still here.")
        await page.listen_until("final")


async def test_an_older_socket_of_the_same_device_gives_way(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await ainterview_changed(live_interview.public_id, device=page.device, connection="newer", joined_us=2**60)
        assert await page.closed() == 4409
