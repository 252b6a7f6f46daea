"""Whatever dies, whenever: the resumed conversation has the transcript of the undisturbed one (design §5)."""

import random

import pytest

from interviews.conversation.values import Answered, Done, Event, Joined, Offer, Pause, Repeat, Resume, Skip, Typed
from interviews.tests.play import Play, make_plan

WORDS = (
    "Answer",
    "skip",
    "пауза",
    "repeat please",
    "дальше",
    "готово",
    "no",
    "да",
    "What about the salary?",
    "дайте подумать",
    "я не понял вопрос",
    "😀",
)
REPLIES = (
    ("ask", "What was the hardest part of it?"),
    ("ask", "How did you check the result?"),
    ("ask", "Do you have children?"),
    ("away", ""),
    ("upset", ""),
    ("tell", ""),
    ("rephrase", "Tell me about the first question, please."),
    ("", ""),
)
# The page sends these again until they are answered; of the others a person presses again what had no effect.
SENT_AGAIN = (Typed, Answered, Done, Skip)


def some_event(rng: random.Random, play: Play, number: int) -> Event:
    """What this candidate, seeing what this play shows, may do next."""
    current = play.current()
    asked = sorted(play.now().asked)
    closed = rng.choice(asked) if asked and rng.random() < 0.3 else current
    return rng.choice(
        [
            Typed(f"t{number}", rng.choice(WORDS), rng.choice([None, current, closed]), more=rng.random() < 0.2),
            Typed(f"t{number}", "Answer", current),
            Typed(f"t{number}", "Answer", current),
            Answered(number * 100, number * 100 + 90, f"v{number}", complete=rng.random() < 0.7),
            Done(current), Skip(current), Repeat(), Pause(), Resume(), Offer(1, current), Joined(),
        ]
    )  # fmt: skip


def make_play(seed: int) -> Play:
    rng = random.Random(seed)
    required = tuple(rng.random() < 0.6 for _ in range(rng.randint(1, 5)))
    is_led = rng.random() < 0.6
    plan = make_plan(required=required, time_budget_min=20, follow_ups=2 if is_led else 0, facts="The office is in Almaty.")
    return Play(plan=plan, model=is_led).join()


def model_answers(rng: random.Random, play: Play) -> None:
    """Whoever is asked answers, late or not at all for now; the dice are thrown either way, so that a cut changes no throw."""
    answers, (act, text) = rng.random() < 0.7, rng.choice(REPLIES)
    if answers and play.awaits and not play.paused:
        play.model_says(act, text, facts=(1,))


def transcript(play: Play) -> list[tuple]:
    return [
        (turn.number, turn.speaker, turn.kind, turn.text, turn.question, turn.first_sentence, turn.client_id)
        for turn in play.turns
    ]


def perform(seed: int, *, cut_at: int = -1, cut_before_commit: bool = False) -> list[tuple]:
    """Thirty events; at `cut_at` the process dies before or after the commit, the page joins again and goes on."""
    rng, play = random.Random(seed), make_play(seed)
    for number in range(30):
        event = some_event(rng, play, number)
        hears = rng.random() < 0.7
        if number == cut_at and cut_before_commit:
            play.send(Joined(), after_s=0)
        play.send(event)
        if number == cut_at and not cut_before_commit:
            heard = play.heard
            play.send(Joined(), after_s=0)
            assert all(sentence > heard for sentence in play.resent)
            if isinstance(event, SENT_AGAIN):
                play.send(event, after_s=0)
        model_answers(rng, play)
        if hears:
            play.hear()
    return transcript(play)


@pytest.mark.parametrize("seed", range(28))
def test_cut_at_any_point_and_resumed_the_transcript_is_the_same(seed):
    undisturbed = perform(seed)
    for cut_at in range(30):
        assert perform(seed, cut_at=cut_at, cut_before_commit=True) == undisturbed
        assert perform(seed, cut_at=cut_at) == undisturbed


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_there_is_one_greeting_and_each_question_is_asked_once_in_order(seed):
    kinds = [(kind, question) for _n, _s, kind, _t, question, _f, _c in perform(seed)]
    assert [kind for kind, _question in kinds].count("greeting") == 1
    assert [kind for kind, _question in kinds].count("farewell") <= 1
    asked = [question for kind, question in kinds if kind == "question"]
    assert asked == sorted(set(asked))


@pytest.mark.parametrize("seed", range(20))
def test_sentences_are_numbered_without_gap(seed):
    rng, play = random.Random(seed), make_play(seed)
    for number in range(30):
        play.send(some_event(rng, play, number))
        model_answers(rng, play)
        if rng.random() < 0.5:
            play.model_goes_on("What did you learn from it?", more=rng.random() < 0.5)
    numbers = [turn.first_sentence + i for turn in play.turns if turn.sentences for i in range(len(turn.sentences))]
    assert numbers == list(range(len(numbers)))
