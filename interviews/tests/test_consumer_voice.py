"""A call with a voice over the real socket: frames up, `saved` down, an answer by silence and by "I'm done"."""

import pytest
from asgiref.sync import sync_to_async

from interviews.models import Consent, Interview, Turn
from interviews.services import consents, late_texts
from interviews.tests.page import Page
from transcription.frames import make
from transcription.models import SpeechSegment, Take
from transcription.services import storage, takes
from transcription.tests.builders import cut, sha256
from transcription.tests.test_gate import silence, sound, voice

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def recording_dir(settings, tmp_path):
    settings.RECORDING_DIR = tmp_path / "recordings"
    settings.EAR_DETECTOR = "energy"  # the sounds made here are no human voice
    yield
    storage.shut_down()
    takes.forget_all()


async def consent(interview: Interview, kind: str = "recording", given: bool = True) -> None:
    await Consent.objects.acreate(interview=interview, kind=kind, given=given, text_version="1", language="en")


async def speak(page: Page, pcm: bytes, take: int = 1, first: int = 0) -> None:
    for frame in cut(pcm, take)[first:]:
        await page.socket.send_to(bytes_data=frame.to_bytes())


async def test_a_spoken_answer_ends_by_silence_and_becomes_a_turn(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        listening = await page.listen_until("listening")
        await speak(page, sound(silence(600), voice(3000), silence(3600)))
        while (await page.listen_until("say"))["kind"] != "question":
            pass
    turn = await Turn.objects.aget(interview=live_interview, kind="answer")
    assert (turn.input, turn.text_state, str(turn.question_uuid)) == ("voice", "pending", listening["question"])
    assert turn.end_ms - turn.start_ms > 3000
    assert (await Take.objects.aget()).next_seq == len(cut(sound(silence(600), voice(3000), silence(3600))))


async def test_words_that_come_after_the_conversation_has_gone_on_are_shown(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        await page.listen_until("listening")
        await speak(page, sound(silence(600), voice(3000), silence(3600)))
        while (await page.listen_until("say"))["kind"] != "question":
            pass
        await page.listen_until("listening")
        await SpeechSegment.objects.filter(take__recording__owner_key=live_interview.recording_key).aupdate(
            state="done", text="I build bridges."
        )
        assert await sync_to_async(late_texts.fill)() == 1
        final = await page.listen_until("final")
    turn = await Turn.objects.aget(interview=live_interview, kind="answer")
    assert (final["turn"], final["text"], final["id"]) == (turn.number, "I build bridges.", "")


async def test_im_done_closes_what_was_said_so_far(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        listening = await page.listen_until("listening")
        await speak(page, sound(silence(600), voice(2000)))
        await page.send("done", question=listening["question"])
        await page.listen_until("listening")
    assert await Turn.objects.filter(interview=live_interview, kind="answer", input="voice").aexists()


async def test_without_consent_to_recording_no_frame_is_taken(live_interview):
    await consent(live_interview, given=False)
    async with Page(live_interview) as page:
        await page.hello()
        state = await page.listen_until("state")
        await page.send("take", device=page.device)
        assert (await page.listen_until("error"))["code"] == "no_voice"
        await page.socket.send_to(bytes_data=make(1, 0, bytes(2048)).to_bytes())
        assert (await page.listen_until("error"))["code"] == "no_voice"
    assert state["input"] == {"voice": False, "typed": True}
    assert not await Take.objects.aexists()


async def test_a_device_without_the_call_still_delivers_its_sound(live_interview):
    await consent(live_interview)
    pcm = sound(voice(1000))
    async with Page(live_interview) as first, Page(live_interview) as second:
        await first.hello()
        await first.listen_until("listening")
        await second.hello()
        await second.listen_until("elsewhere")
        await second.send("take", device=second.device, key="mine")
        take = await second.listen_until("take")
        await speak(second, pcm, take["take"])
        await second.send("finish", take=take["take"], frames=len(cut(pcm)), sha256=sha256(pcm))
        assert (await second.listen_until("finished_take"))["complete"]


async def test_sound_that_comes_after_the_end_is_taken(live_interview):
    await consent(live_interview)
    await Interview.objects.filter(pk=live_interview.pk).aupdate(state=Interview.State.COMPLETED)
    async with Page(live_interview) as page:
        await page.hello()
        await page.listen_until("finished")
        await page.send("take", device=page.device, key="late", age_ms=60_000)
        await speak(page, sound(voice(500)))
        assert (await page.listen_until("saved"))["take"] == 1


async def test_a_huge_message_closes_the_socket_and_the_typed_interview_goes_on(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.socket.send_to(bytes_data=bytes(256 * 1024 + 1))
        assert await page.closed() == 1009
    async with Page(live_interview, device=page.device) as again:
        await again.hello()
        await again.listen_until("listening")


async def test_an_answer_cut_by_a_lost_connection_is_one_answer(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        await page.listen_until("listening")
        await speak(page, sound(silence(600), voice(3000), silence(300)))
        while (await page.listen_until("saved"))["next"] < 60:
            pass
    async with Page(live_interview, device=page.device) as again:
        await again.hello()
        await again.listen_until("listening")
        await again.send("take", device=page.device, key="k2")
        await speak(again, sound(silence(400), voice(1500), silence(4500)), take=2)
        while (await again.listen_until("say"))["kind"] != "question":
            pass
    turn = await Turn.objects.aget(interview=live_interview, kind="answer")
    takes_of = [take async for take in Take.objects.order_by("number")]
    assert takes_of[0].offset_ms <= turn.start_ms < takes_of[0].offset_ms + 1000
    assert turn.end_ms > takes_of[1].offset_ms + 1500


async def test_a_consent_withdrawn_in_the_call_stops_the_microphone_and_typing_goes_on(live_interview):
    await consent(live_interview)
    async with Page(live_interview) as page:
        await page.hello()
        await page.send("take", device=page.device, key="k1")
        await page.listen_until("listening")
        await speak(page, sound(silence(300), voice(500)))
        await page.listen_until("saved")
        assert await sync_to_async(consents.withdraw)(live_interview, "recording")
        assert (await page.listen_until("state"))["input"] == {"voice": False, "typed": True}
        listening = await page.listen_until("listening")
        await page.socket.send_to(bytes_data=make(1, 99, bytes(2048)).to_bytes())
        assert (await page.listen_until("error"))["code"] == "no_voice"
        await page.type("I type it.", question=listening["question"])
        await page.listen_until("final")
    assert not await Take.objects.aexists()
