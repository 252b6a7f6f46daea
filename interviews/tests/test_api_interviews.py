"""/api/v1/interviews: state, progress, transcript, reviews, decisions; all read only."""

import pytest
from django.contrib.auth.models import Permission
from django.test.utils import CaptureQueriesContext

from interviews.models import AuditEvent, Decision, Interview, Mark, Review, Turn
from interviews.plan import from_json
from interviews.tests.api_client import program_of
from interviews.tests.builders import make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db
State = Interview.State


@pytest.fixture
def alice():
    return make_alice()


@pytest.fixture
def program(alice):
    return program_of(alice)


def answered(interview, number=1):
    """The first `number` questions asked and answered."""
    for index, question in enumerate(from_json(interview.version.plan).questions[:number]):
        for offset, (speaker, kind) in enumerate([("avatar", "question"), ("candidate", "answer")]):
            Turn.objects.create(
                interview=interview,
                number=2 * index + offset,
                speaker=speaker,
                kind=kind,
                text=question.text,
                question_uuid=question.uuid,
            )
    return interview


def test_progress_counts_answered_questions_of_the_plan(program):
    interview = answered(make_interview(state=State.IN_PROGRESS), 2)
    shown = program.call("GET", f"interviews/{interview.public_id}").json()
    assert shown["progress"] == {"answered": 2, "total": 3}
    assert (shown["state"], shown["candidate"]["name"], shown["decision"]) == ("in_progress", "Bob", None)


def test_the_latest_decision_counts(program, alice):
    interview = make_interview(state=State.COMPLETED)
    for outcome in ("hold", "advance"):
        Decision.objects.create(interview=interview, reviewer=alice, outcome=outcome, reason="Because.")
    assert program.call("GET", f"interviews/{interview.public_id}").json()["decision"] == "advance"
    rows = program.call("GET", f"interviews/{interview.public_id}/decisions").json()["results"]
    assert [row["outcome"] for row in rows] == ["advance", "hold"]
    assert rows[0]["reviewer"] == "alice"


def test_the_list_is_filtered(program, alice):
    done, waiting = make_interview(state=State.COMPLETED), make_interview(state=State.COMPLETED)
    make_interview()
    Decision.objects.create(interview=done, reviewer=alice, outcome="advance", reason="Because.")

    def ids(query):
        return {row["id"] for row in program.call("GET", f"interviews?{query}").json()["results"]}

    assert ids("state=completed") == {done.public_id, waiting.public_id}
    assert ids("waiting=true") == {waiting.public_id}
    assert waiting.public_id not in ids("waiting=false")
    assert ids(f"candidate={done.candidate_id}") == {done.public_id}
    assert ids(f"position={done.version.position_id}") == {done.public_id}
    assert ids("created_to=2001-01-01T00:00:00Z") == set()


@pytest.mark.parametrize(
    "query", ["position=0", f"position={'9' * 30}", "state=x", "created_from=2026-02-30", "waiting=maybe", "who=x"]
)
def test_odd_filters_are_refused(program, query):
    assert program.call("GET", f"interviews?{query}").status_code == 400


def test_the_transcript_is_paged_in_order_and_its_reading_noted_once(program):
    interview = answered(make_interview(state=State.COMPLETED), 3)
    page = program.call("GET", f"interviews/{interview.public_id}/transcript?page_size=4").json()
    rest = program.get(page["next"]).json()
    assert [turn["number"] for turn in page["results"] + rest["results"]] == [0, 1, 2, 3, 4, 5]
    assert AuditEvent.objects.filter(action="view", target_id=str(interview.pk)).count() == 1


def test_reviews_carry_their_marks(program, alice):
    interview = make_interview(state=State.COMPLETED)
    review = Review.objects.create(interview=interview, reviewer=alice, comment="Clear.")
    uuid = from_json(interview.version.plan).criteria[0].uuid
    Mark.objects.create(review=review, criterion_uuid=uuid, score=None)
    rows = program.call("GET", f"interviews/{interview.public_id}/reviews").json()["results"]
    assert rows[0]["marks"] == [{"criterion": uuid, "score": None, "note": ""}]


def test_a_person_signed_in_sees_others_marks_only_after_their_own(client, alice):
    interview = make_interview(state=State.COMPLETED)
    Review.objects.create(interview=interview, reviewer=alice, comment="Clear.")
    dana = make_alice(username="dana")
    client.force_login(dana)
    path = f"/api/v1/interviews/{interview.public_id}/reviews"
    assert client.get(path).json()["results"] == []
    Review.objects.create(interview=interview, reviewer=dana, comment="Unclear.")
    assert [row["comment"] for row in client.get(path).json()["results"]] == ["Unclear.", "Clear."]


@pytest.mark.parametrize("path", ["", "/transcript", "/reviews", "/decisions"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_no_call_writes_an_interview_a_review_or_a_decision(program, path, method):
    interview = make_interview(state=State.COMPLETED)
    answer = program.call(method, f"interviews/{interview.public_id}{path}", {"outcome": "advance", "reason": "x"})
    assert answer.status_code == 405
    assert not Decision.objects.exists()


@pytest.mark.parametrize("path", ["", "/transcript", "/reviews", "/decisions"])
def test_a_foreign_interview_is_not_found(path):
    charlie = make_alice(username="charlie", is_superuser=False)
    charlie.user_permissions.set(Permission.objects.filter(codename="view_interview"))
    program = program_of(charlie)
    own, foreign = make_interview(position=make_position(created_by=charlie)), make_interview()
    assert program.call("GET", f"interviews/{foreign.public_id}{path}").status_code == 404
    assert program.call("GET", f"interviews/{own.public_id}{path}").status_code == 200
    assert not AuditEvent.objects.filter(target_id=str(foreign.pk)).exists()


def fill(count, alice):
    position = make_position(title="Grows")
    for _row in range(count):
        interview = answered(make_interview(position=position, state=State.COMPLETED), 1)
        Decision.objects.create(interview=interview, reviewer=alice, outcome="hold", reason="Because.")
        review = Review.objects.create(interview=interview, reviewer=alice)
        Mark.objects.create(review=review, criterion_uuid=from_json(interview.version.plan).criteria[0].uuid, score=3)
    make_position()
    return interview


@pytest.mark.parametrize("path", ["positions", "candidates", "interviews", "interviews/{}/transcript", "interviews/{}/reviews"])
def test_a_list_asks_the_database_equally_often_however_long_it_is(program, alice, path, django_assert_num_queries):
    from django.db import connection

    def queries(interview):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert program.call("GET", path.format(interview.public_id)).status_code == 200
        return len(asked)

    first = fill(2, alice)
    queries(first)  # what is remembered after the first call
    assert queries(first) == queries(fill(6, alice))
