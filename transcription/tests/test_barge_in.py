import pytest

from transcription.barge_in import BargeIn, BargePolicy, FalseAlarm, Interrupted, Onset, means_to_interrupt
from transcription.ear.events import SpeechEnded, SpeechStarted
from transcription.echo import Spoken, is_echo

POLICY = BargePolicy(voiced_ms=800, warm_up_ms=0)


def over_avatar(**fields: int) -> BargeIn:
    barge = BargeIn(POLICY)
    barge.avatar_begins(0, **fields)
    return barge


def test_a_voice_ducks_at_once_and_stops_when_there_is_enough_of_it() -> None:
    barge = over_avatar()
    assert barge.hear([SpeechStarted(700)], since_ms=700, voiced_ms=96, now_ms=1100) == [Onset(1100)]
    assert barge.hear([], since_ms=700, voiced_ms=700, now_ms=1800) == []
    assert barge.hear([], since_ms=700, voiced_ms=800, now_ms=1900) == [Interrupted(700)]
    assert barge.hear([], since_ms=700, voiced_ms=2000, now_ms=3000) == []


def test_a_cough_only_ducks() -> None:
    barge = over_avatar()
    barge.hear([SpeechStarted(700)], since_ms=700, voiced_ms=96, now_ms=1100)
    assert barge.hear([SpeechEnded(700, 1300)], since_ms=None, voiced_ms=0, now_ms=1900) == [FalseAlarm()]


def test_voice_from_before_the_avatar_spoke_does_not_count() -> None:
    barge = over_avatar(voiced_ms=5000)
    assert barge.hear([], since_ms=0, voiced_ms=5000, now_ms=100) == []
    assert barge.hear([], since_ms=0, voiced_ms=5100, now_ms=200) == [Onset(200)]
    assert barge.hear([], since_ms=0, voiced_ms=5800, now_ms=900) == [Interrupted(0)]


def test_without_echo_cancellation_nothing_interrupts() -> None:
    barge = over_avatar()
    barge.is_possible = False
    assert barge.hear([SpeechStarted(700)], since_ms=700, voiced_ms=5000, now_ms=6000) == []
    assert barge.understood("Stop, please", 700, 1500) == []


def test_while_the_avatar_is_silent_there_is_nothing_to_interrupt() -> None:
    barge = over_avatar()
    barge.avatar_ends()
    assert barge.hear([SpeechStarted(700)], since_ms=700, voiced_ms=5000, now_ms=6000) == []


def test_echo_cancellation_may_learn_at_the_very_beginning() -> None:
    barge = BargeIn(BargePolicy(warm_up_ms=2000))
    barge.avatar_begins(0)
    assert barge.hear([SpeechStarted(700)], since_ms=700, voiced_ms=900, now_ms=1600) == []
    assert barge.hear([], since_ms=700, voiced_ms=1300, now_ms=2100) != []


def test_a_short_word_that_asks_to_stop_is_told_by_its_text() -> None:
    assert over_avatar().understood("Подождите!", 700, 1300) == [Interrupted(700, 1300)]


@pytest.mark.parametrize(
    "text", ["угу", "Да-да, понятно.", "Uh-huh.", "Yeah, okay, sure.", "Иә, түсінікті.", "Мм", "", "Спасибо, понял.", "so"]
)
def test_backchannels_do_not_interrupt(text: str) -> None:
    assert not means_to_interrupt(text)


@pytest.mark.parametrize(
    "text", ["Стоп.", "Wait!", "Кешіріңіз, естімедім", "А какой проект?", "I have a question", "Сұрағым бар еді"]
)
def test_words_that_mean_something_do(text: str) -> None:
    assert means_to_interrupt(text)


@pytest.mark.parametrize(
    ("heard", "spoken"),
    [
        ("расскажите о вашем опыте", "Расскажите, пожалуйста, о вашем опыте работы в команде."),
        ("tell me about a project you are proud", "Please tell me about a project that you are proud of."),
        ("соңғы жобаңыз туралы айтып", "Соңғы жобаңыз туралы айтып беріңіз."),
    ],
)  # fmt: skip
def test_the_avatars_own_words_are_an_echo(heard: str, spoken: str) -> None:
    assert is_echo(heard, spoken)


@pytest.mark.parametrize(
    ("heard", "spoken"),
    [
        ("да", "Да, повторяю."), ("I worked on a bridge project in Almaty", "Tell me about a project that you are proud of."),
        ("мой опыт работы в команде начался пять лет назад", "Расскажите о вашем опыте работы в команде."), ("", "Hello."),
    ],
)  # fmt: skip
def test_an_answer_in_the_words_of_the_question_is_none(heard: str, spoken: str) -> None:
    assert not is_echo(heard, spoken)


def test_only_what_was_said_around_then_can_be_heard_back() -> None:
    spoken = Spoken()
    spoken.begins("Tell me about your last project.", 1000)
    assert spoken.has_echo("tell me about your last project", 1300, 3000)
    spoken.ends(3000)
    assert spoken.has_echo("about your last project", 3500, 4600)
    assert not spoken.has_echo("tell me about your last project", 60_000, 62_000)
