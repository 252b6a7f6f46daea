"""The silence clock: 12, 25, 60 and 120 s, held by any sign of life."""

from interviews.conversation.cues import CueClock


def taken(clock: CueClock, seconds: list[float]) -> list[str | None]:
    return [clock.take(second) for second in seconds]


def started() -> CueClock:
    clock = CueClock()
    clock.restart(0)
    return clock


def test_the_cues_come_in_order_each_once():
    assert taken(started(), [11, 12, 13, 25, 26, 60, 120, 500]) == [
        None, "notice", None, "first_offer", None, "second_offer", "pause", None,
    ]  # fmt: skip


def test_nothing_comes_before_the_floor_is_given():
    assert CueClock().take(1000) is None


def test_a_sign_of_life_starts_everything_again():
    clock = started()
    clock.take(12)
    clock.restart(20)
    assert taken(clock, [31, 32]) == [None, "notice"]


def test_a_sign_of_life_of_somebody_who_speaks_counts_too():
    clock = started()
    clock.stop(10)
    clock.forget(11)
    assert clock.take(100) is None
    clock.go_on(100)
    assert taken(clock, [111, 112]) == [None, "notice"]


def test_the_pauses_of_a_long_answer_do_not_add_up_to_a_silence():
    clock = started()
    for second in range(5, 305, 5):  # two seconds of voice, three of silence
        clock.stop(second)
        clock.after_voice(second + 2)
        assert clock.take(second + 4.9) is None
    assert taken(clock, [313, 314]) == [None, "notice"]


def test_noise_puts_nothing_off():
    clock = started()
    for second in (5, 10, 15):
        clock.stop(second)
        clock.after_voice(second + 1)
        clock.was_noise()
    assert clock.take(16) == "notice"


def test_time_stands_still_while_somebody_speaks():
    clock = started()
    clock.take(12)
    clock.take(25)
    clock.stop(25)
    assert clock.take(100) is None
    clock.go_on(100)
    assert taken(clock, [134, 135]) == [None, "second_offer"]


def test_stopping_and_going_on_twice_is_harmless():
    clock = started()
    clock.stop(5)
    clock.stop(9)
    clock.go_on(10)
    clock.go_on(11)
    assert clock.next_in(10) == 7
