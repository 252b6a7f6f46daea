import asyncio

import pytest

from transcription.ear.energy import EnergyEar
from transcription.engines import fake
from transcription.frames import make
from transcription.listener import Answer, Listener, Told
from transcription.models import Recording, SpeechSegment, Take
from transcription.services import recognition, storage, takes
from transcription.tests.builders import OWNER, Page, cut, make_recorder
from transcription.tests.test_gate import silence, sound, voice

pytestmark = pytest.mark.django_db(transaction=True)


class Call(Told):
    """What the conversation was told."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.spoken: list[tuple[bool, int]] = []
        self.ahead: list[tuple[str, int] | int] = []
        self.told, self.news = asyncio.Event(), asyncio.Event()

    async def answer(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.told.set()

    async def speech(self, started: bool, at_ms: int) -> None:
        self.spoken.append((started, at_ms))

    async def may_end(self, text: str, generation: int) -> None:
        self.ahead.append((text, generation))
        self.news.set()

    async def goes_on(self, generation: int) -> None:
        self.ahead.append(generation)
        self.news.set()

    async def when(self, count: int) -> None:
        """So many words about working ahead have come."""
        while len(self.ahead) < count:
            self.news.clear()
            await self.news.wait()


def make_listener(page: Page, call: Call, **fields: object) -> Listener:
    recognise = fields.get("recognise", False)
    recorder = make_recorder(page, recognise=recognise, policy={"group_ms": 5})
    return Listener(OWNER, "en", page.send, recorder=recorder, told=call, make_ear=EnergyEar, **fields)


async def play(listener: Listener, pcm: bytes, take: int = 1, first: int = 0) -> None:
    for frame in cut(pcm, take)[first:]:
        await listener.frame(frame.to_bytes())


async def test_an_answer_is_told_with_its_place_once_its_sound_is_stored() -> None:
    page, call = Page(), Call()
    listener = make_listener(page, call)
    await listener.take({"device": "tab-1"})
    listener.floor(True)
    await play(listener, sound(silence(1000), voice(3000), silence(3500)))
    await asyncio.wait_for(call.told.wait(), 10)
    [answer] = call.answers
    offset = (await Take.objects.aget()).offset_ms
    assert 600 <= answer.start_ms - offset <= 1000 and 4000 <= answer.end_ms - offset <= 4300
    assert answer.pending and answer.text == ""
    assert [started for started, _ in call.spoken] == [True, False]
    await listener.close()


async def test_nothing_is_an_answer_while_the_interviewer_has_the_floor() -> None:
    page, call = Page(), Call()
    listener = make_listener(page, call)
    await listener.take({"device": "tab-1"})
    await play(listener, sound(silence(500), voice(2000), silence(4000)))
    await listener.close()
    assert call.answers == []
    assert await SpeechSegment.objects.acount() == 1


async def test_im_done_gives_the_answer_so_far_once() -> None:
    page, call = Page(), Call()
    listener = make_listener(page, call)
    await listener.take({"device": "tab-1"})
    listener.floor(True)
    await play(listener, sound(silence(500), voice(2000)))
    answer = await listener.answer_so_far()
    assert answer is not None and answer.pending
    assert await listener.answer_so_far() is None
    assert (await Take.objects.aget()).next_seq == 39 + 1
    await listener.close()
    assert await SpeechSegment.objects.acount() == 1


async def test_without_permission_speech_is_noted_but_never_recognised(settings: object) -> None:
    settings.STT_ENGINES = ["fake"]
    listener = make_listener(Page(), Call(), recognise=False)
    await listener.take({"device": "tab-1"})
    await play(listener, sound(silence(500), voice(2000), silence(1000)))
    await listener.close()
    segment = await SpeechSegment.objects.aget()
    assert (segment.state, segment.due_at) == (SpeechSegment.State.OFF, None)


async def test_with_permission_and_an_engine_the_answer_comes_with_its_words(settings: object) -> None:
    settings.STT_ENGINES = ["fake"]
    fake.SCRIPT.clear()
    fake.SCRIPT.append("I built a bridge.")
    page, call = Page(), Call()
    listener = make_listener(page, call, recognise=True)
    await listener.take({"device": "tab-1"})
    listener.floor(True)
    await play(listener, sound(silence(500), voice(3000), silence(3500)))

    async def worker() -> None:
        while not call.told.is_set():
            async for segment in SpeechSegment.objects.filter(due_at__isnull=False):
                await storage.run(recognition.transcribe, segment.pk)
            await asyncio.sleep(0)

    await asyncio.wait_for(asyncio.gather(worker(), call.told.wait()), 20)
    assert (call.answers[0].text, call.answers[0].pending) == ("I built a bridge.", False)
    await listener.close()


async def work_until(done: asyncio.Event) -> None:
    """A worker that recognises whatever is due."""
    while not done.is_set():
        async for segment in SpeechSegment.objects.filter(due_at__isnull=False):
            await storage.run(recognition.transcribe, segment.pk)
        await asyncio.sleep(0.01)


async def test_a_pause_goes_to_recognition_ahead_of_time_and_is_void_when_speech_resumes(settings: object) -> None:
    settings.STT_ENGINES = ["fake"]
    fake.SCRIPT.clear()
    fake.SCRIPT.extend(["I built a bridge", "I built a bridge. And a road. That's all."])
    call, done = Call(), asyncio.Event()
    listener = make_listener(Page(), call, recognise=True)
    await listener.take({"device": "tab-1"})
    listener.floor(True)
    worker = asyncio.create_task(work_until(done))
    pcm = sound(silence(500), voice(2000), silence(300), voice(2000), silence(1400))
    frames = cut(pcm)
    for frame in frames[:44]:  # into the pause
        await listener.frame(frame.to_bytes())
    await asyncio.wait_for(call.when(1), 10)
    for frame in frames[44:]:
        await listener.frame(frame.to_bytes())
    await asyncio.wait_for(call.when(3), 10)
    await listener.frame(make(1, len(frames), bytes(2048)).to_bytes())
    await asyncio.wait_for(call.told.wait(), 10)
    done.set()
    await worker
    await listener.close()
    (first, old), resumed, (second, last) = call.ahead
    assert (first, second) == ("I built a bridge", "I built a bridge. And a road. That's all.")
    assert old < resumed <= last == call.answers[0].generation
    assert call.answers[0].text == second
    assert await SpeechSegment.objects.acount() == 1


async def test_sound_sent_later_gets_segments_but_is_no_turn() -> None:
    page, call = Page(), Call()
    listener = make_listener(page, call)
    await listener.take({"device": "tab-1", "key": "live"})
    await Recording.objects.aupdate(created_at="2026-01-01T00:00:00Z")
    await listener.take({"device": "tab-1", "key": "live2"})
    await listener.take({"device": "tab-1", "key": "old", "age_ms": 600_000})
    listener.floor(True)
    await play(listener, sound(silence(500), voice(3000), silence(4000)), take=3)
    await listener.close()
    assert call.answers == []
    assert await SpeechSegment.objects.filter(take__number=3).acount() == 1


async def test_speech_before_a_reconnect_is_heard_from_the_file() -> None:
    page, pcm = Page(), sound(silence(500), voice(2000), silence(1500), voice(2000), silence(1500))
    recorder = make_recorder(page)
    await recorder.start("tab-1")
    for frame in cut(pcm)[:60]:
        await recorder.handle_frame(frame.to_bytes())
    await recorder.close()
    takes.forget_all()
    listener = make_listener(page, Call())
    await listener.resume([1])
    await play(listener, pcm, first=60)
    await listener.close()
    assert await SpeechSegment.objects.acount() == 2
    assert (await Take.objects.aget()).segmented_ms >= 7000


@pytest.mark.parametrize("numbers", [[1], ["x"], [None, -1, 10**9], [{}]])
async def test_takes_it_cannot_know_are_refused_in_words(numbers: list) -> None:
    page = Page()
    listener = make_listener(page, Call())
    await listener.resume(numbers)
    assert set(page.codes()) <= {"unknown_take"}
    await listener.close()
    await listener.close()
