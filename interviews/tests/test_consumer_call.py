"""A whole call over the real socket: greeting, questions, typed answers, farewell; and what disturbs it."""

import sqlite3

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from avatars.services import speech
from interview_site.errors import Category, ProviderError
from interviews.models import Interview, OutgoingMail, Turn
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.page import Page

pytestmark = [pytest.mark.django_db(transaction=True)]


async def kinds(interview: Interview) -> list[str]:
    return [turn.kind async for turn in Turn.objects.filter(interview=interview)]


async def answer_everything(page: Page) -> None:
    await page.hello()
    for index in range(3):
        listening = await page.listen_until("listening")
        await page.type(f"Answer {index}", question=listening["question"])
    await page.listen_until("listening")
    await page.type("No, thank you")
    await page.listen_until("finished")


async def test_a_candidate_types_through_a_whole_interview(live_interview):
    async with Page(live_interview) as page:
        await answer_everything(page)
    assert page.seen[-1]["receipt_url"] == f"/interview/{live_interview.public_id}/receipt"
    assert await kinds(live_interview) == [
        "greeting", "question", "answer", "reply", "question", "answer", "reply", "question", "answer",
        "invite_questions", "command", "farewell",
    ]  # fmt: skip
    await live_interview.arefresh_from_db()
    assert (live_interview.state, live_interview.current_question) == (Interview.State.COMPLETED, None)
    assert {turn.rung async for turn in Turn.objects.filter(speaker="avatar")} == {"local"}


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
async def test_every_sentence_can_be_fetched_in_each_language(transactional_db, language):
    position = await sync_to_async(make_position)(language=language)
    interview = await sync_to_async(make_interview)(position=position, state=Interview.State.IN_PROGRESS)
    async with Page(interview) as page:
        await page.hello()
        await page.listen_until("listening")
    said = [message for message in page.seen if message["type"] == "say"]
    assert [message["sentence"] for message in said] == list(range(len(said)))
    assert all(message["audio_url"].endswith(".wav") and message["duration_ms"] > 300 for message in said)


async def test_hr_are_told_when_it_is_complete(transactional_db):
    alice = await sync_to_async(make_alice)()
    position = await sync_to_async(make_position)(created_by=alice)
    interview = await sync_to_async(make_interview)(position=position, state=Interview.State.IN_PROGRESS)
    async with Page(interview) as page:
        await answer_everything(page)
    assert await OutgoingMail.objects.filter(interview=interview, to=alice.email).acount() == 1


async def test_progress_and_state_follow_the_questions(live_interview):
    async with Page(live_interview) as page:
        await answer_everything(page)
    progress = [message for message in page.seen if message["type"] == "progress"]
    assert [(message["done"], message["total"]) for message in progress] == [(1, 3), (2, 3), (3, 3)]
    assert [message["question"]["index"] if message["question"] else None for message in progress] == [1, 2, None]


async def test_the_same_typed_text_is_stored_once_and_confirmed_twice(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        await page.type("Answer", id="t1", question=listening["question"])
        first = await page.listen_until("final")
        await page.type("Answer", id="t1", question=listening["question"])
        assert await page.listen_until("final") == first
    assert (await kinds(live_interview)).count("answer") == 1


async def test_a_page_that_never_says_spoken_still_gets_the_floor(live_interview, settings):
    settings.INTERVIEW_POLICY = {"spoken_margin_s": -3600.0}
    async with Page(live_interview) as page:
        page.hears = False
        await page.hello()
        await page.listen_until("listening")
    await live_interview.arefresh_from_db()
    assert live_interview.heard_sentence == -1


async def test_an_answer_stops_what_is_being_said(live_interview):
    async with Page(live_interview) as page:
        page.hears = False
        await page.hello()
        while not (await page.listen_until("say"))["kind"] == "question":
            pass
        await page.type("I know already")
        stopped = await page.listen_until("stop_speaking")
        reply = await page.listen_until("say")
        assert (reply["kind"], reply["generation"] > stopped["generation"]) == ("reply", True)


async def test_a_reload_says_only_what_was_not_heard(live_interview):
    async with Page(live_interview, device="phone") as before:
        before.hears = False
        await before.hello()
        while not (await before.listen_until("say"))["last"]:
            pass
        await before.send("spoken", sentence=1, heard_ms=10)
        await before.send("repeat", colour="nothing")
        await before.listen_until("stop_speaking")
    async with Page(live_interview, device="phone") as after:
        await after.hello(last_sentence=2)
        state = await after.listen_until("state")
        await after.listen_until("listening")
    assert min(message["sentence"] for message in after.seen if message["type"] == "say") == 3
    assert [shown["kind"] for shown in state["history"]] == ["greeting"]
    assert (await kinds(live_interview)).count("greeting") == 1


async def test_impossible_and_late_spoken_numbers_change_nothing(live_interview):
    async with Page(live_interview) as page:
        await page.hello(last_sentence=500)
        await page.listen_until("listening")
        heard = max(message["sentence"] for message in page.seen if message["type"] == "say")
        for sentence in (10_000, 0, heard, heard):
            await page.send("spoken", sentence=sentence)
        await page.send("pause")
        await page.listen_until("state")
    await live_interview.arefresh_from_db()
    assert live_interview.heard_sentence == heard


async def test_pause_and_resume(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        await page.send("pause")
        assert (await page.listen_until("state"))["phase"] == "paused"
        await page.send("pause")
        await page.send("resume")
        assert (await page.listen_until("state"))["phase"] == "speaking"
        assert (await page.listen_until("listening"))["question"] == listening["question"]
    assert (await kinds(live_interview))[-1] == "repeat"


async def test_done_and_skip_twice_are_harmless(live_interview):
    async with Page(live_interview) as page:
        await page.hello()
        first = (await page.listen_until("listening"))["question"]
        await page.type("Part one", question=first, more=True)
        for _press in range(2):
            await page.send("done", question=first)
        second = (await page.listen_until("listening"))["question"]
        await page.send("skip", question=first)
        await page.send("done", question=first)
        await page.type("Answer", question=second)
        assert (await page.listen_until("final"))["text"] == "Answer"
    assert (await kinds(live_interview)).count("question") == 3


async def test_a_voice_that_fails_falls_to_text_with_one_honest_line(live_interview, monkeypatch):
    def broken(*args: object) -> None:
        raise ProviderError("no voice today", category=Category.SERVER)

    monkeypatch.setattr(speech, "for_settings", broken)
    async with Page(live_interview) as page:
        await answer_everything(page)
    assert [message["code"] for message in page.seen if message["type"] == "notice"].count("text_only") == 1
    said = [message for message in page.seen if message["type"] == "say"]
    assert {(message["rung"], message["audio_url"]) for message in said} == {("text", "")}
    assert {turn.rung async for turn in Turn.objects.filter(speaker="avatar")} == {"text"}


async def test_a_question_of_emoji_only_is_shown(transactional_db):
    position = await sync_to_async(make_position)(questions=["🙂🙃", "Қайда тұрасыз?"])
    interview = await sync_to_async(make_interview)(position=position, state=Interview.State.IN_PROGRESS)
    async with Page(interview) as page:
        await page.hello()
        await page.listen_until("listening")
        emoji = next(message for message in page.seen if message.get("text") == "🙂🙃")
        assert (emoji["type"], emoji["audio_url"], emoji["rung"]) == ("say", "", "local")
        await page.type("😀")
        await page.listen_until("listening")
    assert page.said()[-1] == "Қайда тұрасыз?"


async def test_a_locked_database_is_told_and_nothing_is_lost(live_interview, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("locks one SQLite file")
    monkeypatch.setattr("interview_site.threads.BUSY_TIMEOUT_MS", 1)
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        locker = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        try:
            locker.execute("BEGIN IMMEDIATE")
            await page.type("Answer", id="t1", question=listening["question"])
            error = await page.listen_until("error")
        finally:
            locker.close()
        assert (error["code"], error["id"], error["retry_s"] > 0) == ("storage", "t1", True)
        await page.type("Answer", id="t1", question=listening["question"])
        assert (await page.listen_until("final"))["id"] == "t1"
    assert (await kinds(live_interview)).count("answer") == 1


async def test_a_database_locked_at_hello_sends_the_page_away_to_come_back(live_interview, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("locks one SQLite file")
    monkeypatch.setattr("interview_site.threads.BUSY_TIMEOUT_MS", 1)
    locker = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    try:
        locker.execute("BEGIN IMMEDIATE")
        async with Page(live_interview) as page:
            await page.hello()
            assert await page.closed() == 4507
    finally:
        locker.close()
    assert page.seen[-1]["code"] == "storage"


async def test_a_silent_candidate_is_not_hurried_and_then_paused(live_interview, settings):
    settings.INTERVIEW_POLICY = {"notice_s": 0.0, "first_offer_s": 0.0, "second_offer_s": 0.0, "pause_s": 0.0}
    async with Page(live_interview) as page:
        await page.hello()
        while (await page.listen_until("state"))["phase"] != "paused":
            pass
    assert [message["code"] for message in page.seen if message["type"] == "notice"] == ["take_your_time", "paused_by_silence"]
    assert (await kinds(live_interview)).count("offer") == 2
    await live_interview.arefresh_from_db()
    assert live_interview.state == Interview.State.PAUSED


async def test_leaving_in_mid_sentence_leaves_no_task_behind(live_interview):
    import asyncio

    before = asyncio.all_tasks()
    async with Page(live_interview) as page:
        page.hears = False
        await page.hello()
        await page.listen_until("say")
    assert asyncio.all_tasks() <= before


async def test_a_voice_that_is_too_slow_falls_to_text(live_interview, settings):
    settings.INTERVIEW_POLICY = {"speech_s": 0.0}
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("listening")
    assert {message["rung"] for message in page.seen if message["type"] == "say"} == {"text"}


async def test_a_voice_that_failed_twice_is_not_tried_again_after_a_reload(live_interview, settings):
    async with Page(live_interview, device="phone") as page:
        await page.hello()
        await page.listen_until("listening")
    await Turn.objects.filter(interview=live_interview).aupdate(rung="text")
    async with Page(live_interview, device="phone") as page:
        await page.hello()
        await page.listen_until("listening")
        await page.type("Answer")
        assert (await page.listen_until("say"))["rung"] == "text"
