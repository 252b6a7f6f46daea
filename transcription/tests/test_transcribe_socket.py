"""Bob's chat page sends sound and gets words: whole recorded files and streams, through a recogniser that answers over HTTP."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from interview_site.api.records import ApiToken
from interview_site.sockets import bucket_for
from transcription.consumers import ALL
from transcription.encoding import write_m4a
from transcription.models import RecogniserHealth, Recording
from transcription.streaming.policy import stream_policy
from transcription.tests.line import PHRASE, YES, Line, make_token, spoken
from transcription.tests.stub_server import Stub, says
from transcription.tests.test_gate import silence, sound
from transcription.wav import wav_from

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def recogniser(settings) -> Iterator[Stub]:
    """Answers «Построил мост.» to everything; a service outside the company, as most are."""
    server = Stub(says(200, {"text": "Построил мост.", "language": "ru"}))
    settings.STT_BASE_URL, settings.STT_MODEL, settings.STT_TIMEOUT_S = server.url, "whisper-1", 20
    settings.EAR_DETECTOR = "silero"  # a real voice is heard by the real ear
    yield server
    server.close()


@pytest.fixture
def limits(settings) -> Iterator[Callable[..., None]]:
    def change(**changed: object) -> None:
        for name, value in changed.items():
            setattr(settings, f"TRANSCRIBE_{name.upper()}", value)
        stream_policy.cache_clear()

    yield change
    stream_policy.cache_clear()


def m4a(pcm: bytes, folder: Path) -> bytes:
    write_m4a([pcm], folder / "phrase.m4a")
    return (folder / "phrase.m4a").read_bytes()


# --- The older client ------------------------------------------------------------------------------------------------


async def test_a_recorded_phrase_becomes_text_and_nothing_is_kept(recogniser) -> None:
    async with Line() as line:
        await line.record(PHRASE)
        final = await line.until("final")
    assert final["text"] == "Построил мост."
    assert 2_500 < final["end_ms"] - final["start_ms"] < 3_200
    [(path, _headers, body)] = recogniser.requests
    assert path == "/v1/audio/transcriptions"
    assert b'name="language"\r\n\r\nru\r\n' in body, "without a language it is the default profile's"
    assert not await Recording.objects.aexists()


async def test_pieces_of_one_recording_are_one_phrase(recogniser) -> None:
    async with Line() as line:
        await line.record(PHRASE[:3_000], PHRASE[3_000:9_000], PHRASE[9_000:])
        await line.until("final")
        await line.record(YES)
        await line.until("final")
    assert line.kinds() == ["speech_started", "speech_ended", "final"] * 2


async def test_a_recording_whose_idle_was_lost_is_heard_when_the_next_one_begins(recogniser) -> None:
    async with Line() as line:
        await line.socket.send_to(bytes_data=PHRASE)
        await line.record(YES)
        await line.until("final")
        await line.until("final")
    assert len(recogniser.requests) == 2


async def test_safaris_recording_becomes_text_too(recogniser, tmp_path) -> None:
    recording = await asyncio.to_thread(m4a, spoken(), tmp_path)
    async with Line(query="?language=kk") as line:
        await line.record(recording)
        await line.until("final")
    assert b'name="language"\r\n\r\nkk\r\n' in recogniser.requests[0][2]


async def test_a_short_yes_is_understood(recogniser) -> None:
    recogniser.answer = says(200, {"text": "Да."})
    async with Line() as line:
        await line.record(YES)
        assert (await line.until("final"))["text"] == "Да."


async def test_what_holds_no_speech_gives_no_final_and_the_line_goes_on(recogniser, limits, tmp_path) -> None:
    limits(most_file_s=10)
    told = {
        "unknown_format": [b"\x07garbage" * 500, wav_from(spoken()), b"x"],
        "malformed": [PHRASE[:-1], PHRASE[:200], PHRASE[:5_000] + bytes(600) + PHRASE[5_600:]],
        "too_long": [await asyncio.to_thread(m4a, bytes(32_000 * 20), tmp_path)],
    }
    untold = [bytes(64_000), sound(silence(2_000), noise_dbfs=-30.0)]
    async with Line() as line:
        for code, recordings in told.items():
            for recording in recordings:
                await line.record(recording)
                assert (await line.until("error"))["code"] == code
        for pcm in untold:
            await line.record(await asyncio.to_thread(m4a, pcm, tmp_path))
        await line.say("idle")
        await line.record(YES)
        await line.until("final")
    assert line.kinds()[-3:] == ["speech_started", "speech_ended", "final"] and line.kinds().count("speech_started") == 1
    assert len(recogniser.requests) == 1, "nobody was paid for silence"


async def test_what_recognisers_invent_is_no_final(recogniser) -> None:
    answers = iter([says(200, {"text": "Спасибо за просмотр!"}), says(200, {"text": "Да."})])
    recogniser.answer = lambda handler: next(answers)(handler)
    async with Line() as line:
        await line.record(PHRASE)
        await line.record(YES)
        assert (await line.until("final"))["text"] == "Да."


# --- The newer client ------------------------------------------------------------------------------------------------


async def test_a_stream_is_told_when_speech_begins_what_it_is_so_far_and_what_it_was(recogniser) -> None:
    async with Line() as line:
        await line.start(language="en")
        sound = bytes(16_000) + spoken()
        pause = len(sound) - 32 * 800
        await line.stream(sound[:pause])
        await line.until("partial")
        await line.stream(sound[pause:])
        final = await line.until("final")
    started, partial, ended = line.heard[:3]
    assert line.kinds() == ["speech_started", "partial", "speech_ended", "final"]
    assert started["at_ms"] == partial["start_ms"] == ended["start_ms"] == final["start_ms"] <= 600
    assert partial["text"] == final["text"]
    assert len(recogniser.requests) == 1, "the same sound is not paid for twice"
    assert b'name="language"\r\n\r\nen\r\n' in recogniser.requests[0][2]


async def test_idle_ends_a_phrase_of_a_stream_before_its_silence(recogniser) -> None:
    async with Line() as line:
        await line.start()
        await line.stream(spoken()[: 32 * 2_000])
        await line.say("idle")
        await line.until("final")
        await line.stream(spoken()[: 32 * 2_000])
        await line.say({"type": "idle"})
        second = await line.until("final")
    assert second["end_ms"] > 2_000, "one clock for the whole stream"


async def test_stop_tells_what_was_said_last_and_ends_the_line(recogniser) -> None:
    async with Line() as line:
        await line.start()
        await line.stream(spoken()[: 32 * 2_500])
        await line.say({"type": "stop"})
        assert await line.closed() == 1000
    assert line.kinds()[-1] == "final"


async def test_without_partials_only_whole_phrases_are_recognised(recogniser, limits) -> None:
    limits(partials=False)
    async with Line() as line:
        await line.start()
        await line.stream(spoken())
        await line.until("final")
    assert "partial" not in line.kinds()


async def test_what_cannot_be_followed_is_answered_and_may_be_sent_again(recogniser) -> None:
    starts = {"language": ["de", 7], "format": ["mp3", []], "sample_rate": [8_000, "fast"]}
    async with Line() as line:
        for code, values in starts.items():
            for value in values:
                await line.start(**{code: value})
                assert (await line.next())["code"] == code
        for text in ("{", "[]", "null", '{"type": "dance"}', "hello", "\x00", "[" * 5_000, '{"type": []}'):
            await line.say(text)
            assert (await line.next())["code"] == "bad_message"
        await line.start(language="ru-RU")
        await line.stream(spoken())
        await line.until("final")


async def test_half_a_sample_is_refused_and_the_stream_goes_on(recogniser) -> None:
    async with Line() as line:
        await line.start()
        await line.socket.send_to(bytes_data=b"abc")
        assert (await line.next())["code"] == "malformed"
        await line.stream(spoken())
        await line.until("final")


# --- Many at once, slow and gone -------------------------------------------------------------------------------------


async def test_two_lines_at_once_get_their_own_words(recogniser) -> None:
    def by_language(handler: BaseHTTPRequestHandler) -> None:
        in_english = b'name="language"\r\n\r\nen\r\n' in recogniser.requests[-1][2]
        says(200, {"text": "I built a bridge." if in_english else "Построил мост."})(handler)

    recogniser.answer = by_language
    async with Line() as one, Line() as other:
        await one.start(language="ru")
        await other.start(language="en")
        for at in range(0, len(spoken()), 32_000):
            await one.stream(spoken()[at : at + 32_000])
            await other.stream(spoken()[at : at + 32_000])
            await asyncio.sleep(0.05)
        assert (await one.until("final"))["text"] == "Построил мост."
        assert (await other.until("final"))["text"] == "I built a bridge."


async def test_a_client_that_reads_late_gets_every_phrase_in_its_order(recogniser) -> None:
    words = iter(["One.", "Two.", "Three."])
    recogniser.answer = lambda handler: says(200, {"text": next(words)})(handler)
    async with Line() as line:
        for _ in range(3):
            await line.record(YES)
        assert [(await line.until("final"))["text"] for _ in range(3)] == ["One.", "Two.", "Three."]


async def test_a_recogniser_that_is_behind_is_told_about_and_others_are_not_held_up(recogniser, limits) -> None:
    limits(most_waiting=1)
    go = threading.Event()
    recogniser.answer = lambda handler: (go.wait(20), says(200, {"text": "Да."})(handler))
    async with Line() as line, Line() as other:
        for _ in range(4):
            await line.record(YES)
        assert (await line.until("error"))["code"] == "busy"
        await other.say("dance")
        assert (await other.next())["code"] == "bad_message"
        go.set()
        await line.until("final")


async def test_a_client_that_leaves_in_mid_phrase_leaves_nothing_behind(recogniser, limits) -> None:
    limits(most_streams=1)
    go = threading.Event()
    recogniser.answer = lambda handler: (go.wait(20), says(200, {"text": "Да."})(handler))
    async with Line() as line:
        await line.record(YES)
        await line.until("speech_ended")
        await line.socket.send_to(bytes_data=PHRASE[:2_000])
    go.set()
    assert bucket_for(ALL).sockets == 0
    async with Line() as line:
        await line.start()
        await line.stream(spoken()[:32_000])
        await line.until("speech_started")
    async with Line() as line:
        await line.record(YES)
        await line.until("final")


# --- Faults ----------------------------------------------------------------------------------------------------------


async def test_a_passing_fault_of_the_recogniser_is_tried_once_more(recogniser, limits) -> None:
    limits(retry_s=0.01)
    answers = iter([says(503, {}), says(200, {"text": "Да."})])
    recogniser.answer = lambda handler: next(answers)(handler)
    async with Line() as line:
        await line.record(YES)
        assert (await line.until("final"))["text"] == "Да."


async def test_a_recogniser_that_fails_is_told_about_and_the_next_phrase_is_heard(recogniser, limits) -> None:
    limits(retry_s=0.01)
    async with Line() as line:
        for answer in (says(500, {}), says(401, {}), says(200, b"not JSON")):
            recogniser.answer = answer
            await line.record(YES)
            error = await line.until("error")
            assert (error["code"], error["end_ms"] > 0) == ("recognition_failed", True)
            await RecogniserHealth.objects.all().adelete()  # five faults in a row would give it a rest
        recogniser.answer = says(200, {"text": "Да."})
        await line.record(YES)
        await line.until("final")


async def test_without_a_recogniser_the_client_is_told(settings) -> None:
    settings.EAR_DETECTOR = "silero"
    async with Line() as line:
        await line.record(YES)
        assert (await line.until("error"))["code"] == "no_recogniser"


# --- Limits ----------------------------------------------------------------------------------------------------------


async def test_sound_faster_than_anybody_speaks_ends_the_line(recogniser) -> None:
    async with Line() as line:
        await line.start()
        await line.stream(bytes(32_000 * 45), message_ms=4_000)
        assert await line.closed() == 4429
    assert line.heard[-1]["code"] == "too_fast" and line.heard[-1]["retry_s"] >= 0


async def test_a_flood_of_messages_ends_the_line(recogniser) -> None:
    async with Line() as line:
        for _ in range(125):
            await line.say("idle")
        assert await line.closed() == 4429


@pytest.mark.parametrize("streams", [True, False])
async def test_a_message_that_is_too_big_ends_the_line(recogniser, limits, streams: bool) -> None:
    limits(most_file_bytes=10_000)
    async with Line() as line:
        if streams:
            await line.start()
            await line.stream(bytes(300_000), message_ms=9_000)
        else:
            await line.record(PHRASE)
        assert await line.closed() == 1009


async def test_a_line_carries_so_many_minutes_and_no_more(recogniser, limits) -> None:
    limits(most_minutes=1 / 60)
    async with Line() as line:
        await line.start()
        await line.stream(bytes(32 * 1_500))
        assert await line.closed() == 4429
    assert line.heard[-1]["code"] == "minutes"


async def test_one_caller_may_hold_so_many_lines(recogniser, limits) -> None:
    limits(most_streams_of_caller=1)
    mine = {"authorization": f"Bearer {await sync_to_async(make_token)()}"}
    async with Line(mine) as first:
        await first.say("dance")
        await first.next()  # it has its place
        async with Line(mine) as second, Line() as somebody_else:
            assert await second.closed() == 4429
            await somebody_else.say("dance")
            assert (await somebody_else.next())["code"] == "bad_message"


async def test_a_revoked_token_ends_its_lines(recogniser, limits) -> None:
    limits(recheck_s=0.02)
    async with Line() as line:
        await line.say("dance")
        await line.next()
        await ApiToken.objects.aupdate(revoked_at=timezone.now())
        assert await line.closed() == 4401
