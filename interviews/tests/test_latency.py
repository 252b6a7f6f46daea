"""How quickly the avatar replies: measured in the call, kept with the turns, shown to staff, exported to Prometheus."""

import asyncio

import pytest
from django.test import Client
from django.urls import reverse

from interview_site import status
from interviews.models import Consent, Interview, Turn
from interviews.services import latency
from interviews.tests.builders import make_alice, make_interview
from interviews.tests.page import Page
from interviews.tests.test_consumer_voice import recording_dir, speak  # noqa: F401  the fixture is used by name
from transcription.tests.test_gate import silence, sound, voice


async def marks_of(interview: Interview, **fields: object) -> dict:
    return (await Turn.objects.filter(interview=interview, **fields).alatest("number")).marks


async def until_marked(interview: Interview, stage: str, **fields: object) -> dict:
    """Storing marks holds nothing up: it may come a moment later."""
    for _ in range(400):
        if stage in (marks := await marks_of(interview, **fields)):
            return marks
        await asyncio.sleep(0.02)
    raise AssertionError(f"no {stage}")


@pytest.mark.django_db(transaction=True)
async def test_a_typed_answer_is_replied_to_so_many_ms_after_it_came(live_interview) -> None:
    async with Page(live_interview) as page:
        await page.hello()
        listening = await page.listen_until("listening")
        assert (await marks_of(live_interview)) == {}, "a greeting is no reply"
        await page.type("I built a bridge.", question=listening["question"])
        say = await page.listen_until("say")
        await page.send("telemetry", kind="first_sound", sentence=say["sentence"])
        marks = await until_marked(live_interview, "first_sound", number=say["turn"])
        await page.send("telemetry", kind="first_sound", sentence=say["sentence"])
        await page.send("telemetry", kind="first_sound", sentence=7_000)
        await page.send("telemetry", kind="first_sound")
        await page.listen_until("listening")
    assert marks["since"] == "message"
    assert 0 <= marks["first_sentence"] <= marks["said"] <= marks["first_sound"]
    assert await marks_of(live_interview, number=say["turn"]) == marks, "only the first sound counts"


@pytest.mark.django_db(transaction=True)
async def test_a_spoken_answer_and_its_reply_are_measured_from_the_last_voice(live_interview) -> None:
    await Consent.objects.acreate(interview=live_interview, kind="recording", given=True, text_version="1", language="en")
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        await page.listen_until("listening")
        await speak(page, sound(silence(600), voice(3000), silence(3600)))
        say = await page.listen_until("say")
        reply = await until_marked(live_interview, "said", number=say["turn"])
        answer = await until_marked(live_interview, "turn_ended", kind="answer")
        assert answer["since"] == reply["since"] == "speech"
        assert answer["segment_closed"] <= answer["turn_ended"] <= reply["first_sentence"] <= reply["said"]
        assert answer["segment_closed"] >= 500, "the silence the ear needs is part of what the candidate waits"


def test_a_stage_is_summed_up_over_turns() -> None:
    turns = [{"since": "speech", "said": ms, "cut": {"sentence": 1}} for ms in range(100, 2_100, 100)]
    [stage] = latency.summary([*turns, {"since": "message", "said": 9}, {}, {"said": "x", "since": "speech"}])
    assert (stage.stage, stage.count, stage.median_ms) == ("said", 20, 1050)
    assert 1_900 <= stage.p95_ms <= 2_000
    assert [one.median_ms for one in latency.summary([{"since": "message", "said": 9}], since="message")] == [9]


@pytest.fixture
def replied(db: None) -> Interview:
    interview = make_interview(state=Interview.State.COMPLETED)
    cut = {"cut": {"sentence": 1}}
    Turn.objects.create(interview=interview, number=1, speaker="avatar", kind="question", text="Why?", marks=cut)
    latency.note(interview.pk, 1, {"said": 800, "first_sound": 1_234, "nonsense": 5, "turn_ended": -4}, since="speech")
    return interview


def test_marks_stand_beside_what_was_known_and_are_counted_once(replied: Interview) -> None:
    def counted() -> float:
        return latency.SECONDS.labels(stage="said", since="speech")._sum.get()

    before = counted()
    latency.note(replied.pk, 1, {"said": 5_000}, since="speech")
    latency.note(replied.pk, 77, {"said": 5_000}, since="speech")
    assert counted() == before
    assert replied.turns.get().marks == {"cut": {"sentence": 1}, "said": 800, "first_sound": 1_234, "since": "speech"}


def test_staff_see_them_on_the_review_page_and_on_the_status_page(replied: Interview) -> None:
    alice = make_alice()
    client = Client()
    client.force_login(alice)
    page = client.get(reverse("admin:interviews_interview_review", args=[replied.pk])).content.decode()
    assert "replied after 1.2 s" in page
    assert "<td>0.80</td>" in page and "heard by the candidate" in page
    [block] = [block for block in status.blocks(alice) if block.key == "replies"]
    assert block.state == "good" and "1.23" in str(block.headline)


def test_prometheus_reads_them_as_histograms(replied: Interview) -> None:
    client = Client()
    client.force_login(make_alice())
    metrics = client.get("/metrics").content.decode()
    assert 'interview_reply_seconds_bucket{le="1.5",since="speech",stage="first_sound"}' in metrics
