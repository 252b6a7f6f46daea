"""The conversation like a play: who says what, and where it stands then."""

from datetime import timedelta

import pytest

from interviews.conversation.values import Answered, Done, Joined, Offer, Pause, Repeat, Resume, Skip, Typed
from interviews.conversation.wording import LINES
from interviews.services.sentences import split
from interviews.tests.play import START, TEXTS, Play, make_plan, notices, uuid

DISCLOSURE = {"ru": "искусственный интеллект", "en": "artificial intelligence", "kk": "жасанды интеллект"}


# --- Greeting ---


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
@pytest.mark.parametrize("name", ["Bob", "", "J. R. Smith", "Иванова Айгуль Сериковна", "<b>{name}</b> 007", "я" * 300])
@pytest.mark.parametrize("intro", ["", "Hello there. I am Mary, a person."])
def test_the_first_sentence_says_that_it_is_an_ai(language, name, intro):
    play = Play(language=language, name=name, plan=make_plan(intro=intro)).join()
    assert DISCLOSURE[language] in split(play.turns[0].text, language)[0]


def test_the_greeting_uses_the_candidates_name_and_the_company():
    play = Play(name="Bob", company="Acme").join()
    assert play.turns[0].text.startswith("Hello Bob, ")
    assert "Acme" in play.turns[0].text


def test_a_russian_candidate_is_addressed_by_name_and_patronymic():
    assert Play(language="ru", name="Иванова Айгуль Сериковна").join().turns[0].text.startswith("Здравствуйте, Айгуль Сериковна,")


def test_the_positions_own_greeting_replaces_the_standard_one():
    play = Play(plan=make_plan(intro="Welcome to our shop.")).join()
    assert play.turns[0].text.endswith("Welcome to our shop.")
    assert LINES["en"]["greeting"] not in play.turns[0].text


def test_the_avatar_greets_and_asks_the_first_question_word_for_word():
    play = Play().join()
    assert play.script() == ["greeting", "question"]
    assert play.turns[1].text == TEXTS[0]


# --- The way through ---


def test_a_whole_interview():
    play = Play().join()
    for _question in range(3):
        play.types("My answer.")
    play.types("No, thanks.")
    assert play.script() == [
        "greeting", "question", "answer", "reply", "question", "answer", "reply", "question", "answer", "invite_questions",
        "command", "farewell",
    ]  # fmt: skip
    assert play.finished


def test_neighbouring_bridges_differ_and_the_last_question_is_named():
    play = Play(plan=make_plan(required=(True,) * 6)).join()
    for _question in range(6):
        play.types("My answer.")
    bridges = [turn.text for turn in play.turns if turn.kind == "reply"]
    assert all(one != other for one, other in zip(bridges, bridges[1:], strict=False))
    assert bridges[-1] in LINES["en"]["last_question"]


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_a_bridge_never_judges(language):
    praise = (
        "отлично",
        "замечательно",
        "прекрасно",
        "great",
        "excellent",
        "perfect",
        "good answer",
        "тамаша",
        "керемет",
        "өте жақсы",
    )
    lines = LINES[language]
    for bridge in (*lines["bridges"], *lines["bridges_skipped"], *lines["last_question"], *lines["noted"]):
        assert not any(word in bridge.lower() for word in praise)


def test_all_languages_have_the_same_lines():
    assert len({frozenset(lines) for lines in LINES.values()}) == 1
    assert len({frozenset(lines["notices"]) for lines in LINES.values()}) == 1


def test_an_answer_may_come_in_several_parts():
    play = Play().join()
    play.types("One thing.", more=True)
    play.types("Another thing.", more=True)
    assert play.current() == uuid(0)
    play.presses_done()
    assert play.script()[2:] == ["answer", "answer", "reply", "question"]


def test_a_spoken_answer_whose_words_come_later_moves_on():
    play = Play().join()
    play.send(Answered(start_ms=100, end_ms=900, id="v1"))
    assert (play.turns[2].input, play.turns[2].text_state, play.turns[2].end_ms) == ("voice", "pending", 900)
    assert play.current() == uuid(1)


def test_done_without_an_answer_moves_nothing_and_says_so():
    play = Play().join()
    assert notices(play.presses_done()) == ["nothing_yet"]
    assert play.current() == uuid(0)


def test_no_is_an_answer_to_a_question_of_the_plan():
    play = Play().join()
    play.types("No")
    assert play.turns[2].kind == "answer"


@pytest.mark.parametrize(
    "text",
    ["Well, um…", "Good question. Let me think.", "Эм… ну…", "Хороший вопрос. Так, дайте подумать.", "Жақсы сұрақ, ойланайын."],
)
def test_who_only_hesitates_or_asks_for_time_has_not_answered(text):
    play = Play().join()
    step = play.send(Answered(0, 900, "v", text=text, text_state="final"))
    assert notices(step) == ["thinking"]
    assert play.current() == uuid(0)
    play.types("I build bridges.")
    assert play.current() == uuid(1)


@pytest.mark.parametrize("text", ["Yes", "Да, конечно", "Well, no", "I waited a minute.", "Это вопрос времени.", "Иә"])
def test_short_answers_are_answers(text):
    play = Play().join()
    play.send(Answered(0, 900, "v", text=text, text_state="final"))
    assert play.current() == uuid(1)


# --- Repeat, skip, pause ---


@pytest.mark.parametrize(
    "text",
    [
        "repeat please",
        "Could you repeat the question?",
        "Повторите, пожалуйста, вопрос!",
        "Ещё раз",
        "қайталаңызшы",
        "Сұрақты қайталаңызшы",
    ],
)
def test_asking_to_repeat_says_the_question_again(text):
    play = Play().join()
    play.types(text)
    assert play.script()[2:] == ["command", "repeat"]
    assert play.said().endswith(TEXTS[0])
    assert play.current() == uuid(0)


@pytest.mark.parametrize(
    "text", ["I had to repeat the question to my boss.", "Мы решили пропустить этот этап", "The next question is who pays"]
)
def test_a_sentence_that_only_contains_a_command_is_an_answer(text):
    play = Play().join()
    play.types(text)
    assert play.turns[2].kind == "answer"


def test_pressing_repeat_twice_at_once_repeats_once():
    play = Play().join().hear()
    play.send(Repeat())
    play.send(Repeat(), after_s=0.3)
    assert play.script().count("repeat") == 1


def test_a_question_that_is_not_required_is_skipped_at_once():
    play = Play(plan=make_plan(required=(False, True))).join()
    play.presses_skip()
    assert play.script()[2:] == ["skip", "reply", "question"]


@pytest.mark.parametrize("text", ["skip", "пропустить вопрос", "өткізіп жіберейік", "дальше", "келесі сұрақ"])
def test_a_required_question_asks_back_once_and_is_then_skipped(text):
    play = Play().join()
    play.types(text)
    assert play.script()[2:] == ["command", "offer"]
    play.types(text)
    assert play.script()[4:] == ["skip", "reply", "question"]


def test_the_same_press_of_skip_twice_does_not_confirm_itself():
    play = Play().join()
    play.presses_skip()
    play.presses_skip(after_s=0.2)
    assert play.current() == uuid(0)
    play.presses_skip(after_s=5)
    assert play.current() == uuid(1)


def test_after_the_question_whether_to_skip_yes_skips_and_no_stays():
    stays, skips = Play().join(), Play().join()
    for play, text in ((stays, "нет"), (skips, "да")):
        play.presses_skip()
        play.types(text)
    assert (stays.current(), skips.current()) == (uuid(0), uuid(1))


def test_a_late_skip_or_done_of_a_closed_question_does_nothing():
    play = Play().join()
    play.types("Answer")
    before = play.script()
    play.send(Skip(uuid(0)))
    play.send(Done(uuid(0)))
    assert play.script() == before


def test_pause_and_resume_come_back_to_the_same_question():
    play = Play().join().hear()
    play.types("пауза")
    assert play.paused
    play.send(Resume())
    assert not play.paused
    assert play.said().endswith(TEXTS[0])


def test_resuming_sends_again_what_was_not_heard_instead_of_repeating():
    play = Play().join()
    play.send(Pause())
    play.send(Resume())
    assert play.script() == ["greeting", "question"]
    assert play.resent == list(range(play.turns[1].last_sentence + 1))


def test_words_typed_during_a_pause_are_an_answer_and_end_it():
    play = Play().join()
    play.send(Pause())
    play.types("My answer")
    assert not play.paused
    assert play.current() == uuid(1)


def test_let_me_think_holds_the_floor():
    play = Play().join()
    assert notices(play.types("Дайте подумать…")) == ["thinking"]
    assert play.current() == uuid(0)


# --- Silence ---


def test_silence_brings_two_different_offers_and_then_a_pause():
    play = Play().join().hear()
    play.send(Offer(1, uuid(0)))
    first = play.said()
    play.send(Offer(2, uuid(0)))
    assert play.said() != first
    play.send(Pause(by_silence=True, question=uuid(0)))
    assert play.paused


def test_a_cue_that_comes_after_the_question_is_closed_does_nothing():
    play = Play().join()
    play.types("Answer")
    before = play.script()
    play.send(Offer(1, uuid(0)))
    play.send(Pause(by_silence=True, question=uuid(0)))
    assert play.script() == before
    assert not play.paused


# --- Additions ---


def test_words_for_a_closed_question_are_added_to_it_and_move_nothing():
    play = Play().join()
    play.types("Answer")
    play.types("And one more thing.", question=uuid(0))
    assert (play.turns[-1].kind, play.turns[-1].question) == ("answer", uuid(0))
    assert play.current() == uuid(1)


def test_the_same_typed_text_sent_twice_is_stored_once():
    play = Play().join()
    play.send(Typed("same", "Answer"))
    assert play.send(Typed("same", "Answer")).duplicate
    assert play.script().count("answer") == 1


def test_words_for_a_question_that_was_not_asked_are_refused():
    play = Play().join()
    assert play.types("Answer", question=uuid(2)).refused == "unknown_question"
    assert play.types("Answer", question=uuid(9)).refused == "unknown_question"


def test_an_addition_during_the_open_question_does_not_hide_its_unheard_sentences():
    play = Play().join()
    play.types("Answer")
    play.types("More", question=uuid(0))
    play.send(Joined())
    assert play.resent


# --- The candidate's questions ---


def asked_everything() -> Play:
    play = Play(plan=make_plan(required=(True,))).join()
    play.types("Answer")
    return play


def test_a_candidates_question_is_noted_for_the_recruiter():
    play = asked_everything()
    play.types("What is the salary?")
    assert play.script()[-2:] == ["candidate_question", "reply"]
    assert play.said() in LINES["en"]["noted"]
    assert not play.finished


@pytest.mark.parametrize("text", ["No", "нет, спасибо", "Вопросов нет.", "жоқ, рахмет", "Жоқ, рақмет.", "That's all", "дальше"])
def test_no_more_questions_leads_to_the_farewell(text):
    play = asked_everything()
    play.types(text)
    assert play.script()[-1] == "farewell"
    assert play.finished


def test_a_spoken_question_without_words_yet_is_not_asked_about_for_ever():
    play = asked_everything()
    play.send(Answered(start_ms=0, end_ms=500, id="v"))
    assert play.script()[-3:] == ["candidate_question", "reply", "farewell"]


def test_a_question_spoken_before_the_button_is_noted_and_nothing_more_is_asked():
    play = asked_everything()
    play.send(Answered(0, 500, "v", text="What is the salary?", text_state="final", complete=False, is_last=True))
    play.presses_done()
    assert play.script()[-3:] == ["candidate_question", "reply", "farewell"]
    assert play.turns[-2].text == LINES["en"]["noted_pending"]


def test_questions_without_end_come_to_a_polite_end():
    play = asked_everything()
    for number in range(30):
        play.types(f"Question {number}?")
    assert play.finished
    assert play.script().count("farewell") == 1


def test_the_positions_own_farewell_is_said():
    play = Play(plan=make_plan(required=(True,), farewell="See you.")).join()
    play.types("Answer")
    play.types("no")
    assert play.said() == "See you."


def test_after_the_farewell_nothing_moves_and_words_are_kept():
    play = asked_everything()
    play.types("no")
    for event in (Repeat(), Skip(None), Done(None), Pause(), Resume(), Offer(1)):
        play.send(event)
    assert play.script()[-1] == "farewell"
    play.types("One thing more", question=uuid(0))
    assert play.script()[-1] == "answer"


# --- Time ---


def test_when_the_time_is_used_up_only_required_questions_remain_and_it_is_said_once():
    play = Play(plan=make_plan(required=(True, False, True, True), time_budget_min=5)).join()
    play.at += timedelta(minutes=6)
    play.types("Answer")
    assert play.current() == uuid(2)
    play.types("Answer")
    assert [turn.text for turn in play.turns].count(LINES["en"]["time_is_short"]) == 1


def test_when_only_optional_questions_are_left_they_are_left_out_kindly():
    play = Play(plan=make_plan(required=(True, False, False), time_budget_min=5)).join()
    play.at += timedelta(minutes=6)
    play.types("Answer")
    assert play.script()[-2:] == ["reply", "invite_questions"]
    assert play.turns[-2].text == LINES["en"]["time_is_over"]


def test_the_deadline_does_not_stop_the_answer_being_given():
    play = Play(deadline=START + timedelta(minutes=5)).join()
    play.at += timedelta(minutes=6)
    play.types("Answer")
    assert play.script()[-3:] == ["answer", "reply", "farewell"]
    assert play.finished


def test_the_deadline_stops_new_answers():
    play = Play(deadline=START + timedelta(minutes=5)).join()
    play.at += timedelta(hours=3)
    assert play.send(Joined()).refused == "deadline"
    assert play.types("Answer").refused == "deadline"


def test_nothing_begins_after_the_deadline():
    assert Play(deadline=START).send(Joined()).refused == "deadline"
