"""The status page: rows only, checks in a worker, each with its outcome; strangers see nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interview_site import status, status_checks
from interview_site.errors import Category, ProviderError
from interview_site.models import StatusCheck

pytestmark = pytest.mark.django_db
PAGE = "admin:interview_site_statuscheck_changelist"
State = StatusCheck.State


class Service:
    """Something to ask: answers are taken one by one."""

    def __init__(self) -> None:
        self.answers: list[status.Done | status.Later | Exception] = []
        self.asked: list[dict] = []

    def run(self, asked: status.Asked) -> status.Done | status.Later:
        self.asked.append(asked.data)
        answer = self.answers.pop(0) if self.answers else status.Done(True, "well")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def blocks(self) -> list[status.Block]:
        checks = (
            status.Check("reach", "Check now", "wifi", self.run, every_s=600),
            status.Check("buy", "Buy one", "paid", self.run, costs=True),
        )
        return [status.Block("thing", "The thing", "Things", "star", "good", "works", (("Balance", "7"),), checks=checks)]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    before = list(status._SOURCES)
    status._SOURCES[:] = [made.blocks]
    yield made
    status._SOURCES[:] = before


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


def press(client: Client, name: str = "reach", key: str = "thing") -> StatusCheck | None:
    client.post(reverse("admin:interview_site_statuscheck_run", args=[key, name]))
    return StatusCheck.objects.first()


def worked(row: StatusCheck) -> StatusCheck:
    StatusCheck.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    status_checks.run(row.pk)
    row.refresh_from_db()
    return row


def test_the_page_shows_what_is_known_and_asks_nobody(alice: Client, service: Service) -> None:
    page = alice.get(reverse(PAGE)).content.decode()
    assert "The thing" in page and "Balance" in page and "data-stale" in page and service.asked == []


def test_a_pressed_button_is_a_row_a_worker_runs(alice: Client, service: Service) -> None:
    row = press(alice)
    assert row.state == State.WAITING and service.asked == []
    assert worked(row).state == State.PASSED and row.text == "well" and row.due_at is None
    assert "well" in alice.get(reverse("admin:interview_site_statuscheck_block", args=["thing"])).json()["html"]


def test_pressed_twice_it_runs_once(alice: Client, service: Service) -> None:
    press(alice), press(alice)
    assert StatusCheck.objects.count() == 1
    worked(StatusCheck.objects.get())
    press(alice)
    assert StatusCheck.objects.count() == 2


def test_a_long_check_shows_how_far_it_is_and_keeps_what_it_knows(alice: Client, service: Service) -> None:
    service.answers = [status.Later(2.0, 40, "drawing", {"video": 7}), status.Done(False, "it failed", (("Open", "/x"),))]
    row = worked(press(alice))
    assert (row.state, row.progress, row.text) == (State.RUNNING, 40, "drawing") and row.due_at > timezone.now()
    assert alice.get(reverse("admin:interview_site_statuscheck_block", args=["thing"])).json()["running"] is True
    row = worked(row)
    assert service.asked == [{}, {"video": 7}]
    assert (row.state, row.text, row.links) == (State.FAILED, "it failed", [["Open", "/x"]])


def test_a_fault_of_the_service_is_told_in_words(alice: Client, service: Service) -> None:
    service.answers = [ProviderError("401 secret-looking text", category=Category.AUTHENTICATION)]
    row = worked(press(alice))
    assert row.state == State.FAILED and "key" in row.text and "401" not in row.text


def test_a_worker_that_is_lost_three_times_ends_the_check(alice: Client, service: Service) -> None:
    row = press(alice)
    for _time in range(3):
        StatusCheck.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
        service.answers = [RuntimeError("killed")]
        try:
            worked(row)
        except RuntimeError:
            continue
    row.refresh_from_db()
    assert row.state == State.FAILED and "worker" in row.text


def test_a_service_that_is_gone_ends_its_checks(alice: Client, service: Service) -> None:
    row = press(alice)
    status._SOURCES[:] = []
    assert worked(row).state == State.FAILED


def test_a_source_that_fails_does_not_take_the_page_with_it(alice: Client, service: Service) -> None:
    def broken() -> list[status.Block]:
        raise RuntimeError("broken")

    status._SOURCES.insert(0, broken)
    assert "The thing" in alice.get(reverse(PAGE)).content.decode()


def test_what_was_checked_lately_is_not_checked_again_by_itself(alice: Client, service: Service) -> None:
    worked(press(alice))
    assert "data-stale" not in alice.get(reverse(PAGE)).content.decode()
    StatusCheck.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert "data-stale" in alice.get(reverse(PAGE)).content.decode()


def test_who_may_only_look_starts_nothing(client: Client, service: Service) -> None:
    bob = User.objects.create_user("bob", is_staff=True)
    client.force_login(bob)
    assert client.get(reverse(PAGE)).status_code == 404
    bob.user_permissions.add(Permission.objects.get(codename="view_statuscheck"))
    page = client.get(reverse(PAGE)).content.decode()
    assert "The thing" in page and '<form method="post" action="/admin/interview_site/statuscheck/run' not in page
    assert press(client) is None


@pytest.mark.parametrize(("key", "name"), [("thing", "nothing"), ("nobody", "reach")])
def test_an_unknown_check_is_not_found(alice: Client, service: Service, key: str, name: str) -> None:
    assert alice.post(reverse("admin:interview_site_statuscheck_run", args=[key, name])).status_code == 404
    assert alice.get(reverse("admin:interview_site_statuscheck_run", args=["thing", "reach"])).status_code == 405


def test_every_block_of_the_site_can_be_shown(alice: Client) -> None:
    page = alice.get(reverse(PAGE))
    assert page.status_code == 200 and 'id="provider-local"' in page.content.decode()
