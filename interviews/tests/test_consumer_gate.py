"""Who gets in, and what the socket does with what it cannot take (threats 26–28)."""

import json

import pytest

from interview_site.notify import ainterview_changed
from interviews.call.gate import MOST_SOCKETS, Bucket
from interviews.models import Interview, Turn
from interviews.tests.builders import make_interview
from interviews.tests.page import Page

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "origin", [None, "", "null", "http://evil.example", "http://localhost:8000.evil.example", "https://localhost:8000"]
)
async def test_it_refuses_a_missing_or_foreign_origin(live_interview, origin):
    async with Page(live_interview, origin=origin) as page:
        assert await page.closed() == 4403


@pytest.mark.parametrize("cookie", [None, "", "garbage", "WyJ4IiwxXQ:1abc:def", "é"])
async def test_it_refuses_a_missing_or_wrong_cookie(live_interview, cookie):
    async with Page(live_interview, cookie=cookie) as page:
        assert await page.closed() == 4401


async def test_an_unknown_interview_looks_like_a_wrong_cookie(live_interview):
    stranger = Interview(public_id="doesnotexist", link_generation=1)
    async with Page(stranger) as page:
        assert await page.closed() == 4401


@pytest.mark.parametrize("state", ["invited", "opened", "ready", "declined", "expired", "revoked", "abandoned"])
async def test_there_is_no_call_before_the_start_and_after_the_end(live_interview, state):
    await Interview.objects.filter(pk=live_interview.pk).aupdate(state=state)
    async with Page(live_interview) as page:
        assert await page.closed() == 4403
    assert not await Turn.objects.aexists()


async def test_what_comes_before_hello_is_refused(live_interview):
    async with Page(live_interview) as page:
        await page.send("repeat")
        assert (await page.next())["code"] == "no_hello"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_message"),
        ("[]", "bad_message"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "spoken", "sentence": "1"}', "bad_message"),
    ],
)
async def test_a_bad_message_is_answered_and_the_call_goes_on(live_interview, text, code):
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        await page.socket.send_to(text_data=text)
        error = await page.listen_until("error")
        assert (error["code"], error["retry_s"]) == (code, 0)
        await page.type("Answer", question=listening["question"])
        assert (await page.listen_until("say"))["kind"] == "reply"


async def test_a_megabyte_of_text_gets_a_clear_answer_and_the_call_goes_on(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await page.type("x" * 1_000_000, id="long")
        error = await page.listen_until("error")
        assert (error["code"], error["id"]) == ("too_long", "long")
        await page.type("Short", id="short")
        assert (await page.listen_until("final"))["id"] == "short"


async def test_more_than_two_megabytes_close_the_socket(live_interview):
    async with Page(live_interview) as page:
        await page.socket.send_to(text_data=json.dumps({"type": "typed", "id": "a", "text": "x" * 2_000_001}))
        assert await page.closed() == 1009


async def test_too_many_messages_are_told_the_wait_and_closed(live_interview):
    async with Page(live_interview) as page:
        for _message in range(121):
            await page.send("telemetry", kind="typing")
        assert await page.closed() == 4429
    assert page.seen[-1]["code"] == "too_fast"
    assert page.seen[-1]["retry_s"] >= 1


async def test_a_flood_of_sockets_is_refused_and_ends_with_them(live_interview):
    pages = [Page(live_interview) for _socket in range(MOST_SOCKETS + 1)]
    for page in pages[:-1]:
        await page.__aenter__()
        await page.send("repeat")
        assert (await page.next())["code"] == "no_hello"  # it has been let in
    await pages[-1].__aenter__()
    assert await pages[-1].closed() == 4429
    for page in pages:
        await page.__aexit__(None, None, None)
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")


def test_the_bucket_refills_evenly():
    now = [0.0]
    bucket = Bucket(120, clock=lambda: now[0])
    assert [bucket.take() for _message in range(121)][-2:] == [0.0, 0.5]
    now[0] = 0.5
    assert bucket.take() == 0.0


async def test_sound_without_a_listener_is_refused_in_words(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await page.socket.send_to(bytes_data=b"\x01\x00" + b"\x00" * 14)
        assert (await page.listen_until("error"))["code"] == "no_voice"


async def test_a_revoked_link_closes_the_open_socket(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await Interview.objects.filter(pk=live_interview.pk).aupdate(state=Interview.State.REVOKED)
        await ainterview_changed(live_interview.public_id)
        assert await page.closed() == 4403


async def test_a_revoked_link_is_noticed_without_any_hint(live_interview, settings):
    settings.INTERVIEW_POLICY = {"heartbeat_s": 0.01}
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
        await Interview.objects.filter(pk=live_interview.pk).aupdate(link_generation=2)
        assert await page.closed() == 4401


async def test_a_completed_interview_says_so(transactional_db):
    interview = await sync_make(state=Interview.State.COMPLETED)
    async with Page(interview) as page:
        await page.hello()
        assert (await page.next())["type"] == "finished"


async def sync_make(**fields: object) -> Interview:
    from asgiref.sync import sync_to_async

    return await sync_to_async(make_interview)(**fields)


async def test_a_call_goes_on_without_a_broker(live_interview, settings):
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    }
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        await page.type("Answer", question=listening["question"])
        assert (await page.listen_until("say"))["kind"] == "reply"
