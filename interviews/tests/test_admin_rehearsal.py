"""The pages on which HR rehearse a position and read what came of it."""

import pytest
from django.contrib.auth.models import Group

from interviews.models import Position, Rehearsal
from interviews.services import rehearsing
from interviews.tests.builders import make_alice, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    alice = make_alice()
    client.force_login(alice)
    return alice


def address(position, *rest):
    return "/".join(["/admin/interviews/position", str(position.pk), "rehearsals", *map(str, rest), ""])


def text(client, path):
    page = client.get(path)
    assert page.status_code == 200
    return page.content.decode()


def finish(rehearsal):
    for _run in range(10):
        rehearsing.work(rehearsal.pk)
    rehearsal.refresh_from_db()
    return rehearsal


def test_hr_ask_for_a_rehearsal_watch_it_and_read_every_conversation(client, alice):
    position = make_position()
    assert "costs nothing" in text(client, address(position))
    asked = client.post(address(position))
    rehearsal = Rehearsal.objects.get()
    assert asked.url == address(position, rehearsal.pk) and rehearsal.created_by == alice
    waiting = client.get(asked.url)
    assert waiting.headers["Refresh"] and "under way" in waiting.content.decode()

    finish(rehearsal)
    report = text(client, asked.url)

    assert "Every conversation comes to a good end" in report and "passed" in report and "please look" not in report
    assert "3 of 3 questions asked, 3 answered" in report
    strong = text(client, address(position, rehearsal.pk, "strong"))
    assert "Let me take one case from my last job" in strong and "artificial intelligence" in strong
    assert "passed" in text(client, address(position))
    assert client.get(address(position, rehearsal.pk, "nobody")).status_code == 404


def test_two_clicks_start_one_rehearsal_and_it_can_be_stopped(client, alice):
    position = make_position()
    first, second = client.post(address(position)), client.post(address(position))
    assert first.url == second.url and Rehearsal.objects.count() == 1
    client.post(first.url, {"cancel": "1"})
    client.post(first.url, {"cancel": "1"})
    assert Rehearsal.objects.get().state == "cancelled" and "stopped" in text(client, first.url)


def test_the_position_says_whether_its_present_draft_was_rehearsed(client, alice):
    position = make_position()
    change = f"/admin/interviews/position/{position.pk}/change/"
    assert "has not been rehearsed yet" in text(client, change)
    finish(rehearsing.ask(position, language="en", by=alice))
    assert "has not been rehearsed" not in text(client, change) and "Rehearsed" in text(client, change)
    position.questions.first().delete()
    assert "has changed since its last rehearsal" in text(client, change)


def test_opening_and_inviting_warn_and_do_not_block(client, alice):
    position = make_position(state=Position.State.DRAFT)
    opened = client.post(f"/admin/interviews/position/{position.pk}/open/", follow=True).content.decode()
    position.refresh_from_db()
    assert position.state == Position.State.OPEN and "not been rehearsed yet" in opened
    invite = f"/admin/interviews/position/{position.pk}/invite/"
    assert "You may invite all the same" in text(client, invite)
    finish(rehearsing.ask(position, language="en", by=alice))
    assert "You may invite all the same" not in text(client, invite)


def test_a_position_without_questions_cannot_be_rehearsed(client, alice):
    position = make_position(questions=[])
    assert "disabled" in text(client, address(position))
    assert "no questions yet" in client.post(address(position), follow=True).content.decode()
    assert not Rehearsal.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("Recruiter", 200), ("Reviewer", 404), ("Operations", 404)])
def test_recruiters_rehearse_their_positions_reviewers_and_ops_do_not(client, role, status):
    charlie = make_alice(username="charlie", is_superuser=False)
    charlie.groups.add(Group.objects.get(name=role))
    client.force_login(charlie)
    own, foreign = make_position(), make_position()
    own.members.add(charlie)
    assert client.get(address(own)).status_code == status
    assert client.get(address(foreign)).status_code == 404
    assert client.post(address(own)).status_code == (302 if status == 200 else 404)
    assert client.post(address(foreign)).status_code == 404
    assert Rehearsal.objects.count() == (1 if status == 200 else 0)
