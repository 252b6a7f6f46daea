"""When an answer was over, closed and understood: counted from its last voice, not from when the server noticed."""

import asyncio

import pytest

from transcription.answer_marks import AnswerMarks
from transcription.ear.policy import ear_policy
from transcription.tests.builders import Page
from transcription.tests.test_gate import silence, sound, voice
from transcription.tests.test_listener import Call, make_listener, play


def test_marks_count_from_the_last_voice() -> None:
    now = [100.0]
    marks = AnswerMarks(lambda: now[0])
    spoke_until_ms, tail_ms = 9_000, ear_policy().tail_ms
    now[0] = 100.6  # the ear is sure after 600 ms of silence
    marks.segment_closed(spoke_until_ms + tail_ms, spoke_until_ms + 600)
    now[0] = 101.2
    marks.understood(spoke_until_ms)
    now[0] = 102.0  # … and the patience is over after two seconds
    timeline = marks.ended(spoke_until_ms + tail_ms, spoke_until_ms + 2_000)
    assert timeline.zero == pytest.approx(100.0)
    assert marks.told(timeline, spoke_until_ms, "Yes.") == {"segment_closed": 600, "turn_ended": 2000, "text_final": 1200}
    now[0] = 102.5
    assert timeline.age_ms == 2500
    late = marks.ended(spoke_until_ms + tail_ms, spoke_until_ms + 2_000)  # the same sound, half a second late on its way
    assert (late.zero, late.marks["turn_ended"]) == (pytest.approx(100.0), 2500)


def test_words_that_were_known_of_another_answer_are_not_this_ones() -> None:
    now = [10.0]
    marks = AnswerMarks(lambda: now[0])
    marks.understood(500)
    now[0] = 14.0
    timeline = marks.ended(3_000, 4_000)
    assert marks.told(timeline, 3_000, "Yes.")["text_final"] == timeline.age_ms
    assert "text_final" not in marks.told(marks.ended(3_000, 4_000), 3_000, "")
    assert "segment_closed" not in marks.told(timeline, 3_000, "")


@pytest.mark.django_db(transaction=True)
async def test_a_spoken_answer_is_told_with_its_marks() -> None:
    page, call = Page(), Call()
    listener = make_listener(page, call)
    await listener.take({"device": "tab-1"})
    listener.floor(True)
    await play(listener, sound(silence(1000), voice(3000), silence(3500)))
    await asyncio.wait_for(call.told.wait(), 10)
    await listener.close()
    [answer] = call.answers
    assert 0 < answer.marks["segment_closed"] <= answer.marks["turn_ended"] <= answer.age_ms
    assert "text_final" not in answer.marks, "nobody has understood it yet"
