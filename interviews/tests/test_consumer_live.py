"""A call held by a live avatar: its room comes and goes, and no sentence is lost with it (design §3)."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from avatars.models import AvatarSettings, LiveSession, Spending
from avatars.providers import remedies
from avatars.providers.fake_live import FakeLiveProvider
from avatars.services import live_sessions
from avatars.services.live_sweeping import sweep
from interview_site.errors import Category, ProviderError
from interview_site.notify import live_event
from interviews.call import live_room
from interviews.call.rungs import Live
from interviews.models import Consent, Interview, Turn
from interviews.services import live_avatar
from interviews.tests.builders import make_interview, make_position
from interviews.tests.page import Page

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def patience(settings, monkeypatch):
    """Which rung speaks is the subject here: a busy machine must not hand a sentence down for being slow, nor hurry anybody."""
    settings.INTERVIEW_POLICY = {"speech_s": 120, "notice_s": 600, "first_offer_s": 601, "second_offer_s": 602, "pause_s": 603}
    monkeypatch.setattr(Live, "patience_s", 120)


def make_live_interview(**fields):
    profile, _made = AvatarSettings.objects.get_or_create(
        name="Vera", defaults={"style": "live", "providers": ["fake", "local"], "language": "en"}
    )
    return make_interview(position=make_position(avatar=profile), state=Interview.State.IN_PROGRESS, **fields)


@pytest.fixture
def vera(live: FakeLiveProvider, transactional_db: None) -> Interview:
    return make_live_interview()


def says(page):
    return [message for message in page.seen if message["type"] == "say"]


def numbers(page):
    """Of all sentences said, in order."""
    return [number for message in says(page) for number in range(message["first"], message["sentence"] + 1)]


async def enter(page):
    """The page joins the room; the local presenter greets meanwhile."""
    room = next((m for m in page.seen if m["type"] == "room" and m["join"]), None) or await page.listen_until("room")
    await page.send("room", session=room["session"], state="connected")
    return room["session"]


async def session_of(interview):
    return await LiveSession.objects.aget(owner=f"interview:{interview.public_id}")


async def until_ended(session):
    for _ in range(600):
        await session.arefresh_from_db()
        if session.state not in LiveSession.OPEN:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"still {session.state}")


async def floor(page):
    """The floor is the candidate's. It may have been given while something else was waited for."""
    given = [m for m in page.seen[page.answered :] if m["type"] in ("say", "listening")]
    return given[-1] if given and given[-1]["type"] == "listening" else await page.listen_until("listening")


async def answer(page, text="An answer"):
    listening = await floor(page)
    page.answered = len(page.seen)
    await page.type(text, question=listening["question"])


async def test_the_live_avatar_speaks_as_soon_as_the_page_is_in_its_room(vera, live):
    async with Page(vera) as page:
        await page.hello()
        room = await page.listen_until("room")
        assert room["join"]["transport"] == "livekit" and "access_token" in room["join"]
        await page.send("room", session=room["session"], state="connected")
        for number in range(3):
            await answer(page, f"Answer {number}")
        await floor(page)
        await page.type("No, thank you")
        await page.listen_until("finished")
    assert {message["rung"] for message in says(page)} <= {"local", "live"} and says(page)[-1]["rung"] == "live"
    assert numbers(page) == list(range(len(numbers(page))))
    spoken_live = [message["text"] for message in says(page) if message["rung"] == "live"]
    assert [text for _room, text in live.said] == spoken_live
    rungs = [turn.rung async for turn in Turn.objects.filter(speaker="avatar").order_by("number")]
    assert set(rungs) <= {"local", "live"} and rungs[-1] == "live"


async def test_goodbye_closes_the_room_and_pays_for_what_was_used(vera, live):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        for _ in range(3):
            await answer(page)
        await floor(page)
        await page.type("No, thank you")
        await page.listen_until("finished")
        assert [m["join"] for m in page.seen if m["type"] == "room"][-1] is None
        session = await session_of(vera)
        await until_ended(session)
    assert session.reason == LiveSession.Reason.GOODBYE
    assert await Spending.objects.acount() == 1


async def test_a_turn_is_said_in_one_piece_with_its_sentences_shared_out(vera):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await answer(page)
        await floor(page)
    piece = next(message for message in says(page) if message["rung"] == "live")
    assert len(piece["parts"]) == piece["sentence"] - piece["first"] + 1
    assert piece["parts"][-1]["end_ms"] == piece["duration_ms"] > 0
    assert " ".join(part["text"] for part in piece["parts"]) == piece["text"]


async def test_the_live_avatar_takes_over_at_the_next_sentence_and_not_before_the_last_one_was_heard(vera, live):
    async with Page(vera) as page:
        page.hears = False
        await page.hello()
        first = await page.listen_until("say")
        await enter(page)
        pieces = [first]
        for _piece in range(2):
            for _look in range(5):
                await asyncio.sleep(0.05)
                assert [text for _room, text in live.said] == [piece["text"] for piece in pieces[1:]]
            await page.send("spoken", sentence=pieces[-1]["sentence"])
            pieces.append(await page.listen_until("say"))
    assert [piece["rung"] for piece in pieces] == ["local", "live", "live"]
    assert pieces[1]["turn"] == first["turn"] != pieces[2]["turn"]
    assert numbers(page) == list(range(len(numbers(page))))


async def test_a_room_that_is_lost_in_mid_sentence_hands_the_sentence_to_the_presenter(vera):
    async with Page(vera) as page:
        await page.hello()
        room = await enter(page)
        await answer(page)
        page.hears = False
        while (piece := await page.listen_until("say"))["rung"] != "live":
            await page.send("spoken", sentence=piece["sentence"])
        await page.send("room", session=room, state="lost")
        await page.send("fell", sentence=piece["first"], rung="live", generation=piece["generation"])
        page.hears = True
        # The next sentence may have been on its way to the room already.
        while (again := await page.listen_until("say"))["rung"] == "live":
            pass
        assert (again["rung"], again["first"]) == ("local", piece["first"])
        await floor(page)
        await until_ended(await session_of(vera))
    assert [m["code"] for m in page.seen if m["type"] == "notice"] == ["clip_failed"]
    assert (await Turn.objects.aget(number=piece["turn"])).falls == ["live"]


@pytest.mark.parametrize("state", ["connecting", "reconnecting", "odd_word"])
async def test_nothing_is_said_into_a_room_the_page_is_not_in(vera, live, state):
    async with Page(vera) as page:
        await page.hello()
        room = await page.listen_until("room")
        await page.send("room", session=room["session"], state=state)
        await answer(page)
        await floor(page)
    assert live.said == [] and {message["rung"] for message in says(page)} == {"local"}


async def test_words_about_another_room_change_nothing(vera, live):
    async with Page(vera) as page:
        await page.hello()
        await page.listen_until("room")
        await page.send("room", session="someone-elses", state="connected")
        await answer(page)
        await floor(page)
    assert live.said == []


@pytest.mark.parametrize("fault", ["hosts_occupied", "down", "budget", "unknown_key"])
async def test_without_a_room_the_interview_goes_on_with_the_presenter(live, transactional_db, settings, fault):
    interview = await sync_to_async(make_live_interview)()
    if fault == "budget":
        settings.LIVE_AT_ONCE = {"fake": 1}
        other = {**interview.version.plan["avatar"], "providers": ["fake"]}
        await sync_to_async(live_sessions.open_session)(
            owner="interview:other", provider="fake", settings=other, language="en", purpose="interview"
        )
    else:
        category = {"hosts_occupied": Category.RATE_LIMIT, "down": Category.CONNECTIVITY, "unknown_key": Category.AUTHENTICATION}
        live.on_open = [ProviderError("no", category=category[fault], provider="fake", code=fault)] * 9
    async with Page(interview) as page:
        await page.hello()
        for _ in range(3):
            await answer(page)
        await floor(page)
        await page.type("No, thank you")
        await page.listen_until("finished")
    assert {message["rung"] for message in says(page)} == {"local"}
    assert numbers(page) == list(range(len(numbers(page))))


async def test_a_provider_that_takes_no_words_costs_no_sentence_and_is_left_after_two_failures(vera, live):
    live.on_speak = [ProviderError("no", category=Category.SERVER, provider="fake", code="down")] * 9
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        for _ in range(3):
            await answer(page)
        await floor(page)
    assert {message["rung"] for message in says(page)} == {"local"}
    assert len(live.on_speak) == 7


async def test_a_room_the_provider_ended_is_left_by_the_page(vera, live):
    live.on_speak = [ProviderError("gone", category=Category.INVALID_REQUEST, provider="fake", code=remedies.ROOM_GONE)]
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await answer(page)
        await floor(page)
    assert [message["join"] for message in page.seen if message["type"] == "room"][-1] is None
    assert {message["rung"] for message in says(page)} == {"local"}


async def test_an_interruption_is_told_to_the_provider(vera, live):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await answer(page)
        page.hears = False
        while (piece := await page.listen_until("say"))["rung"] != "live":
            await page.send("spoken", sentence=piece["sentence"])
        await page.type("I have something to add", question=None)
        await page.listen_until("stop_speaking")
        for _ in range(60):
            if live.said[-1][1] == "■":
                break
            await asyncio.sleep(0.05)
    assert "■" in [text for _room, text in live.said]


async def test_what_only_the_page_can_say_is_handed_to_it(vera):
    async with Page(vera) as page:
        await page.hello()
        room = await enter(page)
        await floor(page)
        await sync_to_async(live_event)(room, "speak", text="Good day.", id="one")
        event = await page.listen_until("room_event")
    assert (event["event"], event["text"], event["id"]) == ("speak", "Good day.", "one")


async def test_the_candidate_is_told_that_the_avatar_will_leave_for_silence_and_a_word_takes_it_back(vera, settings):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await floor(page)
        silence = timedelta(seconds=settings.LIVE_IDLE_S - settings.LIVE_IDLE_WARNING_S + 1)
        await LiveSession.objects.aupdate(active_at=timezone.now() - silence)
        await sync_to_async(sweep)()
        assert (await page.listen_until("room_event"))["event"] == "idle_warning"
        await page.type("I was thinking.")
        assert (await page.listen_until("room_event"))["event"] == "active"
    assert (await session_of(vera)).warned_at is None


async def test_a_page_that_comes_back_is_told_too(vera, settings):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await floor(page)
    await LiveSession.objects.aupdate(warned_at=timezone.now())
    async with Page(vera, device=page.device) as again:
        await again.hello()
        assert (await again.listen_until("room_event"))["event"] == "idle_warning"


async def test_a_page_that_goes_leaves_the_room_to_the_sweeper_and_one_that_returns_keeps_it(vera, live):
    async with Page(vera) as page:
        await page.hello()
        first = await enter(page)
        await floor(page)
    session = await session_of(vera)
    left_at = session.heartbeat_at
    assert session.state == LiveSession.State.LIVE
    async with Page(vera) as page:
        await page.hello()
        assert (await page.listen_until("room"))["session"] == first
        await floor(page)
        for _ in range(60):
            await session.arefresh_from_db()
            if session.heartbeat_at > left_at:
                break
            await asyncio.sleep(0.05)
    assert len(live.requests) == 1 and session.started_at > left_at


async def test_a_pause_closes_the_room_and_going_on_opens_another(vera, live):
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await floor(page)
        await page.send("pause")
        while (message := await page.listen_until("room"))["join"]:
            pass
        await until_ended(await session_of(vera))
        await page.send("resume")
        again = await page.listen_until("room")
    assert again["join"] and again["session"] != message["session"]
    assert len(live.requests) == 2


async def test_two_candidates_never_hear_each_others_sentences(vera, live):
    other = await sync_to_async(make_live_interview)()
    async with Page(vera) as bob, Page(other) as eve:
        for page in (bob, eve):
            await page.hello()
        rooms = [await enter(bob), await enter(eve)]
        await asyncio.gather(answer(bob, "I am Bob"), answer(eve, "I am Eve"))
        for page in (bob, eve):
            await floor(page)
    sessions = {session.public_id: session.provider_id async for session in LiveSession.objects.all()}
    for page, room in ((bob, rooms[0]), (eve, rooms[1])):
        mine = [text for place, text in live.said if place == sessions[room]]
        assert mine == [message["text"] for message in says(page) if message["rung"] == "live"]


@pytest.fixture
def outside(monkeypatch):
    """The scripted provider counts as one outside the company; the call looks often whether it may stay."""
    monkeypatch.setattr(live_avatar, "LOCAL_AVATARS", ("local",))
    monkeypatch.setattr(live_room, "HEARTBEAT_S", 0.05)


async def transfer(interview, given):
    await Consent.objects.acreate(interview=interview, kind="cross_border", given=given, text_version="1", language="en")


async def test_who_refused_the_transfer_is_never_led_into_a_room_outside(vera, outside):
    await transfer(vera, given=False)
    async with Page(vera) as page:
        await page.hello()
        await answer(page)
        await page.listen_until("listening")
    assert {message["rung"] for message in says(page)} == {"local"}
    assert not [message for message in page.seen if message["type"] == "room"]
    assert not await LiveSession.objects.aexists()


async def test_a_transfer_withdrawn_in_the_call_closes_the_room_and_the_presenter_goes_on(vera, outside):
    await transfer(vera, given=True)
    async with Page(vera) as page:
        await page.hello()
        await enter(page)
        await page.listen_until("listening")
        await transfer(vera, given=False)
        while (await page.listen_until("room"))["join"] is not None:
            pass
        await until_ended(await session_of(vera))
        await page.type("An answer", question=(await asked(vera)))
        assert (await page.listen_until("say"))["rung"] == "local"


async def asked(interview):
    await interview.arefresh_from_db()
    return str(interview.current_question)
