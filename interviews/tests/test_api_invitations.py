"""/api/v1/invitations: a result per row, repeated requests, links (threats 9, 37, 43)."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from interview_site.api import idempotency
from interview_site.api.records import IdempotencyRecord
from interviews import links
from interviews.models import AuditEvent, Candidate, Interview, OutgoingMail, Position
from interviews.services import rehearsing
from interviews.tests.api_client import program_of
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.rehearsals import hr

pytestmark = pytest.mark.django_db
BOB = {"name": "Bob", "email": "bob@example.org"}
DANA = {"name": "Дана", "email": "dana@example.org", "language": "kk"}


@pytest.fixture
def program():
    cache.clear()
    return program_of(make_alice())


def batch(position, *guests, **fields):
    return {"position": position.pk, "guests": list(guests), **fields}


def test_each_row_has_its_own_result(program):
    bad = {"name": "Eve", "email": "eve"}
    answer = program.call("POST", "invitations", batch(make_position(), BOB, bad, DANA)).json()
    assert [row["status"] for row in answer["results"]] == ["invited", "refused", "invited"]
    assert (answer["invited"], answer["refused"]) == (2, 1)
    assert answer["results"][1]["detail"]
    assert Interview.objects.get(public_id=answer["results"][2]["interview"]).language == "kk"
    assert OutgoingMail.objects.count() == 2


def test_who_invites_to_a_position_that_was_not_rehearsed_is_told_so_and_the_invitations_go_out(program):
    position = make_position()
    answer = program.call("POST", "invitations", batch(position, BOB)).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["missing"] and answer["invited"] == 1
    rehearsing.ask(position, language="en", by=hr())
    answer = program.call("POST", "invitations", batch(position, DANA)).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["under_way"] and answer["invited"] == 1


def test_an_existing_candidate_is_invited_as_the_same_person(program):
    bob = Candidate.objects.create(name="Bob")
    answer = program.call("POST", "invitations", batch(make_position(), {"candidate": bob.pk})).json()
    assert Interview.objects.get(public_id=answer["results"][0]["interview"]).candidate == bob


def test_a_candidate_that_is_none_is_one_refused_row(program):
    answer = program.call("POST", "invitations", batch(make_position(), {"candidate": 999}, BOB)).json()
    assert [row["status"] for row in answer["results"]] == ["refused", "invited"]


def test_nobody_is_invited_to_a_draft(program):
    answer = program.call("POST", "invitations", batch(make_position(state=Position.State.DRAFT), BOB)).json()
    assert answer["invited"] == 0
    assert not Interview.objects.exists()


def test_the_same_request_again_answers_the_same_and_invites_nobody(program):
    body = batch(make_position(), BOB, DANA)
    first = program.call("POST", "invitations", body, idempotency_key="k1")
    second = program.call("POST", "invitations", body, idempotency_key="k1")
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Interview.objects.count() == 2


def test_a_key_used_for_another_body_is_refused(program):
    position = make_position()
    program.call("POST", "invitations", batch(position, BOB), idempotency_key="k1")
    answer = program.call("POST", "invitations", batch(position, DANA), idempotency_key="k1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_belongs_to_its_token(program):
    position, other = make_position(), program_of(make_alice(username="other"))
    program.call("POST", "invitations", batch(position, BOB), idempotency_key="k1")
    assert other.call("POST", "invitations", batch(position, DANA), idempotency_key="k1").status_code == 200


def _leave_running(program, body, *, locked_until, kept=None):
    """What a call leaves behind when its process dies in the middle."""
    program.call("POST", "invitations", body, idempotency_key="k1")
    IdempotencyRecord.objects.update(state="running", status=None, locked_until=locked_until, body=kept or {})


def test_a_request_that_is_still_running_says_when_to_come_back(program):
    body = batch(make_position(), BOB)
    _leave_running(program, body, locked_until=timezone.now() + timedelta(seconds=30))
    answer = program.call("POST", "invitations", body, idempotency_key="k1")
    assert (answer.status_code, answer.json()["code"]) == (409, "still_running")
    assert 1 <= int(answer["Retry-After"]) <= 30


def test_a_request_that_broke_off_goes_on_where_it_stopped(program):
    body = batch(make_position(), BOB, DANA)
    done = [{"index": 0, "status": "invited", "interview": "before-the-crash", "detail": ""}]
    _leave_running(program, batch(make_position(), BOB, DANA), locked_until=timezone.now())
    IdempotencyRecord.objects.all().delete()
    Interview.objects.all().delete()
    program.call("POST", "invitations", body, idempotency_key="k1")
    IdempotencyRecord.objects.update(state="running", status=None, locked_until=timezone.now(), body={"results": done})
    Interview.objects.filter(candidate__email=DANA["email"]).delete()
    answer = program.call("POST", "invitations", body, idempotency_key="k1").json()
    assert [row["interview"] for row in answer["results"]][0] == "before-the-crash"
    assert answer["invited"] == 2
    assert Interview.objects.filter(candidate__email=BOB["email"]).count() == 1


def test_a_late_writer_whose_lock_was_taken_over_changes_nothing(program):
    position = make_position()
    program.call("POST", "invitations", batch(position, BOB), idempotency_key="k1")
    record = IdempotencyRecord.objects.get()
    IdempotencyRecord.objects.update(run=2)
    with pytest.raises(Exception, match="still running"):
        idempotency._keep_progress(record, {"results": []})


def test_a_refused_body_leaves_the_key_free(program):
    assert program.call("POST", "candidates", {"name": ""}, idempotency_key="k1").status_code == 400
    assert program.call("POST", "candidates", {"name": "Bob"}, idempotency_key="k1").status_code == 201


def test_creating_twice_with_a_key_creates_one(program):
    answers = [program.call("POST", "candidates", BOB, idempotency_key="k1") for _call in range(2)]
    assert answers[0].json() == answers[1].json()
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "ключ"])
def test_an_odd_key_is_refused(program, key):
    assert program.call("POST", "candidates", BOB, idempotency_key=key).status_code == 400


def test_answers_are_kept_for_a_day_and_hold_no_person_and_no_link(program):
    program.call("POST", "invitations", batch(make_position(), BOB), idempotency_key="k1")
    program.call("POST", "candidates", BOB, idempotency_key="k2")
    stored = str(list(IdempotencyRecord.objects.values()))
    assert "Bob" not in stored and "bob@" not in stored and "/i/" not in stored
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.sweep() == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/position"),
        ({"position": 999, "guests": [BOB]}, "/position"),
        ({"position": True, "guests": [BOB]}, "/position"),
        ({"guests": []}, "/guests"),
        ({"guests": [BOB] * 201}, "/guests"),
        ({"guests": [{**BOB, "odd": 1}]}, "/guests/0/odd"),
        ({"guests": [{**BOB, "candidate": 1}]}, "/guests/0"),
        ({"guests": ["Bob"]}, "/guests/0"),
        ({"guests": [{"name": {}}]}, "/guests/0/name"),
        ({"guests": [{"candidate": 0}]}, "/guests/0/candidate"),
    ],
)
def test_a_malformed_batch_is_refused_whole(program, body, pointer):
    answer = program.call("POST", "invitations", {**({"position": make_position().pk} if body else {}), **body})
    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Interview.objects.exists()


def test_the_link_is_shown_again_and_noted(program):
    interview = make_interview()
    answer = program.call("GET", f"invitations/{interview.public_id}/link").json()
    assert answer["link"] == links.link(interview.public_id, 1)
    assert AuditEvent.objects.filter(action="show_link", target_id=str(interview.pk)).count() == 1


def test_a_reissue_ends_the_old_link_once_per_key(program):
    interview = make_interview()
    path = f"invitations/{interview.public_id}/reissue"
    answers = [program.call("POST", path, idempotency_key="k1").json() for _call in range(2)]
    interview.refresh_from_db()
    assert interview.link_generation == 2
    assert answers[0] == answers[1]
    assert answers[0]["link"] == links.link(interview.public_id, 2)


def test_the_letter_is_sent_again(program):
    interview = make_interview()
    assert program.call("POST", f"invitations/{interview.public_id}/resend", {}).status_code == 202
    assert OutgoingMail.objects.filter(interview=interview).count() == 1


def test_an_invitation_is_taken_back_with_a_reason(program):
    interview = make_interview()
    path = f"invitations/{interview.public_id}/revoke"
    assert program.call("POST", path, {}).status_code == 400
    for _call in range(2):
        assert program.call("POST", path, {"reason": "Position filled"}).json()["state"] == "revoked"


@pytest.mark.parametrize(("verb", "method"), [("link", "GET"), ("resend", "POST"), ("reissue", "POST"), ("revoke", "POST")])
def test_a_finished_interview_refuses_with_its_state(program, verb, method):
    interview = make_interview(state=Interview.State.COMPLETED)
    body = {"reason": "x"} if verb == "revoke" else None
    answer = program.call(method, f"invitations/{interview.public_id}/{verb}", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (409, "wrong_state", "completed")


@pytest.mark.parametrize(("verb", "method"), [("link", "GET"), ("resend", "POST"), ("reissue", "POST"), ("revoke", "POST")])
def test_a_foreign_invitation_is_not_found(verb, method):
    from django.contrib.auth.models import Permission

    charlie = make_alice(username="charlie", is_superuser=False)
    charlie.user_permissions.set(Permission.objects.filter(codename="change_interview"))
    path = f"invitations/{make_interview().public_id}/{verb}"
    assert program_of(charlie).call(method, path, {"reason": "x"} if verb == "revoke" else None).status_code == 404
