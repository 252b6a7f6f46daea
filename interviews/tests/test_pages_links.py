"""The link and the landing page (threats 9–12)."""

import pytest

from interviews import links
from interviews.models import Interview, LinkMiss
from interviews.services import link_misses
from interviews.tests.builders import make_interview

pytestmark = pytest.mark.django_db


def path(interview: Interview, generation: int = 1) -> str:
    return f"/i/{interview.public_id}.{links.mac(interview.public_id, generation)}"


def test_the_landing_page_knows_no_candidate(client):
    interview = make_interview()
    page = client.get("/").content.decode()
    assert interview.candidate.name not in page and interview.public_id not in page and "/admin/" in page


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_link_is_exchanged_for_a_cookie_and_changes_nothing(client, method):
    interview = make_interview()
    before = Interview.objects.values().get()
    answer = getattr(client, method)(path(interview))
    cookie = answer.cookies[links.cookie_name(interview.public_id)]
    assert answer.status_code == 302 and answer.url == f"/interview/{interview.public_id}/"
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/"
    assert answer["Referrer-Policy"] == "no-referrer" and answer["Cache-Control"] == "no-store"
    assert Interview.objects.values().get() == before and not LinkMiss.objects.exists()


@pytest.mark.parametrize("state", Interview.State.values)
def test_the_link_opens_whatever_the_state(client, state):
    assert client.get(path(make_interview(state=state)), follow=True).status_code == 200


def test_the_link_refuses_other_methods(client):
    assert client.post(path(make_interview())).status_code == 405


@pytest.mark.parametrize(
    "token", ["x", "x.y", ".", "a" * 3000, "%00.%00", "кириллица.мак", "{id}", "{id}.", "{id}.{mac}x", "{old}"]
)
def test_wrong_malformed_and_unknown_links_look_the_same(client, token):
    interview = make_interview()
    mac = links.mac(interview.public_id, 1)
    old = f"{interview.public_id}.{links.mac(interview.public_id, 2)}"
    answer = client.get(
        "/i/" + token.replace("{id}", interview.public_id).replace("{mac}", mac).replace("{old}", old)
    )
    unknown = client.get("/i/nobody.nothing")
    assert answer.status_code == unknown.status_code == 404
    assert not answer.cookies and LinkMiss.objects.get().count == 2


def test_too_many_wrong_links_are_told_to_wait(client):
    for _ in range(link_misses.LIMIT):
        assert client.get("/i/no.no").status_code == 404
    answer = client.get("/i/no.no")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= link_misses.WINDOW_S + 1


def test_a_right_link_works_though_a_neighbour_guessed(client):
    for _ in range(link_misses.LIMIT + 1):
        client.get("/i/no.no")
    assert client.get(path(make_interview())).status_code == 302


def test_misses_are_counted_for_each_address_and_window():
    for _ in range(link_misses.LIMIT):
        link_misses.count_miss("203.0.113.9", now=1000.0)
    assert link_misses.wait_s("203.0.113.9", now=1000.0) > 0
    assert link_misses.wait_s("203.0.113.8", now=1000.0) == 0
    assert link_misses.wait_s("203.0.113.9", now=1000.0 + link_misses.WINDOW_S) == 0


def test_the_table_of_misses_holds_no_address():
    link_misses.count_miss("203.0.113.9")
    assert "203.0.113" not in LinkMiss.objects.get().address


def test_old_windows_are_swept():
    link_misses.count_miss("203.0.113.9", now=1000.0)
    link_misses.count_miss("203.0.113.9", now=1000.0 + 2 * link_misses.WINDOW_S)
    assert LinkMiss.objects.count() == 1


@pytest.mark.parametrize("forwarded", ["198.51.100.1", "nonsense", ""])
def test_a_forwarded_address_counts_only_from_a_trusted_proxy(client, settings, forwarded):
    client.get("/i/no.no", headers={"x-forwarded-for": forwarded})
    client.get("/i/no.no", headers={"x-forwarded-for": "198.51.100.77"})
    assert LinkMiss.objects.get().count == 2
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    client.get("/i/no.no", headers={"x-forwarded-for": "6.6.6.6, 198.51.100.77"})
    client.get("/i/no.no", headers={"x-forwarded-for": "7.7.7.7, 198.51.100.77"})
    assert sorted(LinkMiss.objects.values_list("count", flat=True)) == [2, 2]
