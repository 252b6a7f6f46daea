# ruff: noqa: E501 — what is said stands in one line
"""The interviewer with a model, like a play: it asks further, keeps to its limits, and never waits (design §5)."""

from datetime import timedelta

import pytest

from interviews.conversation.standing import standing
from interviews.conversation.values import Answered, Continued, Joined, Pause, Proposed, Resume, Skip
from interviews.tests.play import ANSWER, FOLLOW_UP, START, TEXTS, Play, make_plan, play_with, thinking, uuid

# --- A follow-up ---


def test_after_an_answer_the_model_is_asked_and_its_question_is_said():
    play = thinking()
    assert (play.thought.about, play.thought.question, play.awaits) == ("answer", uuid(0), "asked")
    play.model_says("ask", FOLLOW_UP, source="model · follow_up v1")
    assert play.script()[2:] == ["answer", "follow_up"]
    assert (play.said(), play.turns[-1].question, play.turns[-1].source) == (FOLLOW_UP, uuid(0), "model · follow_up v1")
    assert not play.awaits


def test_what_is_to_be_answered_stays_in_sight_as_it_was_put_last():
    def in_sight():
        return standing(play.plan, play.turns, "en").in_sight()

    play = play_with()
    assert in_sight() == TEXTS[0]
    play.types("I don't understand")
    play.model_says("rephrase", f"Please tell me: {TEXTS[0]}", source="model · rephrase v1")
    assert in_sight() == play.said() != TEXTS[0]
    play.types(ANSWER)
    play.model_says("ask", FOLLOW_UP, source="model · follow_up v1")
    assert in_sight() == FOLLOW_UP
    for _question in range(3):
        play.types("Nothing to add to that, really.")
        play.model_says()
    assert in_sight() == play.said()  # the invitation to ask
    play.types("When is the first day?")
    assert in_sight() == play.said() != ""


def test_with_follow_ups_used_up_the_script_asks_the_next_question_at_once():
    play = thinking()
    play.model_says("ask", FOLLOW_UP)
    play.types("The indexes took far too long.")
    play.model_says("ask", "How did you make the indexes faster?")
    play.types("In batches.")
    assert play.thought is None
    assert play.script()[-3:] == ["answer", "reply", "question"]
    assert play.current() == uuid(1)


@pytest.mark.parametrize("act", ["", "away_", "nonsense"])
def test_when_the_model_has_nothing_the_next_question_follows_in_the_same_turn(act):
    play = thinking()
    play.model_says(act)
    assert play.script()[2:] == ["answer", "reply", "question"]
    assert play.said() == TEXTS[1]


def test_questions_are_asked_word_for_word_whatever_the_model_says():
    play = thinking()
    for _question in range(3):
        play.model_says("ask", FOLLOW_UP)
        play.model_says()
        play.types("Answer to a follow-up.")
        play.model_says()
        play.types(ANSWER)
    assert [turn.text for turn in play.turns if turn.kind == "question"] == list(TEXTS)


def test_a_verbatim_question_never_asks_the_model():
    play = play_with(plan=make_plan())
    play.types(ANSWER)
    assert play.thought is None
    assert play.current() == uuid(1)


def test_without_a_model_an_adaptive_question_is_scripted():
    play = Play(plan=make_plan(follow_ups=2)).join()
    play.types(ANSWER)
    assert (play.thought, play.current()) == (None, uuid(1))


def test_an_answer_without_words_yet_is_not_thought_about():
    play = play_with()
    play.send(Answered(0, 900, "v"))
    assert (play.thought, play.current()) == (None, uuid(1))


def test_when_time_is_short_there_are_no_follow_ups():
    play = play_with(plan=make_plan(follow_ups=2, time_budget_min=5))
    play.at += timedelta(minutes=2)
    play.types(ANSWER)
    assert play.thought is None


def test_next_moves_on_without_a_follow_up_and_done_asks_for_one():
    moves, ends = play_with(), play_with()
    for play, word in ((moves, "next question"), (ends, "that's all")):
        play.types(ANSWER, more=True)
        play.types(word)
    assert (moves.thought, moves.current()) == (None, uuid(1))
    assert ends.thought.about == "answer"


def test_repeat_after_a_follow_up_repeats_the_follow_up():
    play = thinking().hear()
    play.model_says("ask", FOLLOW_UP)
    play.types("repeat please")
    assert play.said().endswith(FOLLOW_UP)


# --- Words while the model thinks ---


def test_more_words_are_thought_about_together_and_the_older_outcome_is_dropped():
    play = thinking()
    older = play.generation
    play.types("And one thing more.")
    assert play.generation == older + 1
    play.send(Proposed(older, "ask", FOLLOW_UP))
    assert play.script()[2:] == ["answer", "answer"]
    play.model_says("ask", FOLLOW_UP)
    assert play.script()[-1] == "follow_up"


def test_the_same_outcome_twice_is_said_once():
    play = thinking()
    play.model_says("ask", FOLLOW_UP)
    play.model_says("ask", "And what did you learn from it?")
    assert play.script().count("follow_up") == 1


def test_pressing_done_twice_waits_for_the_one_reply():
    play = play_with()
    play.types(ANSWER, more=True)
    play.presses_done()
    asked = play.generation
    play.presses_done()
    assert (play.generation, play.awaits) == (asked, "asked")


def test_skip_moves_on_at_once():
    play = thinking()
    play.send(Skip(uuid(0)))
    play.model_says("ask", FOLLOW_UP)
    assert (play.current(), play.script().count("follow_up")) == (uuid(1), 0)


def test_an_addition_to_an_older_question_does_not_lose_the_reply():
    play = thinking()
    play.model_says()
    play.types(ANSWER)
    play.types("By the way.", question=uuid(0))
    assert play.awaits
    play.model_says()
    assert play.current() == uuid(2)


def test_paused_while_thinking_it_thinks_again_when_the_candidate_is_back():
    play = thinking()
    play.send(Pause())
    play.model_says("ask", FOLLOW_UP)
    assert play.script()[-1] == "answer"
    play.send(Resume())
    assert play.thought and not play.paused
    play.model_says("ask", FOLLOW_UP)
    assert play.said() == FOLLOW_UP


def test_an_addition_in_a_pause_keeps_the_reply_awaited():
    play = thinking()
    play.model_says()
    play.types(ANSWER)
    play.send(Pause())
    play.types("By the way.", question=uuid(0))
    play.send(Resume())
    assert play.thought


def test_let_me_think_gives_the_floor_back():
    play = thinking()
    play.types("let me think")
    assert not play.awaits
    play.presses_done()
    assert play.awaits


# --- Killed in between ---


def test_whoever_joins_while_a_reply_is_awaited_asks_again():
    play = thinking()
    asked = play.generation
    play.send(Joined())
    assert (play.thought.about, play.generation) == ("answer", asked + 1)
    play.send(Proposed(asked, "ask", FOLLOW_UP))
    assert play.script()[-1] == "answer"
    play.model_says()
    assert play.script()[2:] == ["answer", "reply", "question"]


def test_killed_while_a_reply_was_being_said_the_rest_is_not_waited_for():
    play = thinking().hear()
    play.model_says("ask", "You mentioned the billing service.", more=True)
    assert play.awaits
    play.send(Joined())
    assert play.script()[3:] == ["follow_up", "reply", "question"]
    assert play.resent[0] == play.turns[3].first_sentence
    assert not play.awaits


def test_killed_after_the_question_stood_it_is_only_said_again():
    play = thinking().hear()
    play.model_says("ask", "You mentioned the billing service.", more=True)
    play.model_goes_on(FOLLOW_UP, more=True)
    play.send(Joined())
    assert play.script()[-1] == "follow_up"
    assert len(play.resent) == 2


# --- Sentence by sentence ---


def test_a_reply_is_said_while_it_is_written_and_stands_in_one_turn():
    play = thinking()
    play.model_says("ask", "You mentioned the billing service.", more=True)
    play.model_goes_on(FOLLOW_UP, more=False)
    assert play.said() == f"You mentioned the billing service. {FOLLOW_UP}"
    assert len(play.turns[-1].sentences) == 2
    assert not play.awaits


def test_words_before_a_question_that_do_not_take_up_the_answer_are_not_said():
    play = thinking()
    play.model_says("ask", "I am sorry, I cannot help with that.", more=True)
    assert play.script()[2:] == ["answer", "reply", "question"]


@pytest.mark.parametrize("rest", ["", "Do you have children?", "That was an excellent answer.", "Visit https://example.org now."])
def test_a_reply_that_stops_or_goes_astray_is_followed_by_the_next_question(rest):
    play = thinking()
    play.model_says("ask", "You mentioned the billing service.", more=True)
    play.model_goes_on(rest, more=bool(rest))
    assert play.said() == TEXTS[1]
    assert "children" not in " ".join(turn.text for turn in play.turns)


def test_words_of_a_reply_that_come_twice_or_out_of_place_change_nothing():
    play = thinking()
    play.model_says("ask", "You mentioned the billing service.", more=True)
    play.send(Continued(play.generation, 0, "Why?", True))
    play.send(Continued(play.generation - 1, 1, "Why?", True))
    assert play.said() == "You mentioned the billing service."


def test_silence_after_the_deadline_brings_no_follow_up():
    play = thinking(deadline=START + timedelta(seconds=15))
    play.model_says("ask", FOLLOW_UP)
    assert "follow_up" not in play.script()
    assert play.script()[-1] == "farewell"
