"""A call that speaks by recorded clips: the ladder, its falls, and coming back in the middle of a clip."""

import pytest
from asgiref.sync import sync_to_async
from django.core.files.storage import default_storage

from avatars.models import AvatarGeneration
from avatars.providers import registry
from interviews.models import PositionClip, Turn
from interviews.tests.clip_builders import make_filmed_interview
from interviews.tests.page import Page

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def filmed(fake, transactional_db):
    return make_filmed_interview()


def says(page):
    return [message for message in page.seen if message["type"] == "say"]


async def until_clip(page, kind):
    while True:
        message = await page.listen_until("say")
        if message["kind"] == kind and message["clip_url"]:
            return message


async def answer_everything(page):
    await page.hello()
    for index in range(3):
        listening = await page.listen_until("listening")
        await page.type(f"Answer {index}", question=listening["question"])
    await page.listen_until("listening")
    await page.type("No, thank you")
    await page.listen_until("finished")


def heard_once(page):
    """Numbers of all sentences said, in order."""
    return [number for message in says(page) for number in range(message["first"], message["sentence"] + 1)]


async def test_fixed_words_are_clips_and_the_name_is_said_by_the_presenter(filmed):
    async with Page(filmed) as page:
        await answer_everything(page)
    rungs = [(message["kind"], message["rung"]) for message in says(page)]
    assert rungs[:3] == [("greeting", "local"), ("greeting", "clip"), ("question", "clip")]
    assert {rung for _kind, rung in rungs[1:]} == {"clip"}
    assert "Bob" in says(page)[0]["text"] and "Bob" not in says(page)[1]["text"]
    assert heard_once(page) == list(range(len(heard_once(page))))
    assert {turn.rung async for turn in Turn.objects.filter(speaker="avatar")} == {"clip"}


async def test_a_clip_names_each_of_its_sentences(filmed):
    async with Page(filmed) as page:
        await page.hello()
        clip = await until_clip(page, "greeting")
    assert len(clip["parts"]) == clip["sentence"] - clip["first"] + 1 > 2
    assert " ".join(part["text"] for part in clip["parts"]) == clip["text"]
    assert clip["parts"][-1]["end_ms"] == clip["duration_ms"] > 3000
    assert (clip["audio_url"], clip["last"]) == ("", True)


async def test_the_next_clips_are_named_while_the_candidate_answers(filmed):
    async with Page(filmed) as page:
        await page.hello()
        ahead = (await page.listen_until("preload"))["clips"]
        await page.type("Answer")
        await page.listen_until("listening")
    said = [message["clip_url"] for message in says(page)]
    assert ahead == said[-2:]


async def test_a_clip_that_cannot_be_played_is_said_by_the_presenter_from_where_it_stopped(filmed):
    async with Page(filmed) as page:
        page.hears = False
        await page.hello()
        clip = await until_clip(page, "greeting")
        await page.send("spoken", sentence=clip["first"] + 1)
        await page.send("fell", sentence=clip["first"] + 2, rung="clip", generation=clip["generation"])
        notice = await page.listen_until("notice")
        again = await page.listen_until("say")
        while not again["generation"] > clip["generation"]:
            again = await page.listen_until("say")
        assert (notice["code"], again["rung"], again["sentence"]) == ("clip_failed", "local", clip["first"] + 2)
        await until_clip(page, "question")
    after = [m["sentence"] for m in says(page) if m["generation"] == again["generation"]]
    assert after == list(range(clip["first"] + 2, after[-1] + 1))
    greeting = await Turn.objects.aget(kind="greeting")
    assert (greeting.rung, greeting.falls) == ("local", ["clip"])


async def test_late_doubled_and_impossible_reports_change_nothing(filmed):
    async with Page(filmed) as page:
        await page.hello()
        await page.listen_until("listening")
        before = len(says(page))
        for sentence, rung in ((0, "clip"), (10_000, "clip"), (1, "local"), (1, "nonsense"), (3, "clip")):
            await page.send("fell", sentence=sentence, rung=rung, generation=0)
        await page.type("Answer")
        await page.listen_until("listening")
    assert [message["rung"] for message in says(page)[before:]] == ["clip", "clip"]
    assert not [message for message in page.seen if message["type"] == "notice"]


async def test_clips_that_failed_twice_are_not_tried_again_also_after_a_reload(filmed):
    async with Page(filmed, device="phone") as page:
        page.hears = False
        await page.hello()
        for kind in ("greeting", "question"):
            clip = await until_clip(page, kind)
            await page.send("fell", sentence=clip["first"], rung="clip", generation=clip["generation"])
        while not (await page.listen_until("say"))["last"]:
            pass
    assert [m["code"] for m in page.seen if m["type"] == "notice"] == ["clip_failed"]
    async with Page(filmed, device="phone") as page:
        await page.hello(last_sentence=100)
        await page.listen_until("listening")
        await page.type("Answer")
        await page.listen_until("listening")
    assert {message["rung"] for message in says(page)} == {"local"}


async def test_coming_back_in_mid_clip_goes_on_at_the_sentence(filmed):
    async with Page(filmed, device="phone") as page:
        page.hears = False
        await page.hello()
        clip = await until_clip(page, "greeting")
        await page.send("spoken", sentence=clip["first"] + 1)
        await page.send("telemetry", kind="nothing")
        await until_clip(page, "question")
    async with Page(filmed, device="phone") as page:
        await page.hello(last_sentence=clip["first"] + 1)
        await page.listen_until("listening")
    rest = [(message["sentence"], message["rung"]) for message in says(page)]
    assert rest[0] == (clip["first"] + 2, "local")
    assert (says(page)[-1]["kind"], says(page)[-1]["rung"]) == ("question", "clip")
    assert heard_once(page) == list(range(clip["first"] + 2, heard_once(page)[-1] + 1))


async def test_a_repeated_question_uses_its_clip(filmed):
    async with Page(filmed) as page:
        await page.hello()
        await page.listen_until("listening")
        before = len(says(page))
        await page.send("repeat")
        await page.listen_until("listening")
    assert [message["rung"] for message in says(page)[before:]] == ["local", "clip"]


async def test_an_erased_file_falls_down_the_ladder_without_a_word(filmed):
    video = await AvatarGeneration.objects.aget(
        pk=(await PositionClip.objects.aget(version=filmed.version_id, name="greeting")).generation_id
    )
    await sync_to_async(default_storage.delete)(video.video.name)
    async with Page(filmed) as page:
        await page.hello()
        await page.listen_until("listening")
    assert {m["rung"] for m in says(page) if m["kind"] == "greeting"} == {"local"}
    assert [m["rung"] for m in says(page) if m["kind"] == "question"] == ["clip"]


async def test_a_provider_that_is_gone_changes_nothing(filmed):
    registry._instances.pop("fake", None)
    async with Page(filmed) as page:
        await answer_everything(page)
    assert {message["rung"] for message in says(page)[1:]} == {"clip"}


async def test_a_clip_that_becomes_ready_during_the_call_is_used(filmed):
    last = await PositionClip.objects.aget(version=filmed.version_id, name="invite_questions")
    await AvatarGeneration.objects.filter(pk=last.generation_id).aupdate(state="processing")
    async with Page(filmed) as page:
        await page.hello()
        await page.listen_until("listening")
        await AvatarGeneration.objects.filter(pk=last.generation_id).aupdate(state="succeeded")
        for _index in range(3):
            await page.type("Answer")
            await page.listen_until("listening")
    assert {m["rung"] for m in says(page) if m["kind"] == "invite_questions"} == {"clip"}
