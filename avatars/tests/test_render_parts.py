"""Acting, captions and the WAV, without a clip around them."""

import io
import json
import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from avatars.render.acting import beats_of, poses
from avatars.render.captions import Captions, groups_of
from avatars.render.lettering import printable, width_of
from avatars.render.motion import seeded_random
from avatars.render.script import expressions_for
from avatars.render.sound import joined, labelled_wav, resampled
from avatars.synthetic import AI_NOTICE
from avatars.tests.render_helpers import make_timeline, make_voice

FRONTEND = Path(__file__).resolve().parents[2] / "frontend" / "src" / "presenter"


def words_of(text: str) -> list[list[int]]:
    """Words of 300 ms each, one behind another."""
    words, at = [], 0
    for number, word in enumerate(text.split()):
        start = text.index(word, at)
        at = start + len(word)
        words.append([number * 300, number * 300 + 280, start, at])
    return words


def in_node(script: str) -> object:
    done = subprocess.run(["node", "--input-type=module", "-e", script], capture_output=True, text=True, check=True, cwd=FRONTEND)
    return json.loads(done.stdout)


def test_the_random_numbers_are_those_of_the_browser():
    script = 'import {seededRandom} from "./random.js"; const r = seededRandom(42); console.log(JSON.stringify([r(), r(), r()]))'
    random = seeded_random(42)
    assert in_node(script) == pytest.approx([random(), random(), random()])


def test_nods_come_where_the_browser_puts_them():
    timeline = make_timeline([(0, "sil"), (80, "A"), (900, "sil"), (1300, "E"), (2000, "sil"), (2200, "O"), (3000, "sil")], 3100)
    script = f'import {{beatsOf}} from "./beats.js"; console.log(JSON.stringify(beatsOf({json.dumps(timeline)})))'
    assert [(beat["ms"], beat["kind"]) for beat in in_node(script)] == beats_of(timeline)


def test_the_eyes_blink_now_and_then_and_never_at_the_ends():
    timeline = make_timeline([(0, "sil"), (100, "A"), (29_000, "sil")], 30_000)
    lids = [pose.openness for pose in poses(timeline, frames=750, fps=25, seed=5)]
    blinks = sum(1 for before, now in zip(lids, lids[1:], strict=False) if before >= 0.5 > now)
    assert 4 <= blinks <= 20
    assert lids[0] == lids[-1] == 1


def test_the_head_nods_at_the_end_of_a_sentence():
    timeline = make_timeline([(0, "sil"), (100, "A"), (2000, "sil"), (2600, "E"), (4000, "sil")], 4200)
    turns = [pose.turn_y for pose in poses(timeline, frames=105, fps=25)]
    assert max(turns[47:60]) > max(turns[20:45]) + 0.3


def test_it_smiles_at_a_greeting_and_at_nothing_else():
    text = "Здравствуйте! Расскажите о себе подробно и спокойно. До свидания!"
    timeline = make_timeline([(0, "sil")], 4000, words_of(text))
    names = [(each.name, round(each.start_ms), round(each.end_ms)) for each in expressions_for(timeline, text)]
    assert names == [("smile", 0, 1580), ("smile", 1850, 3980)]
    assert expressions_for(timeline, "Расскажите о трудном проекте") == []


@pytest.mark.parametrize("text", ["Hello and welcome.", "Сәлеметсіз бе, қош келдіңіз!", "Thank you, goodbye."])
def test_greetings_are_known_in_all_languages(text):
    assert expressions_for(make_timeline([(0, "sil")], 3000, words_of(text)), text)


def test_captions_hold_every_word_once_in_order():
    text = "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали. Почему? Қандай қиындықтар болды және неге?"
    groups = groups_of(make_timeline([], 9000, words_of(text)), text, size=24, width=400)
    assert " ".join(" ".join(group.lines) for group in groups) == text
    assert all(len(group.lines) <= 2 for group in groups)
    assert all(a.end_ms <= b.start_ms for a, b in zip(groups, groups[1:], strict=False))
    # A sentence begins a new group.
    assert any(group.lines == ("Почему?",) for group in groups)


def test_the_two_lines_of_a_caption_are_of_about_one_length_and_part_at_a_comma():
    for text, lines in {
        "Почему вы выбрали нашу компанию, и чего вы ждёте?": ("Почему вы выбрали нашу компанию,", "и чего вы ждёте?"),
        "Сәлеметсіз бе, құрметті жұмыс іздеуші Айгерім": ("Сәлеметсіз бе, құрметті", "жұмыс іздеуші Айгерім"),
    }.items():
        words = words_of(text)
        (group,) = groups_of(make_timeline([], 9000, words), text, size=20, width=width_of(text, 20) * 0.9)
        assert group.lines == lines


def test_captions_survive_a_word_wider_than_the_picture_and_odd_characters():
    text = "а" * 300 + " \u202eמילה\u0007 🙂"
    captions = Captions(make_timeline([], 2000, words_of(text)), text, 480, 480)
    layer = captions.at(100)
    assert layer is not None and layer.box.x >= 0 and layer.box.width <= 480
    assert printable("a\u202eb\u0000\u0007 \n c") == "ab c"


def test_captions_are_silent_before_and_after():
    captions = Captions(make_timeline([], 5000, [[500, 900, 0, 2]]), "да", 480, 480)
    assert captions.at(400) is None and captions.at(4000) is None and captions.at(600) is not None


def test_the_wav_is_16_khz_mono_of_the_same_length_and_says_that_it_is_synthetic():
    voice = make_voice(1234)
    data = labelled_wav(voice)
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.getnframes() / 16 == pytest.approx(1234, abs=1)
        assert np.abs(np.frombuffer(file.readframes(16_000), "<i2")).max() > 5000
    with av.open(io.BytesIO(data)) as container:
        assert container.metadata["comment"] == AI_NOTICE


def test_resampling_keeps_the_length_to_the_sample():
    for count in (1, 7, 1023, 22_051):
        assert len(resampled(np.zeros(count, np.int16), 22_050, 24_000)) == round(count * 24_000 / 22_050)


def test_joined_voices_keep_words_mouths_and_length():
    first = make_voice(1000, [(0, "A")], text="Да. ", words=[[0, 900, 0, 2]])
    second = make_voice(500, [(0, "E")], text="Нет.", words=[[100, 400, 0, 3]], rate=16_000)
    both = joined([first, second])
    assert both.text == "Да. Нет." and both.timeline["words"] == [[0, 900, 0, 2], [1100, 1400, 4, 7]]
    assert both.timeline["visemes"] == [[0, "A"], [1000, "E"]]
    assert both.duration_ms == pytest.approx(1500, abs=1)
