"""/api/v1/positions, candidates: drafts, versions of a row, strangers (threats 36, 38)."""

import pytest

from interviews.models import AuditEvent, Candidate, Position
from interviews.plan import from_json
from interviews.services import rehearsing
from interviews.tests.api_client import program_of
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.rehearsals import finish, hr

pytestmark = pytest.mark.django_db
CLARITY = "6f2c1a34-9f0e-4a57-8f2e-0c9f7d9d3a10"
DRAFT = {
    "title": "Backend engineer",
    "language": "en",
    "contact": "Alice, alice@example.org",
    "criteria": [{"uuid": CLARITY, "name": "Clarity", "weight": 2, "anchors": ["", "", "fair", "", "clear"]}],
    "questions": [{"text": "Which project?", "mode": "adaptive", "follow_ups": 2, "criteria": [CLARITY]}, {"text": "Why us?"}],
}


@pytest.fixture
def program():
    return program_of(make_alice())


def test_a_draft_is_written_whole_and_read_back(program):
    made = program.call("POST", "positions", DRAFT)
    assert made.status_code == 201
    read = program.call("GET", made["Location"].removeprefix("/api/v1/"))
    assert read.json() == made.json()
    assert read["ETag"] == made["ETag"]
    assert read.json()["state"] == "draft"
    assert [question["text"] for question in read.json()["questions"]] == ["Which project?", "Why us?"]
    assert read.json()["questions"][0]["criteria"] == [CLARITY]
    assert read.json()["criteria"][0]["anchors"][4] == "clear"
    assert AuditEvent.objects.filter(action="create", target_type="position").count() == 1


def test_answers_are_kept_by_nobody(program):
    assert "no-store" in program.call("GET", "positions")["Cache-Control"]


def test_a_change_needs_the_version_that_was_read(program):
    position = make_position()
    path = f"positions/{position.pk}"
    assert program.call("PATCH", path, {"title": "New"}).status_code == 428
    tag = program.call("GET", path)["ETag"]
    changed = program.call("PATCH", path, {"title": "New"}, if_match=tag)
    assert (changed.status_code, changed.json()["title"]) == (200, "New")


def test_the_loser_of_two_changes_gets_the_current_state(program):
    path = f"positions/{make_position().pk}"
    tag = program.call("GET", path)["ETag"]
    program.call("PATCH", path, {"title": "First"}, if_match=tag)
    lost = program.call("PATCH", path, {"title": "Second"}, if_match=tag)
    assert lost.status_code == 412
    assert lost.json()["current"]["title"] == "First"
    assert program.call("PATCH", path, {"title": "Second"}, if_match=lost["ETag"]).status_code == 200


def test_a_change_in_the_admin_counts_as_a_change(program):
    position = make_position()
    path = f"positions/{position.pk}"
    tag = program.call("GET", path)["ETag"]
    position.questions.update(text="Changed in the admin?")
    assert program.call("PATCH", path, {"title": "New"}, if_match=tag).status_code == 412


def test_questions_are_replaced_and_known_ones_stay_the_same_row(program):
    position = make_position()
    kept = position.questions.all()[1]
    questions = [{"text": "First?"}, {"uuid": str(kept.uuid), "text": "Kept?"}]
    changed = program.call("PATCH", f"positions/{position.pk}", {"questions": questions}, if_match="*")
    assert [row["text"] for row in changed.json()["questions"]] == ["First?", "Kept?"]
    kept.refresh_from_db()
    assert kept.text == "Kept?"
    assert kept.criteria.count() == 1


def test_a_change_leaves_invited_people_their_version(program):
    interview = make_interview()
    position = interview.version.position
    program.call("PATCH", f"positions/{position.pk}", {"questions": [{"text": "Changed?"}]}, if_match="*")
    interview.version.refresh_from_db()
    assert "Changed?" not in [question.text for question in from_json(interview.version.plan).questions]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"titel": "x"}, "/titel"),
        ({"state": "open"}, "/state"),
        ({"id": 5}, "/id"),
        ({"title": ""}, "/title"),
        ({"title": "a\u202eb"}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"language": "de"}, "/language"),
        ({"retention_days": 0}, "/retention_days"),
        ({"retention_days": 10**17}, "/retention_days"),
        ({"time_budget_min": "many"}, "/time_budget_min"),
        ({"avatar": 999_999_999_999_999_999}, "/avatar"),
        ({"opens_at": "2026-02-30T00:00:00Z"}, "/opens_at"),
        ({"opens_at": "9999-12-31T23:59:59-23:59"}, "/opens_at"),
        ({"opens_at": "2030-01-02T00:00:00Z", "closes_at": "2030-01-01T00:00:00Z"}, "/closes_at"),
        ({"questions": [{"text": "a?"}, {"text": "b?", "odd": 1}]}, "/questions/1/odd"),
        ({"questions": [{}]}, "/questions/0/text"),
        ({"questions": [{"text": "a?", "follow_ups": 4}]}, "/questions/0/follow_ups"),
        ({"questions": [{"text": "a?", "criteria": [CLARITY]}]}, "/questions/0/criteria/0"),
        ({"questions": "many"}, "/questions"),
        ({"questions": [{"text": "a?"}] * 101}, "/questions"),
        ({"criteria": [{"name": "A", "uuid": CLARITY}, {"name": "B", "uuid": CLARITY}]}, "/criteria"),
        ({"criteria": [{"name": "A", "anchors": ["x"]}]}, "/criteria/0/anchors"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_bad_fields_are_refused_with_a_pointer_and_nothing_is_saved(program, method, body, pointer):
    path = "positions" if method == "POST" else f"positions/{make_position().pk}"
    whole = {**DRAFT, "criteria": [], **body} if method == "POST" and isinstance(body, dict) else body
    if whole and isinstance(body, dict) and "questions" not in body and method == "POST":
        whole["questions"] = []
    before = list(Position.objects.values())
    answer = program.call(method, path, b"null" if whole is None else whole, if_match="*")
    assert answer.status_code == 400, answer.content
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert list(Position.objects.values()) == before


def test_a_uuid_of_another_position_is_not_taken_over(program):
    foreign = make_position().questions.first()
    answer = program.call("POST", "positions", {**DRAFT, "questions": [{"uuid": str(foreign.uuid), "text": "Mine?"}]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/questions/0/uuid")


def test_a_position_opens_and_closes_and_repeating_changes_nothing(program):
    position = make_position(state=Position.State.DRAFT)
    for verb, state in [("open", "open"), ("open", "open"), ("close", "closed"), ("close", "closed")]:
        assert program.call("POST", f"positions/{position.pk}/{verb}").json()["state"] == state


def test_who_opens_a_position_that_was_not_rehearsed_is_told_so(program):
    position = make_position(state=Position.State.DRAFT)
    opened = program.call("POST", f"positions/{position.pk}/open")
    assert opened.json()["state"] == "open"
    assert [(warning["code"], bool(warning["detail"])) for warning in opened.json()["warnings"]] == [("missing", True)]
    shown = program.call("GET", f"positions/{position.pk}")
    assert "warnings" not in shown.json() and shown["ETag"] == opened["ETag"]
    finish(rehearsing.ask(position, language="en", by=hr()))
    found = rehearsing.warning(position)
    again = program.call("POST", f"positions/{position.pk}/open").json()["warnings"]
    assert [warning["code"] for warning in again] == [code for code in [found] if code] and found != "missing"


def test_a_position_without_questions_does_not_open(program):
    answer = program.call("POST", f"positions/{make_position(questions=[]).pk}/open")
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_open")


def test_the_list_goes_on_by_cursor_and_knows_its_filter(program):
    rows = [make_position(title=f"P{number}") for number in range(5)]
    make_position(state=Position.State.DRAFT)
    page = program.call("GET", "positions?page_size=3&state=open").json()
    rest = program.get(page["next"]).json()
    assert [row["id"] for row in page["results"] + rest["results"]] == [row.pk for row in reversed(rows)]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    ["page_size=0", "page_size=100000", "page_size=9999999999999999999999", "state=odd", "odd=1", "state=open&state=draft",
     "state=%00", "page_size=%ff", "format=api"],
)  # fmt: skip
def test_odd_parameters_are_refused(program, query):
    assert program.call("GET", f"positions?{query}").status_code == 400


def test_a_cursor_that_is_none_is_not_found(program):
    assert program.call("GET", "positions?cursor=%00odd").status_code in (400, 404)


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 40, "-1", "x", "%00", "1%2F2"])
def test_what_is_not_there_is_a_problem_and_no_page(program, pk):
    answer = program.call("GET", f"positions/{pk}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_candidate_is_added_and_changed(program):
    made = program.call("POST", "candidates", {"name": "Bob", "email": "bob@example.org", "time_zone": "Asia/Almaty"})
    assert made.status_code == 201
    changed = program.call("PATCH", f"candidates/{made.json()['id']}", {"phone": "+7 700"}, if_match=made["ETag"])
    assert changed.json() == {**made.json(), "phone": "+7 700"}
    assert AuditEvent.objects.filter(target_type="candidate").count() == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": "Bob", "email": "bob"}, "/email"),
        ({"name": "Bob", "time_zone": "Mars/Base"}, "/time_zone"),
        ({"name": "Bob", "telegram_id": 5}, "/telegram_id"),
        ({"name": ["Bob"]}, "/name"),
        ({"name": {"a": 1}}, "/name"),
        ({"name": True}, "/name"),
    ],
)
def test_a_bad_candidate_is_refused(program, body, pointer):
    answer = program.call("POST", "candidates", body)
    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Candidate.objects.exists()


def test_a_foreign_candidate_is_not_found():
    charlie = make_alice(username="charlie", is_superuser=False)
    from django.contrib.auth.models import Permission

    charlie.user_permissions.set(Permission.objects.filter(codename__in=["view_candidate", "change_candidate"]))
    bob = make_interview().candidate
    program = program_of(charlie)
    assert program.call("GET", f"candidates/{bob.pk}").status_code == 404
    assert program.call("PATCH", f"candidates/{bob.pk}", {"name": "Eve"}, if_match="*").status_code == 404
    assert program.call("GET", "candidates").json()["results"] == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "TRACE"])
def test_wrong_methods_are_refused(program, method):
    answer = program.call(method, f"positions/{make_position().pk}", {})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("text/plain", 415), ("multipart/form-data; boundary=x", 415), ("application/x-www-form-urlencoded", 415),
     ("application/json; charset=utf-16", 415), ("application/json; charset=utf-8", 201), ("", 415), ("odd", 415)],
)  # fmt: skip
def test_only_json_is_taken(program, content_type, status):
    answer = program.generic("POST", "/api/v1/candidates", b'{"name": "Bob"}', content_type=content_type)
    assert answer.status_code == status


def test_a_body_over_the_limit_is_refused(program):
    answer = program.call("POST", "candidates", b'{"name": "' + b"x" * 1_100_000 + b'"}')
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"questions": [{"text": "Do you have children?"}]}, "/questions/0/text"),
        ({"criteria": [{"name": "Привлекательная внешность"}], "questions": []}, "/criteria/0/name"),
    ],
)
def test_a_protected_topic_is_refused_with_its_place(program, change, pointer):
    refused = program.call("POST", "positions", {**DRAFT, **change})
    assert refused.status_code == 400
    assert (refused.json()["errors"][0]["pointer"], refused.json()["errors"][0]["code"]) == (pointer, "protected_topic")
    assert not Position.objects.exists()
