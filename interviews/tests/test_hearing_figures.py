"""The bounded form of the ear's bars: nobody is cut off, every end is found, a cough interrupts nobody, real words do."""

from functools import lru_cache

import numpy as np
import pytest

from interviews import hearing_set
from interviews.hearing_set import Figures


@lru_cache(maxsize=1)
def figures() -> Figures:
    return hearing_set.measure(rounds=1)


def test_nobody_is_cut_off_and_every_end_is_found():
    assert (figures().cut_off, figures().missed) == (0, 0)
    assert figures().pauses >= 21


def test_coughs_and_backchannels_interrupt_nobody():
    assert figures().stopped <= 0.07 * figures().noises  # one of them; the whole set has the bar of 5 %


def test_whoever_speaks_into_the_avatar_is_heard():
    assert figures().caught == figures().interruptions >= 12


def test_the_avatar_is_ducked_soon_after_the_first_sound():
    assert np.median(figures().onset_ms) <= 200


@pytest.mark.skipif(not hearing_set.has_flite(), reason="LEFT OUT: flite is not installed")
def test_another_synthesis_is_heard_as_well():
    found = hearing_set.measure(rounds=1, languages=("en",), say=hearing_set.said_by_flite)
    assert (found.cut_off, found.missed, found.stopped) == (0, 0, 0)
    assert found.caught == found.interruptions == 4 and np.median(found.onset_ms) <= 200


def test_a_short_yes_is_a_stretch_of_its_own():
    for language, text in (("ru", "Да."), ("en", "Yes."), ("kk", "Иә."), ("ru", "Нет.")):
        found = hearing_set.answer((text,), language, "quiet", seed=3, has_words=False)
        assert (found.answers, found.missed) == (1, 0)


@pytest.mark.parametrize("kind", ["keyboard", "fan"])
def test_a_room_without_a_voice_is_no_answer(kind):
    dice = np.random.default_rng(5)
    ear = hearing_set.SileroEar()
    sound = 0.03 * hearing_set.noise(kind, hearing_set.RATE * 8, dice)
    pcm = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    assert [event for piece, at_ms in hearing_set.frames(pcm) for event in ear.feed(piece, at_ms)] == []
