"""PostgreSQL, Redis, two web processes and two workers at once (design §8, threats 1–5)."""

from collections import Counter

import pytest
import requests
from websockets.exceptions import ConnectionClosed

from interviews.tests.candidate_walk import Walk
from interviews.tests.production.stage import LEASE_S, finish, wait_for

pytestmark = pytest.mark.production


@pytest.fixture
def bob(stage, link_of):
    walk = Walk(stage.web[0], stage.origin)
    walk.public_id, link = link_of()
    walk.open(link)
    return walk


def transcript(stage, public_id):
    return stage.call("GET", f"interviews/{public_id}/transcript", process=1)["results"]


def test_a_candidate_goes_on_at_the_other_process_when_theirs_is_killed(stage, bob):
    with bob.socket() as socket:
        assert bob.answer(socket, most=1) is False
        stage.kill("web0")
        with pytest.raises((ConnectionClosed, OSError)):
            bob.answer(socket)
    try:
        bob.base_url = stage.web[1]
        with bob.socket() as again:
            assert bob.answer(again) is True
        turns = transcript(stage, bob.public_id)
        stored = [turn["text"] for turn in turns if turn["speaker"] == "candidate" and turn["kind"] == "answer"]
        # Nothing is lost, nothing is asked or greeted twice.
        assert stored == ["Answer 1.", "Answer 2.", "Answer 3."]
        assert Counter(turn["kind"] for turn in turns)["greeting"] <= 1
        assert Counter(turn["kind"] for turn in turns)["question"] == 3
        assert stage.call("GET", f"interviews/{bob.public_id}", process=1)["state"] == "completed"
    finally:
        stage.start("web0")
        wait_for("web0 to come back", lambda: _is_up(stage, 0))


def test_a_hint_crosses_from_one_process_to_the_other(stage, bob):
    with bob.socket() as first:
        bob.until(first, "listening")
        phone = Walk(stage.web[1], stage.origin, http=bob.http, public_id=bob.public_id)
        with phone.socket() as second:
            phone.until(second, "elsewhere")
            second.send('{"type": "take_over"}')
            phone.until(second, "listening")
            # The call at the first process learns of it through Redis.
            bob.until(first, "elsewhere")


def test_a_revoked_interview_ends_at_the_process_that_holds_the_socket(stage, bob):
    with bob.socket() as socket:
        bob.until(socket, "listening")
        stage.call("POST", f"invitations/{bob.public_id}/revoke", {"reason": "Position filled"}, process=1)
        with pytest.raises(ConnectionClosed):
            while True:
                bob.next(socket)


def test_no_row_is_claimed_twice_by_threads_of_two_processes(stage):
    stage.kill("beat")  # nothing else may ring these rows
    try:
        made = stage.python("interviews.tests.production.claim_all", "make", "120")
        racing = [stage.begin("interviews.tests.production.claim_all") for _process in range(2)]
        claimed = [finish(process) for process in racing]
        assert sorted(claimed[0] + claimed[1]) == sorted(made)
    finally:
        stage.rows("DELETE FROM interviews_outgoingmail WHERE kind = 'test' RETURNING id")
        stage.start("beat")


def test_the_work_of_a_killed_worker_comes_back_after_its_lease(stage, mail_server, link_of):
    wait_for("earlier letters to leave", lambda: not stage.rows("SELECT 1 FROM interviews_outgoingmail WHERE state = 'queued'"))
    mail_server.silent, before = True, mail_server.connections
    public_id, _link = link_of()
    row = (
        "SELECT attempts, m.state FROM interviews_outgoingmail m JOIN interviews_interview i ON i.id = m.interview_id"
        f" WHERE i.public_id = '{public_id}'"
    )
    wait_for("a worker to be in the middle of it", lambda: mail_server.connections > before)
    assert stage.rows(row) == [(1, "queued")]
    for worker in ("worker0", "worker1"):
        stage.kill(worker)
    mail_server.silent, letters = False, mail_server.letters
    for worker in ("worker0", "worker1"):
        stage.start(worker)
    wait_for("the letter to leave", lambda: stage.rows(row)[0][1] == "sent", most_s=LEASE_S + 90)
    assert stage.rows(row)[0][0] >= 2  # claimed again, not merely finished
    assert mail_server.letters > letters


def _is_up(stage, process):
    try:
        return requests.get(f"{stage.web[process]}/readyz", timeout=5).ok
    except requests.RequestException:
        return False
