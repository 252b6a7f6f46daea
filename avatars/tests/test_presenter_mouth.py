"""Co-articulation: the mouth at any moment, the same in Python and in the browser's code."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from avatars.presenter.coarticulation import Mouth, Timeline, mouth_at
from avatars.presenter.visemes import CONSTANTS, MOUTHS, STEPS, VISEMES, mouth_key, mouth_states

REPOSITORY = Path(__file__).resolve().parents[2]
TWIN = """
import { mouthAt, mouthKey } from "%s";
let text = "";
for await (const part of process.stdin) text += part;
const answers = JSON.parse(text).map(([timeline, moments]) => moments.map((ms) => {
  const { a, b, weight } = mouthAt(timeline, ms);
  return [a, b, weight, mouthKey(a, b, weight)];
}));
console.log(JSON.stringify(answers));
"""


def timeline(*visemes: tuple[int, str], duration_ms: int) -> Timeline:
    return {"duration_ms": duration_ms, "visemes": [list(event) for event in visemes], "words": []}


def random_timeline(dice: random.Random) -> Timeline:
    at, visemes = dice.randrange(0, 120), []
    for _ in range(dice.randrange(0, 40)):
        visemes.append([at, dice.choice([*VISEMES, "unheard-of"])])
        at += dice.choice([0, 12, 35, 60, 80, 110, 240, 900])
    return {"duration_ms": at + 40, "visemes": visemes, "words": []}


def test_there_are_fifteen_visemes_and_every_one_has_a_class() -> None:
    assert VISEMES == ("sil", "MBP", "A", "AH", "E", "I", "O", "U", "UE", "FV", "SZ", "SH", "L", "TDN", "KG")
    assert sorted(name for names in CONSTANTS["classes"].values() for name in names) == sorted(VISEMES)


def test_every_key_that_can_be_asked_for_is_built() -> None:
    built = {key for key, *_ in mouth_states()}
    assert {mouth_key(a, b, step / 12) for a in MOUTHS for b in MOUTHS for step in range(13)} <= built


def test_a_key_reads_the_same_from_both_ends() -> None:
    assert mouth_key("E", "A", 1 / STEPS) == mouth_key("A", "E", 1 - 1 / STEPS) == "A-E.2"


def test_a_mouth_nobody_knows_has_no_key() -> None:
    with pytest.raises(KeyError):
        mouth_key("A", "smirk", 0.5)


def test_it_rests_before_and_after_the_speech() -> None:
    words = timeline((200, "A"), duration_ms=500)
    assert mouth_at(words, -1000).key == mouth_at(words, 100).key == mouth_at(words, 500).key == "sil"
    assert mouth_at(timeline(duration_ms=0), 0).key == "sil"


def test_the_middle_of_a_long_vowel_is_that_vowel() -> None:
    words = timeline((0, "sil"), (200, "A"), (600, "sil"), duration_ms=900)
    assert mouth_at(words, 400).key == "A"


def test_lips_move_before_the_sound() -> None:
    words = timeline((0, "sil"), (300, "A"), (600, "sil"), duration_ms=900)
    assert mouth_at(words, 300 - CONSTANTS["look_ahead_ms"] // 2).a == "A"


def test_between_two_vowels_the_mouth_passes_through_the_middle() -> None:
    words = timeline((0, "A"), (200, "U"), duration_ms=400)
    middle = mouth_at(words, 200 - CONSTANTS["look_ahead_ms"])
    assert {middle.a, middle.b} == {"A", "U"}
    assert middle.weight == pytest.approx(0.5)


@pytest.mark.parametrize("closure", ["MBP", "FV"])
@pytest.mark.parametrize("start", range(100, 140, 7))
@pytest.mark.parametrize("rate", [25, 30, 60])
def test_every_closure_is_seen_on_some_frame(closure: str, start: int, rate: int) -> None:
    words = timeline((0, "A"), (start, closure), (start + 30, "A"), duration_ms=400)
    frames = [mouth_at(words, frame * 1000 / rate).key for frame in range(rate)]
    assert closure in frames


def test_an_unknown_viseme_is_a_rest_and_not_a_fault() -> None:
    assert mouth_at(timeline((0, "??"), duration_ms=300), 100) == Mouth("sil", "sil", 0.0)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_the_browser_and_the_server_move_the_same_mouth() -> None:
    dice = random.Random(20)
    questions = [(random_timeline(dice), [dice.uniform(-100, 4000) for _ in range(60)]) for _ in range(40)]
    module = (REPOSITORY / "frontend/src/presenter/mouth.js").as_uri()
    run = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", TWIN % module],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    for (words, moments), answers in zip(questions, json.loads(run.stdout), strict=True):
        for ms, (a, b, weight, key) in zip(moments, answers, strict=True):
            ours = mouth_at(words, ms)
            # It should agree but for the last digits of exp() in the two languages.
            assert (ours.a, ours.b, ours.key) == (a, b, key)
            assert ours.weight == pytest.approx(weight, abs=1e-9)
