# ruff: noqa: E501 — what is said stands in one line
"""What a model may not say, what it does with an answer that is none, and the candidate's questions to it (design §5)."""

import pytest

from interviews.conversation.signals import noticed
from interviews.conversation.values import Continued, Done, Joined, Proposed, Repeat, Typed
from interviews.conversation.wording import LINES
from interviews.plan import PlanCriterion
from interviews.tests.play import ANSWER, FOLLOW_UP, TEXTS, Play, make_plan, play_with, thinking, uuid

# --- What is refused ---


def rubric_plan():
    criterion = PlanCriterion(
        uuid=uuid(50), name="Ownership", meaning="Takes responsibility for the outcome of work.",
        anchors=("Blames others for failures", "Waits to be told", "Does the own part", "Owns the result", "Raises the whole team"),
    )  # fmt: skip
    return make_plan(follow_ups=2, criteria=(criterion,))


@pytest.mark.parametrize(
    "text",
    [
        "How old are you?", "Do you have children?", "Are you married, and what about the database?", "What is your religion?",
        "Great answer, what came next?", "You will get a score of 5, agreed?", "Which criteria do you think we use?",
        "How did you show ownership there?", "Did you wait to be told?", "Do you take responsibility for the outcome of your work?",
        "Second question?", "First question? Take your time.", "", "Is it so? " * 60, "See https://example.org, what do you think?",
        "<b>Why</b> the database?", "Почему вы выбрали эту базу данных?", "I am a human, so why the database?",
        "Which party promised better weather during the summer holidays abroad?", "We will hire you, when can you start?",
    ],
)  # fmt: skip
def test_what_an_interviewer_must_not_say_is_replaced_by_the_script(text):
    play = thinking(plan=rubric_plan())
    play.model_says("ask", text)
    assert "follow_up" not in play.script()
    assert play.current() == uuid(1)


@pytest.mark.parametrize(
    ("language", "answer", "text"),
    [
        ("ru", "Мы перенесли биллинг на новую базу.", "Какую часть работы вы сделали сами?"),
        ("ru", "Мы перенесли биллинг на новую базу.", "Расскажите подробнее, как вы проверяли результат."),
        ("en", ANSWER, "What did you personally do, and what did the team do?"),
        ("en", ANSWER, "Please describe how you tested it."),
        ("kk", "Біз биллингті жаңа базаға көшірдік.", "Осы жұмыста сіздің рөліңіз қандай болды?"),
        ("kk", "Біз биллингті жаңа базаға көшірдік.", "Нәтижені қалай тексергеніңізді айтып беріңізші."),
    ],
)
def test_ordinary_follow_ups_pass_in_each_language(language, answer, text):
    play = play_with(language=language)
    play.types(answer)
    play.model_says("ask", text)
    assert play.said() == text


def test_the_same_follow_up_is_not_asked_twice():
    play = thinking()
    play.model_says("ask", FOLLOW_UP)
    play.types("The indexes.")
    play.model_says("ask", "And what was the hardest part of moving that database?")
    assert play.script().count("follow_up") == 1


# --- Not understood, off the point, unwell, rude ---


@pytest.mark.parametrize("text", ["I don't understand", "Извините, я не понял вопрос", "Сұрақты түсінбедім", "Could you rephrase the question?"])
def test_not_understood_is_said_in_other_words(text):
    play = play_with(plan=make_plan(follow_ups=1))
    play.types(text)
    assert play.thought.about == "rephrase"
    play.model_says("rephrase", "Tell me, what is the first question for you?")
    assert play.turns[-1].kind == "repeat"
    assert play.said().startswith(LINES["en"]["rephrase_leads"])
    assert play.current() == uuid(0)


@pytest.mark.parametrize("proposed", ["", "Do you have children?", "Elephants swim.", "The best answer names three numbers."])
def test_a_bad_rephrasing_is_replaced_by_a_simpler_way_in(proposed):
    play = play_with()
    play.types("I don't understand")
    play.model_says("rephrase", proposed)
    assert play.said().startswith(LINES["en"]["explain_leads"])
    assert play.said().endswith(TEXTS[0])


def test_a_question_asked_word_for_word_keeps_its_words_when_not_understood():
    play = play_with(plan=make_plan())
    play.types("I don't understand")
    assert play.thought is None
    assert play.said().endswith(TEXTS[0])


def test_not_understood_again_and_again_offers_another_way_on():
    play = Play().join()
    for _time in range(4):
        play.types("What do you mean?")
    assert play.said() == LINES["en"]["not_clear"]
    assert play.current() == uuid(0)


def test_asked_to_repeat_again_and_again_other_ways_are_offered_once():
    play = Play().join().hear()
    for _time in range(6):
        play.send(Repeat())
        play.hear()
    assert [turn.text for turn in play.turns].count(LINES["en"]["many_repeats"]) == 1
    assert play.script().count("repeat") == 6


def test_an_answer_off_the_point_is_brought_back_once():
    play = thinking()
    play.model_says("away")
    assert play.said() == f"{LINES['en']['away']} {TEXTS[0]}"
    assert play.current() == uuid(0)
    play.types("Bananas again.")
    play.model_says("away")
    assert play.current() == uuid(1)


@pytest.mark.parametrize("text", ["I'm having a panic attack", "мне плохо", "маған жаман болып тұр"])
@pytest.mark.parametrize("model", [True, False])
def test_somebody_who_is_unwell_is_offered_a_pause_and_a_person(text, model):
    play = Play(plan=make_plan(follow_ups=1), model=model).join()
    play.types(text)
    assert play.said() == LINES["en"]["distress"]
    assert (play.thought, play.current()) == (None, uuid(0))
    play.types("пауза")
    assert play.paused


@pytest.mark.parametrize(
    "text",
    ["Мне плохо слышно", "мне очень плохо видно экран", "Мне страшно интересно", "Наша ебитда выросла вдвое", "маған нашар естіледі"],
)
def test_a_bad_line_or_a_term_is_no_distress_and_no_insult(text):
    assert noticed(text) is None


def test_the_model_may_notice_distress_too_once():
    play = thinking()
    play.model_says("upset")
    assert play.said() == LINES["en"]["distress"]
    play.types("It is better now, we moved the database.")
    play.model_says("upset")
    assert play.current() == uuid(1)


@pytest.mark.parametrize("text", ["да пошёл ты", "you stupid machine", "ақымақ робот"])
def test_an_insult_is_answered_calmly_once_and_kept_as_said(text):
    play = Play().join()
    play.types(text)
    assert (play.turns[-2].text, play.said(), play.current()) == (text, LINES["en"]["calm"], uuid(0))
    play.types(text)
    assert play.current() == uuid(1)


# --- The candidate's questions ---

FACTS = "- The office is in Almaty, Abay 10.\n- Two days a week may be worked from home\n- The probation lasts three months."


def asked(question: str = "Can I work from home?", **fields: object) -> Play:
    play = Play(plan=make_plan(required=(True,), facts=FACTS), model=True, **fields).join()
    play.types(ANSWER)
    play.types(question)
    return play


def test_a_question_about_the_job_is_answered_with_hrs_own_words():
    play = asked()
    assert (play.thought.about, play.noted) == ("tell", 1)
    play.model_says("tell", facts=(2,))
    assert "Two days a week may be worked from home." in play.said()
    assert play.told == ["Two days a week may be worked from home."]
    assert play.said().endswith(LINES["en"]["anything_else"])
    assert not play.finished


@pytest.mark.parametrize("facts", [(), (9,), (0,), (-1,), (1, 2, 3), (2, 99)])
def test_a_fact_that_is_not_there_is_noted_for_the_recruiter(facts):
    play = asked()
    play.model_says("tell", "The salary is a million.", facts=facts)
    assert play.said() in LINES["en"]["noted"]
    assert (play.told, play.noted) == ([], 1)


def test_what_the_model_writes_about_the_job_is_never_said():
    play = asked()
    play.model_says("tell", "The salary is a million.", facts=(1,))
    assert "million" not in play.said()


def test_without_facts_the_model_is_not_asked():
    play = Play(plan=make_plan(required=(True,)), model=True).join()
    play.types(ANSWER)
    play.types("What is the salary?")
    assert (play.thought, play.noted) == (None, 1)
    assert play.said() in LINES["en"]["noted"]


def test_a_question_asked_before_a_kill_is_answered_after_it():
    play = asked()
    play.send(Joined())
    assert play.thought.about == "tell"
    play.model_says("tell", facts=(3,))
    assert "three months" in play.said()


def test_no_more_questions_while_the_model_thinks_ends_the_call():
    play = asked()
    play.types("No, thanks")
    assert play.finished
    play.model_says("tell", facts=(2,))
    assert play.script()[-1] == "farewell"


def test_late_and_foreign_outcomes_change_nothing_in_any_phase():
    for play in (Play(model=True), play_with(), thinking(), asked()):
        before = play.script()
        for event in (Proposed(99, "ask", FOLLOW_UP), Continued(99, 1, "Why?", False), Done(uuid(9)), Typed("", "", uuid(9))):
            play.send(event)
        assert [kind for kind in play.script() if kind not in ("answer", "candidate_question")] == [
            kind for kind in before if kind not in ("answer", "candidate_question")
        ]
