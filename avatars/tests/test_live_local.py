"""The local presenter live: who gets in, what the page hears, and that nothing is said twice or to a stranger."""

import contextlib
import re
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient
from django.utils import timezone

from avatars import room_tokens
from avatars.live_local import messages
from avatars.live_local.consumer import MOST_SOCKETS
from avatars.models import LiveSession, LocalLine, LocalRoom, Speech
from avatars.providers.registry import live_provider
from avatars.services import live_sessions, live_speaking, profiles
from avatars.speech.text import NothingToSay
from avatars.tests.live_page import Closed, PresenterPage
from interview_site.errors import ProviderError
from interview_site.sockets import JSON_PER_MINUTE

pytestmark = pytest.mark.django_db(transaction=True)
FOREIGN = "https://shop.example.com"


def open_for(owner: str, **fields: object) -> LiveSession:
    wanted = {"language": "en", "purpose": "chat", "settings": profiles.default_snapshot(), **fields}
    return live_sessions.open_session(owner=owner, provider="local", **wanted)


@pytest.fixture
def session(settings: object, tmp_path: object) -> LiveSession:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return open_for("token:bob")


@sync_to_async
def say(session: LiveSession, text: str) -> live_speaking.Said:
    return live_speaking.say(session=session, text=text)


interrupt = sync_to_async(live_speaking.interrupt)
close = sync_to_async(live_sessions.close)


# --- Who gets in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "", "garbage", "a:b:c", "é", "x" * 5000])
async def test_a_wrong_token_opens_nothing(session: LiveSession, token: str | None) -> None:
    async with PresenterPage(session, token=token) as page:
        assert await page.closed() == 4401


async def test_an_expired_token_opens_nothing(session: LiveSession) -> None:
    old = room_tokens.access_token(session.public_id, timezone.now() - timedelta(seconds=1))
    async with PresenterPage(session, token=old) as page:
        assert await page.closed() == 4401


async def test_the_token_of_another_session_opens_nothing(session: LiveSession) -> None:
    stranger = await sync_to_async(open_for)("token:charlie")
    async with PresenterPage(session, token=stranger.join["access_token"]) as page:
        assert await page.closed() == 4401


async def test_a_token_lives_a_little_longer_than_its_session(session: LiveSession) -> None:
    token, now = session.join["access_token"], time.time()
    assert room_tokens.opens(token, session.public_id, now=now + session.most_s)
    assert not room_tokens.opens(token, session.public_id, now=now + session.most_s + 120)


async def test_pages_of_listed_sites_and_programs_get_in_others_do_not(session: LiveSession, settings: object) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FOREIGN]  # type: ignore[attr-defined]
    for origin in (None, FOREIGN, settings.SOCKET_ORIGINS[0]):  # type: ignore[attr-defined]
        async with PresenterPage(session, origin=origin) as page:
            assert (await page.next())["type"] == "hello"
    for origin in ("null", "", "https://evil.example", FOREIGN + ".evil.example"):
        async with PresenterPage(session, origin=origin) as page:
            assert await page.closed() == 4403


# --- What the page hears -----------------------------------------------------------------------------------------------


async def test_it_is_told_who_speaks_then_each_sentence_with_sound_and_lips(session: LiveSession) -> None:
    client = AsyncClient()
    async with PresenterPage(session) as page:
        hello = await page.next()
        assert hello["presenter"]["baseUrl"].endswith("presenters/aliya/") and hello["session"] == session.public_id
        said = await say(session, "Good morning. How are you today?")
        first, second = await page.sentences(2)
    assert [first["text"], second["text"]] == ["Good morning.", "How are you today?"]
    assert (first["sentence"], second["sentence"]) == (0, 1)
    assert said.duration_ms == first["duration_ms"] + second["duration_ms"] > 1000
    sound = await client.get(first["audio_url"])
    lips = await client.get(first["timeline_url"])
    assert sound["Content-Type"] == "audio/wav" and lips.json()["duration_ms"] == first["duration_ms"]


async def test_what_was_said_before_the_page_came_is_said_to_it(session: LiveSession) -> None:
    await say(session, "Welcome.")
    async with PresenterPage(session) as page:
        assert (await page.until("say"))["text"] == "Welcome."


async def test_a_page_that_comes_back_gets_what_it_has_not_heard(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        await say(session, "One. Two. Three.")
        await page.sentences(3)
        await page.send("spoken", sentence=0, heard_ms=400)
        await page.send("nonsense")
        await page.until("error")  # so that `spoken` is surely stored
    async with PresenterPage(session) as page:
        assert [each["text"] for each in await page.sentences(2)] == ["Two.", "Three."]


async def test_an_interruption_voids_what_waits_and_what_comes_after_it_is_said(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        await say(session, "A long story begins. It goes on and on.")
        old = await page.sentences(2)
        await interrupt(session=session)
        stop = await page.until("stop_speaking")
        await say(session, "Yes?")
        new = await page.until("say")
    assert stop["generation"] == old[0]["generation"] < new["generation"] and new["text"] == "Yes?"
    async with PresenterPage(session) as page:
        assert (await page.until("say"))["text"] == "Yes?"


async def test_the_page_may_silence_its_own_presenter(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        await say(session, "A long story begins. It goes on and on.")
        await page.sentences(2)
        await page.send("interrupt")
        assert (await page.until("stop_speaking"))["generation"] == 0
    assert not await LocalLine.objects.filter(state=LocalLine.State.WAITING).aexists()


async def test_two_sessions_never_hear_each_other(session: LiveSession) -> None:
    other = await sync_to_async(open_for)("token:carol")
    async with PresenterPage(session) as bobs, PresenterPage(other) as carols:
        for turn in range(3):
            await say(session, f"Bob {turn}.")
            await say(other, f"Carol {turn}.")
        assert {each["text"] for each in await bobs.sentences(3)} == {"Bob 0.", "Bob 1.", "Bob 2."}
        assert {each["text"] for each in await carols.sentences(3)} == {"Carol 0.", "Carol 1.", "Carol 2."}


async def test_of_two_viewers_the_newer_one_shows_the_presenter(session: LiveSession) -> None:
    async with PresenterPage(session) as first:
        await first.until("hello")
        async with PresenterPage(session) as second:
            await second.until("hello")
            assert (await first.until("closed"))["reason"] == "elsewhere"
            assert await first.closed() == 4409
            await say(session, "Only here.")
            assert (await second.until("say"))["text"] == "Only here."


async def test_the_end_is_told_with_its_reason_and_the_words_go(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        await page.until("hello")
        await say(session, "Goodbye.")
        await close(session=session, reason="goodbye")
        assert (await page.until("closed"))["reason"] == "goodbye"
        assert await page.closed() == 1000
    assert not await LocalRoom.objects.aexists() and not await LocalLine.objects.aexists()
    token = room_tokens.access_token(session.public_id, timezone.now() + timedelta(minutes=1))
    async with PresenterPage(session, token=token) as late:
        assert (await late.until("closed"))["reason"] == "goodbye"


async def test_words_of_a_chat_are_kept_nowhere_and_what_others_say_too_stays(session: LiveSession) -> None:
    other = await sync_to_async(open_for)("token:carol")
    tests = await sync_to_async(open_for)("user:dan", purpose="test")
    await say(session, "My secret.")
    await say(session, "Common words.")
    await say(other, "Common words.")
    await say(tests, "The site's own words.")
    sound = (await Speech.objects.aget(text="My secret.")).audio
    await close(session=session, reason="closed")
    await close(session=tests, reason="closed")
    assert not sound.storage.exists(sound.name)
    assert {each.text async for each in Speech.objects.all()} == {"Common words.", "The site's own words."}
    await close(session=other, reason="closed")
    assert not await Speech.objects.filter(text="Common words.").aexists()


async def test_silence_is_warned_of_once(session: LiveSession) -> None:
    await LiveSession.objects.filter(pk=session.pk).aupdate(warned_at=timezone.now())
    async with PresenterPage(session) as page:
        assert (await page.until("idle_warning"))["text"]
        await page.send("heartbeat")
        await page.send("nonsense")
        assert (await page.next())["type"] == "error"


async def test_an_open_socket_is_a_sign_of_life(session: LiveSession) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    await LiveSession.objects.filter(pk=session.pk).aupdate(heartbeat_at=long_ago)
    async with PresenterPage(session) as page:
        await page.until("hello")
        await page.send("heartbeat")
        await page.send("nonsense")
        await page.until("error")
    await session.arefresh_from_db()
    assert session.heartbeat_at > long_ago


# --- What it does with nonsense ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_message"), ("{", "bad_message"), ("[" * 1000, "bad_message"), ("null", "bad_message"), ('"x"', "bad_message"),
        ('{"type": []}', "bad_message"), ('{"type": "say"}', "unknown_type"), ('{"type": "spoken"}', "bad_message"),
        ('{"type": "spoken", "sentence": -1}', "bad_message"), ('{"type": "spoken", "sentence": true}', "bad_message"),
        ('{"type": "spoken", "sentence": 1e99}', "bad_message"), ('{"type": "telemetry", "kind": "a b"}', "bad_message"),
        ('{"type": "telemetry", "kind": "\\u0000"}', "bad_message"),
    ],
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_refused(text: str, code: str) -> None:
    with pytest.raises(messages.BadMessage) as refused:
        messages.parse(text)
    assert refused.value.code == code


async def test_a_bad_message_is_answered_and_the_presenter_goes_on(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        await page.socket.send_to(text_data='{"type": "spoken", "sentence": "1"}')
        assert (await page.until("error"))["code"] == "bad_message"
        await page.send("spoken", sentence=2**53 - 1)
        await say(session, "Still here.")
        assert (await page.until("say"))["text"] == "Still here."


async def test_a_flood_is_cut_off_with_a_wait(session: LiveSession) -> None:
    async with PresenterPage(session) as page:
        for _each in range(JSON_PER_MINUTE + 5):
            await page.send("telemetry", kind="flood")
        error = await page.until("error")
        assert error["code"] == "too_fast" and error["retry_s"] >= 1
        assert await page.closed() == 4429


@pytest.mark.parametrize("message", [{"text_data": "x" * (messages.MOST_CHARACTERS + 1)}, {"bytes_data": b"\x00" * 10}])
async def test_sound_or_a_huge_message_is_not_taken(session: LiveSession, message: dict) -> None:
    async with PresenterPage(session) as page:
        await page.until("hello")
        await page.socket.send_to(**message)
        assert await page.closed() == 1009


async def test_too_many_sockets_of_one_session_are_refused(session: LiveSession) -> None:
    pages = [PresenterPage(session) for _each in range(MOST_SOCKETS + 1)]
    codes = []
    try:
        for page in pages:
            await page.__aenter__()
            try:
                await page.until("hello")
            except Closed as closed:
                codes.append(closed.code)
    finally:
        for page in pages:
            await page.__aexit__(None, None, None)
    assert codes == [4429]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="locks one SQLite file")
async def test_a_locked_database_sends_the_page_away_to_come_back(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interview_site.threads.BUSY_TIMEOUT_MS", 1)
    with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as locker:
        locker.execute("BEGIN IMMEDIATE")
        async with PresenterPage(session) as page:
            assert await page.closed() == 4507
    async with PresenterPage(session) as page:
        assert (await page.next())["type"] == "hello"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="locks one SQLite file")
async def test_what_could_not_be_noted_as_heard_comes_again(session: LiveSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interview_site.threads.BUSY_TIMEOUT_MS", 1)
    await say(session, "Hello.")
    async with PresenterPage(session) as page:
        await page.until("say")
        with contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as locker:
            locker.execute("BEGIN IMMEDIATE")
            await page.send("spoken", sentence=0)
            await page.send("nonsense")
            await page.until("error")
    async with PresenterPage(session) as page:
        assert (await page.until("say"))["text"] == "Hello."


# --- The provider ------------------------------------------------------------------------------------------------------


def test_the_room_is_free_and_can_be_listed_asked_and_closed_twice(session: LiveSession) -> None:
    local = live_provider("local")
    assert local.running() == [session.public_id] and local.is_open(session.room)
    assert (session.cost or 0) == 0 and not local.live.costs_money
    local.close(session.room)
    local.close(session.room)
    assert local.running() == [] and local.is_open(session.room) is False
    with pytest.raises(ProviderError):
        local.speak(session.room, "Anybody?")


def test_the_address_is_a_socket_of_this_site(session: LiveSession, settings: object) -> None:
    join = live_sessions.join(session)
    assert join.url == settings.PUBLIC_BASE_URL.replace("http", "ws", 1) + f"/ws/avatar/{session.public_id}"  # type: ignore[attr-defined]


def test_the_avatar_and_the_voice_asked_for_are_shown_and_heard(session: LiveSession) -> None:
    timurs = open_for("user:dan", avatar_id="timur", language="ru")
    room = LocalRoom.objects.get(public_id=timurs.public_id)
    assert messages.hello(room, {})["presenter"]["name"] == "timur"
    live_speaking.say(session=timurs, text="Добрый день.")
    assert "-male" in room.lines.get().speech.voice


def test_what_cannot_be_spoken_is_told_and_mixed_in_it_is_passed_over(session: LiveSession) -> None:
    live_speaking.say(session=session, text="Here it comes.\n\n---\n\nThat was it.")
    spoken = LocalLine.objects.filter(room__public_id=session.public_id).order_by("number")
    assert [line.speech.text for line in spoken] == ["Here it comes.", "That was it."]
    with pytest.raises((NothingToSay, ProviderError)):
        live_speaking.say(session=session, text="🙂 —")


def test_the_documentation_names_every_message() -> None:
    for place in ("docs", "docs/ru"):
        page = (Path(__file__).parents[2] / place / "embedding.md").read_text(encoding="utf-8")
        for name in (*messages.UP, *messages.DOWN):
            assert f"`{name}`" in page, (place, name)


def test_the_element_understands_every_message_and_sends_known_ones() -> None:
    embed = Path(__file__).parents[2] / "frontend" / "src" / "embed"
    element, socket = ((embed / name).read_text() for name in ("avatar_presenter.js", "room_socket.js"))
    for name in messages.DOWN:
        assert f"  on_{name}(" in element or f'message.type === "{name}"' in socket, name
    sent = set(re.findall(r'send\("(\w+)"', element + socket))
    assert sent == set(messages.UP)


@pytest.mark.parametrize("path", ["/speech/x.wav", "/speech/x.json", "/presenters/a/b/presenter.json", "/pictures/x.webp"])
async def test_a_listed_site_may_fetch_what_the_presenter_needs(path: str, settings: object, async_client: AsyncClient) -> None:
    settings.CORS_ALLOWED_ORIGINS = [FOREIGN]  # type: ignore[attr-defined]
    listed = await async_client.get(path, headers={"Origin": FOREIGN})
    assert listed["Access-Control-Allow-Origin"] == FOREIGN
    stranger = await async_client.get(path, headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in stranger
