"""What the ear tells the call: speech holds the cues, an ended answer moves the conversation."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from interviews.call.conduct import Call
from interviews.call.listening import AnswerEnded, SpeechEnded, SpeechStarted
from interviews.models import Interview, Turn
from interviews.services import conversation

pytestmark = [pytest.mark.django_db(transaction=True)]


class Ear:
    """A Listener with one stretch of speech in it."""

    def __init__(self, said: AnswerEnded | None = None) -> None:
        self.said, self.floors = said, []

    async def floor(self, is_candidates: bool, pace: object = None) -> None:
        self.floors.append(is_candidates)

    def avatar_says(self, text: str) -> None:
        self.said_over = text

    def avatar_stops(self) -> None:
        pass

    async def answer_so_far(self) -> AnswerEnded | None:
        said, self.said = self.said, None
        return said

    async def close(self) -> None:
        pass


class Stage:
    """A call whose page is this test."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[dict] = asyncio.Queue()

    async def begin(self, interview: Interview, ear: Ear) -> Call:
        outcome, _seen_at = await sync_to_async(conversation.join)(interview.pk, "phone")
        call = Call(outcome.interview, "phone", self.sent.put, asyncio.get_running_loop().time)
        call.listener = ear
        await call.begin(outcome)
        return call

    async def until(self, kind: str, call: Call | None = None) -> dict:
        while True:
            message = await asyncio.wait_for(self.sent.get(), 10)
            if message["type"] == "say" and call is not None:
                await call.spoken(message["sentence"])
            if message["type"] == kind:
                return message


async def test_a_spoken_answer_moves_the_conversation_and_its_words_may_come_later(live_interview):
    stage, ear = Stage(), Ear()
    call = await stage.begin(live_interview, ear)
    first = await stage.until("listening", call)
    await call.hear(AnswerEnded("1-1", 500, 4200))
    second = await stage.until("listening", call)
    await call.close()
    turn = await Turn.objects.aget(kind="answer")
    assert (turn.input, turn.text_state, turn.start_ms, turn.end_ms) == ("voice", "pending", 500, 4200)
    assert first["question"] != second["question"]
    assert ear.floors == [False, True, False, True]


async def test_the_page_shows_the_words_that_were_understood(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await stage.until("listening", call)
    await call.hear(AnswerEnded("1-1", 500, 4200, "I built bridges.", "final"))
    shown = await stage.until("final")
    await call.close()
    turn = await Turn.objects.aget(kind="answer")
    assert (shown["turn"], shown["text"], shown["id"]) == (turn.number, "I built bridges.", "")


async def test_the_same_stretch_told_twice_is_one_answer(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await stage.until("listening", call)
    for _time in range(2):
        await call.hear(AnswerEnded("1-1", 500, 4200))
    await call.close()
    assert await Turn.objects.filter(kind="answer").acount() == 1


async def test_what_was_said_before_done_is_part_of_the_answer(live_interview):
    stage = Stage()
    call = await stage.begin(live_interview, Ear(AnswerEnded("1-1", 0, 900, "Said", "final", complete=False)))
    listening = await stage.until("listening", call)
    await call.flush_voice()
    await call.close()
    turn = await Turn.objects.aget(kind="answer")
    assert (turn.text, str(turn.question_uuid)) == ("Said", listening["question"])


async def test_noise_while_the_avatar_speaks_starts_no_cue(live_interview, settings):
    settings.INTERVIEW_POLICY = {"notice_s": 0.0}
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await stage.until("say")
    await call.hear(SpeechStarted(0))
    await call.hear(SpeechEnded(100))
    kinds = []
    while (message := await asyncio.wait_for(stage.sent.get(), 10))["type"] != "listening":
        kinds.append(message["type"])
        await call.spoken(message["sentence"])
        await call.spoken(0)
    notice = await stage.until("notice")
    await call.close()
    assert set(kinds) == {"say"}
    assert notice["code"] == "take_your_time"


async def test_after_speech_the_cues_go_on(live_interview, settings):
    settings.INTERVIEW_POLICY = {"notice_s": 0.0}
    stage = Stage()
    call = await stage.begin(live_interview, Ear())
    await stage.until("listening", call)
    await call.hear(SpeechStarted(0))
    await call.hear(SpeechEnded(100))
    assert (await stage.until("notice"))["code"] == "take_your_time"
    await call.close()
