from collections.abc import Iterator

import pytest

from transcription.ear.events import SpeechEnded, SpeechEvent, SpeechPaused, SpeechResumed, SpeechStarted
from transcription.endings import Ending
from transcription.turn_taking import AnswerEnded, AnswerWatch, GoesOn, MayEnd, Pace, Patience

POLICY = Patience()
FRAME_MS = 64


def opened(pace: Pace | None = None) -> AnswerWatch:
    watch = AnswerWatch(POLICY)
    watch.open(pace=pace)
    return watch


class Talk:
    """Bob talks to a watch; time goes on in frames. `found` is everything the watch said."""

    def __init__(self, watch: AnswerWatch) -> None:
        self.watch, self.now_ms, self.found = watch, 0, []

    def speak(self, ms: int, text: str | None = None) -> "Talk":
        """One stretch and the 600 ms that end it; `text`: what is understood of it at its first pause."""
        since = self.now_ms
        self.hear(SpeechStarted(since))
        self.pass_ms(ms)
        end = self.now_ms
        self.pass_ms(200)
        self.hear(SpeechPaused(since, end))
        if text is not None:
            self.watch.understood(self.watch.generation, text)
        self.pass_ms(400)
        self.hear(SpeechEnded(since, end))
        self.silent_from = end
        return self

    def silent(self, ms: int) -> "Talk":
        """… so long altogether."""
        return self.pass_ms(self.silent_from + ms - self.now_ms)

    def pass_ms(self, ms: int) -> "Talk":
        until = self.now_ms + ms
        while self.now_ms < until:
            self.now_ms = min(self.now_ms + FRAME_MS, until)
            self.hear()
        return self

    def hear(self, *events: SpeechEvent) -> None:
        self.found += self.watch.hear(events, self.now_ms)

    @property
    def ended(self) -> list[AnswerEnded]:
        return [event for event in self.found if isinstance(event, AnswerEnded)]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("I built bridges. That's all.", POLICY.closed_ms), ("Я строил мосты, вот и всё.", POLICY.closed_ms),
        ("Көпір салдым. Осымен болды.", POLICY.closed_ms), ("I built bridges for three years.", POLICY.finished_ms),
        ("Я строил мосты три года", POLICY.unknown_ms), ("Я строил мосты, потому что", POLICY.open_ms),
        ("I built bridges, um", POLICY.open_ms), ("Көпір салдым, сосын", POLICY.open_ms),
        ("Сложный вопрос. Дайте подумать.", POLICY.hold_ms), ("Let me think.", POLICY.hold_ms), ("Ойланайын.", POLICY.hold_ms),
    ],
)  # fmt: skip
def test_the_silence_that_ends_an_answer_depends_on_how_finished_it_sounds(text: str, ms: int) -> None:
    talk = Talk(opened()).speak(5000, text)
    assert not talk.silent(ms - FRAME_MS).ended
    assert len(talk.silent(ms + 2 * FRAME_MS).ended) == 1


def test_silence_before_an_answer_never_ends_it() -> None:
    assert Talk(opened()).pass_ms(120_000).found == []


def test_who_has_only_just_begun_is_given_longer() -> None:
    talk = Talk(opened()).speak(900, "Yes.")
    assert not talk.silent(POLICY.early_ms - FRAME_MS).ended
    assert talk.silent(POLICY.early_ms + FRAME_MS).ended


def test_a_question_for_a_word_or_two_is_answered_by_one() -> None:
    talk = Talk(opened(Pace(is_short=True))).speak(600, "Five years.")
    assert talk.silent(POLICY.quick_ms + FRAME_MS).ended


def test_more_time_is_more_silence() -> None:
    talk = Talk(opened(Pace(factor=2.0))).speak(5000, "I built bridges.")
    assert not talk.silent(2 * POLICY.finished_ms - FRAME_MS).ended
    assert talk.silent(2 * POLICY.finished_ms + FRAME_MS).ended


def speaker_with_pauses(*pauses_ms: int) -> Talk:
    talk = Talk(opened())
    for pause_ms in pauses_ms:
        talk.speak(3000, "I built a bridge.").silent(pause_ms)
    return talk.speak(3000, "I built a bridge.")


def test_who_makes_short_pauses_is_answered_sooner() -> None:
    talk = speaker_with_pauses(*[700] * POLICY.known_pauses)
    assert talk.silent(POLICY.quick_ms + FRAME_MS).ended


def test_who_makes_long_pauses_is_given_longer_ones() -> None:
    talk = speaker_with_pauses(*[2600] * POLICY.known_pauses)
    assert not talk.silent(3800).ended
    assert talk.silent(4200).ended


def test_own_pauses_never_ask_for_more_than_the_ceiling() -> None:
    watch = opened()
    watch._own_pauses.extend([9000] * 12)
    assert Talk(watch).speak(5000, "I built bridges.").silent(POLICY.ceiling_ms + FRAME_MS).ended


def test_a_pause_is_worked_ahead_on_and_dropped_when_speech_goes_on() -> None:
    talk = Talk(opened()).speak(3000).silent(1000).speak(3000).silent(3200)
    first, on, second, ended = talk.found
    assert (type(first), type(on), type(second), type(ended)) == (MayEnd, GoesOn, MayEnd, AnswerEnded)
    assert first.generation < on.generation == second.generation == ended.generation
    assert first.end_ms < second.end_ms == ended.end_ms


def test_words_of_an_older_generation_change_nothing() -> None:
    talk = Talk(opened()).speak(3000)
    old = talk.watch.generation
    talk.silent(1000).speak(3000)
    talk.watch.understood(old, "That's all.")
    assert talk.watch.patience_ms() == POLICY.unknown_ms


def test_speech_that_resumes_within_the_stretch_is_no_new_one() -> None:
    watch = opened()
    watch.hear([SpeechStarted(0)], 1000)
    watch.hear([SpeechPaused(0, 1000)], 1200)
    assert watch.hear([SpeechResumed(1300, 0)], 1364) == [GoesOn(watch.generation)]
    watch.hear([SpeechPaused(0, 4000), SpeechEnded(0, 4000)], 4600)
    assert watch.hear([], 10_000) == [AnswerEnded(0, 4000, watch.generation - 1)]


def test_nothing_is_an_answer_while_the_floor_is_not_the_candidates() -> None:
    assert Talk(AnswerWatch(POLICY)).speak(3000).silent(20_000).found == []


def test_the_tail_of_what_was_said_before_the_floor_is_no_answer() -> None:
    talk = Talk(opened())
    talk.hear(SpeechEnded(0, 500))
    assert talk.pass_ms(20_000).found == []


def test_who_speaks_when_the_floor_opens_has_begun_the_answer() -> None:
    watch = AnswerWatch(POLICY)
    watch.open(speech_since_ms=700)
    [_may_end, ended] = watch.hear([SpeechEnded(700, 4000)], 7100)
    assert (ended.start_ms, ended.end_ms) == (700, 4000)


def test_im_done_takes_the_answer_so_far_once() -> None:
    watch = opened()
    watch.hear([SpeechStarted(1000)], 2000)
    ended = watch.take(3000)
    assert (ended.start_ms, ended.end_ms) == (1000, 3000)
    assert watch.take(3000) is None


def test_an_answer_cut_by_the_network_goes_on_and_its_silence_counts_anew() -> None:
    watch = opened()
    watch.resume(1000, 6000)
    assert watch.hear([], 60_000) == []
    assert watch.hear([], 62_000) == []
    [ended] = watch.hear([], 63_100)
    assert (ended.start_ms, ended.end_ms) == (1000, 6000)


def test_speech_after_the_cut_belongs_to_the_same_answer() -> None:
    watch = opened()
    watch.resume(1000, 6000)
    watch.hear([SpeechStarted(61_000)], 61_500)
    watch.hear([SpeechEnded(61_000, 63_000)], 63_600)
    [ended] = watch.hear([], 66_600)
    assert (ended.start_ms, ended.end_ms) == (1000, 63_000)


def endings() -> Iterator[tuple[str, Ending]]:
    yield "", Ending.UNKNOWN
    yield "…", Ending.UNKNOWN
    yield "Я работал инженером.", Ending.FINISHED
    yield "Я работал инженером, и", Ending.OPEN
    yield "Я работал инженером и…", Ending.OPEN
    yield "Ну-у, я работал инженером, это самое", Ending.OPEN
    yield "нууу", Ending.OPEN
    yield "Секундочку", Ending.HOLD
    yield "Хороший вопрос, надо подумать.", Ending.HOLD
    yield "Мне нечего добавить.", Ending.CLOSED
    yield "I worked as an engineer for", Ending.OPEN
    yield "so, like, you know", Ending.OPEN
    yield 'They said: "that works."', Ending.FINISHED
    yield "Мен инженер болып жұмыс істеп", Ending.OPEN
    yield "Мен инженер болып жұмыс істедім.", Ending.FINISHED
    yield "Мен инженер болып жұмыс істедім, өйткені", Ending.OPEN
    yield "Бір сәт", Ending.HOLD
    yield "Қосарым жоқ", Ending.CLOSED


@pytest.mark.parametrize(("text", "expected"), list(endings()))
def test_how_finished_words_sound(text: str, expected: Ending) -> None:
    from transcription.endings import ending

    assert ending(text) is expected
