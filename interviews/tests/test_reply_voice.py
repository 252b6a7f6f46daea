"""A spoken call with a model behind it: thinking ahead is dropped when speech goes on; who interrupts a reply that is still being
written leaves a conversation that knows where it stands."""

import asyncio
from collections.abc import Iterator

import pytest

from interview_site.llm_stub import ModelStub, Reply
from interview_site.tests.model_stub import model  # noqa: F401
from interviews.call.conduct import Call
from interviews.call.listening import AnswerEnded, Interrupted, MayEnd, NothingSaid, SpeechResumed, SpeechStarted
from interviews.models import Interview, Turn
from interviews.tests.led import ANSWER, FOLLOW_UP, make_led_interview
from interviews.tests.test_consumer_listening import Ear, Stage

pytestmark = [pytest.mark.django_db(transaction=True)]
PREFACE, QUESTION = "You mentioned the billing service.", "What was the hardest part of moving it?"


@pytest.fixture
def led(transactional_db: None) -> Interview:
    return make_led_interview()


@pytest.fixture
def written(model) -> Iterator[ModelStub]:  # noqa: F811
    """A model whose first sentence is there at once, and the rest only when nobody waits for it any more."""
    model.queue(Reply(pieces=(f"ASK: {PREFACE} What was the ", "hardest part ", "of moving it?"), pause_s=3.0))
    yield model.otherwise("NEXT")


async def kinds() -> list[str]:
    return [turn.kind async for turn in Turn.objects.order_by("number")]


async def state() -> str:
    return (await Interview.objects.aget()).reply_state


async def until_asked(stub: ModelStub, times: int) -> None:
    async with asyncio.timeout(10):
        while len(stub.asked) < times:  # noqa: ASYNC110 - the stub's threads know no event of ours
            await asyncio.sleep(0.01)


async def to_the_preface(stage: Stage, led: Interview) -> Call:
    """The candidate has answered, and hears the first sentence of the reply."""
    call = await stage.begin(led, Ear())
    await stage.until("listening", call)
    await call.hear(AnswerEnded("v-1", 100, 4000, ANSWER, "final"))
    assert (await stage.until("say"))["text"] == PREFACE
    assert await state() == "begun"
    return call


# --- Ahead -----------------------------------------------------------------------------------------------------------


async def test_what_was_thought_ahead_is_said_when_the_answer_was_over(led, model):  # noqa: F811
    model.otherwise(f"ASK: {FOLLOW_UP}")
    stage = Stage()
    call = await stage.begin(led, Ear())
    await stage.until("listening", call)
    await call.hear(MayEnd(ANSWER, 1))
    await until_asked(model, 1)
    assert await kinds() == ["greeting", "question"] and await state() == ""  # nothing of it stands anywhere yet
    await call.hear(AnswerEnded("v-1", 100, 4000, ANSWER, "final", generation=1))
    assert (await stage.until("say"))["text"] == FOLLOW_UP
    await call.close()
    assert len(model.asked) == 1


async def test_what_was_thought_ahead_is_dropped_when_speech_goes_on(led, model):  # noqa: F811
    model.queue(Reply(text="ASK: Which database did you move away from?", delay_s=0.3))
    model.otherwise(f"ASK: {FOLLOW_UP}")
    stage = Stage()
    call = await stage.begin(led, Ear())
    await stage.until("listening", call)
    await call.hear(MayEnd("We moved our billing service", 1))
    await until_asked(model, 1)
    await call.hear(SpeechResumed(2))
    await call.hear(SpeechStarted(3000))
    await call.hear(AnswerEnded("v-1", 100, 9000, ANSWER, "final", generation=2))
    said = await stage.until("say")
    await call.close()
    assert said["text"] == FOLLOW_UP
    assert len(model.asked) == 2 and "in three months" not in model.asked[0].last and "in three months" in model.asked[1].last
    assert (await kinds()).count("follow_up") == 1


# --- Interrupted -------------------------------------------------------------------------------------------------------


async def test_words_spoken_into_an_unfinished_reply_are_the_answer_and_the_next_question_follows(led, written):
    stage = Stage()
    call = await to_the_preface(stage, led)
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(AnswerEnded("v-2", 5000, 9000, "And the indexes took the longest of all.", "final"))
    said = []
    while not said or said[-1]["kind"] != "question":
        said.append(await stage.until("say"))
        await call.spoken(said[-1]["sentence"])
    await stage.until("listening")
    await call.close()
    assert PREFACE not in [message["text"] for message in said] and await state() == ""
    assert await kinds() == ["greeting", "question", "answer", "follow_up", "answer", "reply", "question"]
    assert QUESTION not in (await Turn.objects.aget(kind="follow_up")).text


async def test_when_nothing_was_said_into_it_nobody_is_left_without_a_question(led, written):
    stage = Stage()
    call = await to_the_preface(stage, led)
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(NothingSaid())
    while (await stage.until("say", call))["kind"] != "question":
        pass
    await stage.until("listening")
    await call.close()
    assert await state() == ""
    assert await kinds() == ["greeting", "question", "answer", "follow_up", "reply", "question"]


async def test_a_reload_after_the_interruption_finds_the_reply_ended(led, written):
    stage = Stage()
    call = await to_the_preface(stage, led)
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.close()
    again = Stage()
    call = await again.begin(led, Ear())
    await again.until("listening", call)
    await call.close()
    assert await state() == "" and (await kinds())[-1] == "question"
    assert len(written.asked) == 1


