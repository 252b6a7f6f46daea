"""Somebody speaks into the avatar: it becomes softer, stops when it is meant, and what was not heard is not lost."""

import pytest

from interviews.call.barging import FULL, SOFT
from interviews.call.listening import AnswerEnded, FalseAlarm, Interrupted, NothingSaid, VoiceOnset
from interviews.models import Interview, Turn
from interviews.tests.test_consumer_listening import Ear, Stage

pytestmark = [pytest.mark.django_db(transaction=True)]


async def heard_until(stage: Stage, call, kind: str) -> dict:
    """Play the avatar's sentences up to one of `kind`, which is still being said."""
    while (say := await stage.until("say"))["kind"] != kind:
        await call.spoken(say["sentence"])
    return say


async def test_a_voice_over_the_avatar_makes_it_softer_and_a_cough_lets_it_go_on(live_interview):
    stage, ear = Stage(), Ear()
    call = await stage.begin(live_interview, ear)
    say = await heard_until(stage, call, "question")
    assert say["text"] == ear.said_over
    await call.hear(VoiceOnset())
    assert (await stage.until("duck"))["level"] == SOFT
    await call.hear(FalseAlarm())
    assert (await stage.until("duck"))["level"] == FULL
    await call.spoken(say["sentence"])
    await stage.until("listening")
    await call.close()


async def test_the_disclosure_is_said_to_its_end(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await stage.until("say")
    await call.hear(VoiceOnset())
    await call.hear(Interrupted())
    await heard_until(stage, call, "question")
    sent = []
    while not stage.sent.empty():
        sent.append(stage.sent.get_nowait()["type"])
    await call.close()
    assert "duck" not in sent and "stop_speaking" not in sent


async def test_who_interrupts_gets_the_floor_and_the_question_is_said_again_before_it_counts_as_answered(live_interview):
    stage, ear = Stage(), Ear()
    call = await stage.begin(live_interview, ear)
    say = await heard_until(stage, call, "question")
    await call.hear(Interrupted())
    stopped = await stage.until("stop_speaking")
    assert stopped["generation"] == say["generation"]
    await stage.until("listening")
    assert ear.floors[-1] is True
    await call.hear(AnswerEnded("v-1", 100, 2000, "Could you hear me just now?", "final"))
    again = await stage.until("say")
    assert (again["kind"], again["text"]) == ("question", say["text"])
    assert again["generation"] > say["generation"]
    await call.spoken(again["sentence"])
    await stage.until("listening")
    await call.hear(AnswerEnded("v-2", 3000, 9000, "I built bridges.", "final"))
    await stage.until("listening", call)
    await call.close()
    turns = [turn async for turn in Turn.objects.order_by("number")]
    assert [turn.text for turn in turns if turn.kind == "answer"] == ["Could you hear me just now?", "I built bridges."]
    assert next(turn for turn in turns if turn.kind == "question").marks["cut"]["sentence"] == say["sentence"]
    assert sum(turn.kind == "question" for turn in turns) == 2


async def test_who_has_heard_nearly_all_of_a_question_may_answer_at_once(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    now = [0.0]
    call._barging._clock = lambda: now[0]
    say = await heard_until(stage, call, "question")
    now[0] += say["duration_ms"] / 1000
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(AnswerEnded("v-1", 100, 4000, "I built bridges.", "final"))
    while (reply := await stage.until("say"))["kind"] != "question":
        pass
    await call.close()
    assert reply["text"] != say["text"]
    interview = await Interview.objects.aget()
    assert interview.heard_sentence >= say["sentence"]


async def test_words_spoken_into_the_bridge_belong_to_the_answer_before_it(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    first = await stage.until("listening", call)
    await call.hear(AnswerEnded("v-1", 100, 4000, "I built bridges.", "final"))
    await heard_until(stage, call, "reply")
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(AnswerEnded("v-2", 5000, 8000, "And a tunnel under the river.", "final"))
    say = await heard_until(stage, call, "question")
    await call.close()
    added = await Turn.objects.aget(client_id="v-2")
    assert (added.kind, str(added.question_uuid)) == ("answer", first["question"])
    assert say["turn"] == (await Turn.objects.filter(kind="question").order_by("number").alast()).number


async def test_a_command_spoken_into_the_question_is_obeyed(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await heard_until(stage, call, "question")
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(AnswerEnded("v-1", 100, 900, "Pause, please.", "final"))
    assert (await stage.until("state"))["phase"] == "paused"
    await call.close()


async def test_when_it_was_nothing_the_question_is_said_again(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    say = await heard_until(stage, call, "question")
    await call.hear(Interrupted())
    await stage.until("listening")
    await call.hear(NothingSaid())
    again = await stage.until("say")
    await call.close()
    assert again["text"] == say["text"]
    assert not await Turn.objects.filter(kind="answer").aexists()
