"""The conversation with its rows: one transaction an event, twice is once, late is kept (design §5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from interviews.conversation.values import Done, Typed
from interviews.models import Interview, Turn
from interviews.services import conversation, seats
from interviews.services.conversation import NotOpen
from interviews.tests.builders import make_interview, make_position

PHONE = "phone"
pytestmark = pytest.mark.django_db


def begun(**fields: object) -> Interview:
    interview = make_interview(state=Interview.State.IN_PROGRESS, **fields)
    conversation.join(interview.pk, PHONE)
    return interview


def type_in(interview: Interview, text: str, message_id: str = "", question: str | None = None) -> conversation.Outcome:
    return conversation.advance(interview.pk, Typed(message_id or text, text, question), PHONE)


def completed() -> Interview:
    interview = begun(position=make_position(questions=["Only one?"]))
    type_in(interview, "Answer")
    type_in(interview, "no")
    interview.refresh_from_db()
    return interview


def test_joining_twice_greets_once():
    interview = begun()
    outcome, _seen_at = conversation.join(interview.pk, PHONE)
    assert [turn.kind for turn in outcome.turns] == ["greeting", "question"]
    assert [sentence.number for sentence in outcome.say] == list(range(len(outcome.say)))


def test_the_row_knows_the_current_question():
    interview = begun()
    outcome = type_in(interview, "Answer")
    interview.refresh_from_db()
    assert str(interview.current_question) == outcome.plan.questions[1].uuid


def test_a_device_without_the_seat_changes_nothing():
    interview = begun()
    with pytest.raises(seats.Elsewhere):
        conversation.advance(interview.pk, Typed("t", "Answer"), "laptop")
    assert not Turn.objects.filter(speaker="candidate").exists()


@pytest.mark.parametrize("state", ["revoked", "abandoned", "expired"])
def test_a_call_that_was_ended_by_others_takes_nothing_more(state):
    interview = begun()
    Interview.objects.filter(pk=interview.pk).update(state=state)
    for take in (lambda: type_in(interview, "Answer"), lambda: conversation.join(interview.pk, PHONE)):
        with pytest.raises(NotOpen) as refused:
            take()
        assert refused.value.state == state


def test_words_that_come_after_the_end_are_kept_for_a_day_and_change_no_state():
    interview = completed()
    question = str(interview.turns.get(kind="question").question_uuid)
    type_in(interview, "One thing more", question=question)
    assert interview.turns.filter(kind="answer").count() == 2
    Interview.objects.filter(pk=interview.pk).update(completed_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(NotOpen):
        type_in(interview, "Too late", question=question)
    interview.refresh_from_db()
    assert interview.state == Interview.State.COMPLETED


def test_an_addition_after_the_end_is_refused_when_the_deadline_and_grace_are_over():
    interview = begun()
    Interview.objects.filter(pk=interview.pk).update(deadline=timezone.now() - timedelta(hours=2))
    assert type_in(interview, "Answer").refused == "deadline"
    assert conversation.join(interview.pk, PHONE)[0].refused == "deadline"
    assert not interview.turns.filter(speaker="candidate").exists()


def test_a_short_interview_completes_with_one_passage():
    interview = completed()
    assert [passage.new_state for passage in interview.passages.all()] == ["completed"]
    conversation.advance(interview.pk, Done(), PHONE)
    assert interview.passages.count() == 1


def test_the_lowest_rung_that_spoke_a_turn_stays():
    interview = begun()
    for rung in ("local", "text", "local"):
        conversation.spoken_by(interview.pk, 1, rung)
    assert interview.turns.get(number=1).rung == "text"


def test_the_next_words_are_known_while_the_candidate_answers():
    outcome = conversation.join(begun().pk, PHONE)[0]
    said = [sentence.text for sentence in type_in(outcome.interview, "Answer").say]
    assert conversation.next_texts(outcome) == said


def test_the_number_of_queries_does_not_grow_with_the_turns():
    interview = begun()

    def queries(message_id: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            conversation.advance(interview.pk, Typed(message_id, "Part", more=True), PHONE)
        return len(caught)

    first = queries("first")
    for number in range(20):
        conversation.advance(interview.pk, Typed(f"t{number}", "Part", more=True), PHONE)
    assert queries("last") == first


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_many_sockets_at_once_is_stored_once():
    interview = begun()

    def send(_number: int) -> bool:
        try:
            return type_in(interview, "Answer", "same").duplicate
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        duplicates = list(pool.map(send, range(8)))
    assert sorted(duplicates) == [False] + [True] * 7
    assert interview.turns.filter(kind="answer").count() == 1
    assert interview.turns.filter(kind="question").count() == 2
