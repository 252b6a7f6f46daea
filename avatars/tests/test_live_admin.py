"""Monitoring of live sessions: who talks now, a stop button, alerts, the overview, figures for Prometheus."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avatars.admin.live_overview import blocks
from avatars.models import LiveAlert, LiveSession
from avatars.services import live_dashboard
from avatars.services.live_sessions import close
from avatars.services.live_sweeping import reconcile, sweep
from avatars.tests.live_builders import later, opened
from interview_site import owners, status_checks
from interview_site.api.records import ApiToken
from interview_site.errors import Category, ProviderError
from interview_site.models import StatusCheck

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db
LIST, OVERVIEW = "admin:avatars_livesession_changelist", "admin:avatars_avatargeneration_overview"
FAILS = ProviderError("stop says 500", category=Category.SERVER)


def signed_in(client: Client, name: str, *codenames: str) -> Client:
    user = User.objects.create_user(name, is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    client.force_login(user)
    return client


@pytest.fixture
def alice(client):
    return signed_in(client, "alice", "view_livesession", "change_livesession", "view_livealert", "view_avatargeneration",
                     "view_spending", "view_statuscheck")  # fmt: skip


def page(name: str, *args: object) -> str:
    return reverse(f"admin:avatars_livesession_{name}", args=args)


def test_the_list_shows_who_talks_how_long_and_for_how_much(live, alice):
    session = opened("interview:7")
    later(88)
    shown = alice.get(reverse(LIST)).content.decode()
    assert "interview:7" in shown and "1.5" in shown and "0.20 USD" in shown
    ended = close(session=session, reason="goodbye")
    shown = alice.get(page("change", ended.pk)).content.decode()
    assert "the conversation was over" in shown and "0.20 USD" in shown


def test_who_is_named_by_those_who_know_and_to_those_who_may_see(live, alice, monkeypatch):
    person = User.objects.get(username="alice")
    key = ApiToken.objects.create(name="Careers site", owner=person, prefix="x", digest="y")
    seen = lambda ids, user: {"7": owners.Owner("Bob", "/bob/")} if user == person else {}  # noqa: E731
    monkeypatch.setitem(owners._tellers, "interview", seen)
    for owner in ("interview:7", f"token:{key.pk}/n0nce", f"user:{person.pk}/x", "anonymous/abc", "user:nobody"):
        opened(owner)
    shown = alice.get(reverse(LIST)).content.decode()
    assert all(text in shown for text in ("Bob", "Careers site", "alice", "without credentials", "user:nobody"))
    session = LiveSession.objects.get(owner="interview:7")
    assert '<a href="/bob/">Bob</a>' in alice.get(page("change", session.pk)).content.decode()
    carol = signed_in(Client(), "carol", "view_livesession")
    assert "Bob" not in carol.get(reverse(LIST)).content.decode()


def test_tokens_are_never_shown(live, alice):
    session = opened()
    for address in (reverse(LIST), page("change", session.pk)):
        shown = alice.get(address).content.decode()
        assert f"token-{session.provider_id}" not in shown and f"secret-{session.provider_id}" not in shown


def test_the_page_of_an_open_session_looks_again_by_itself(live, alice):
    session = opened()
    assert alice.get(page("change", session.pk)).headers["Refresh"] == "5"
    assert page("stop_this", session.pk) in alice.get(page("change", session.pk)).content.decode()
    close(session=session, reason="goodbye")
    answer = alice.get(page("change", session.pk))
    assert "Refresh" not in answer.headers and page("stop_this", session.pk) not in answer.content.decode()


def test_the_list_of_what_is_open_now_looks_again_by_itself(live, alice):
    close(session=opened("user:1"), reason="goodbye")
    opened("user:2")
    answer = alice.get(reverse(LIST), {"now": "1"})
    shown = answer.content.decode()
    assert "user:2" in shown and "user:1" not in shown and answer.headers["Refresh"] == "5"
    assert "Refresh" not in alice.get(reverse(LIST)).headers
    assert f"{reverse(LIST)}?now=1" in alice.get(reverse(OVERVIEW)).content.decode()


def test_the_stop_button_asks_then_stops(live, alice):
    session = opened()
    address = page("stop_this", session.pk)
    assert "The avatar leaves at once" in alice.get(address).content.decode() and live.rooms
    alice.post(address)
    sweep()
    session.refresh_from_db()
    assert (session.state, session.reason) == ("closed", "staff") and not live.rooms
    assert session.passages.get(new_state="closing").by.username == "alice"
    assert "has ended already" in alice.post(address, follow=True).content.decode()


def test_several_are_stopped_together(live, alice):
    chosen = [opened(f"user:{number}").pk for number in range(3)]
    alice.post(reverse(LIST), {"action": "stop_chosen", "_selected_action": chosen})
    assert set(LiveSession.objects.values_list("state", "reason")) == {("closing", "staff")}


def test_nothing_can_be_changed_by_hand(live, alice):
    session = opened()
    assert alice.post(page("change", session.pk), {"owner": "me"}).status_code == 403
    assert alice.get(page("delete", session.pk)).status_code == 403
    assert alice.get(reverse("admin:avatars_livesession_add")).status_code == 403


def test_who_may_only_look_cannot_stop(live, client):
    session = opened()
    charlie = signed_in(client, "charlie", "view_livesession")
    assert page("stop_this", session.pk) not in charlie.get(page("change", session.pk)).content.decode()
    assert charlie.post(page("stop_this", session.pk)).status_code == 403
    charlie.post(reverse(LIST), {"action": "stop_chosen", "_selected_action": [session.pk]})
    session.refresh_from_db()
    assert session.state == "live"


def test_a_stranger_sees_nothing(live, client):
    session = opened()
    charlie = signed_in(client, "charlie", "view_avatargeneration")
    assert charlie.get(reverse(LIST)).status_code == 403 and charlie.get(page("change", session.pk)).status_code == 403
    assert "Live conversations" not in charlie.get(reverse(OVERVIEW)).content.decode()


def test_the_number_of_queries_of_the_list_does_not_grow(live, alice, django_assert_max_num_queries):
    for number in range(20):
        opened(f"user:{number}")
    with django_assert_max_num_queries(12):
        alice.get(reverse(LIST))


# --- Alerts ---


def test_a_stop_that_fails_is_an_alert_on_overview_status_and_metrics(live, alice):
    live.on_close.append(FAILS)
    session = close(session=opened(), reason="left")
    shown = alice.get(reverse(OVERVIEW)).content.decode()
    assert "a room could not be stopped" in shown and "stop says 500" in shown and page("change", session.pk) in shown
    (block,) = blocks()
    assert block.state == "bad" and "a room could not be stopped" in block.notes[0]
    assert figures(alice)["live_stops_failing"] == 1 == figures(alice)["live_alerts_open"]


def test_an_alert_can_be_marked_as_seen(live, alice):
    live.rooms["theirs"] = ""
    reconcile()
    address = reverse("admin:avatars_livealert_changelist")
    assert "theirs" in alice.get(address).content.decode()
    alice.post(address, {"action": "resolve_chosen", "_selected_action": [LiveAlert.objects.get().pk]})
    assert LiveAlert.objects.get().resolved_at is not None
    (entry,) = LogEntry.objects.filter(content_type__model="livealert")  # who took it off everybody's list
    assert entry.user.username == "alice"


def test_the_comparison_can_be_asked_for_on_the_status_page(live, alice):
    close(session=opened(), reason="goodbye")
    live.rooms["theirs"] = ""
    alice.post(reverse("admin:interview_site_statuscheck_run", args=["live-sessions", "compare"]))
    check = StatusCheck.objects.get()
    status_checks.run(check.pk)
    check.refresh_from_db()
    assert "1 open there, 0 stopped, 0 lost, 1 not ours" in str(check.text) and check.state == "failed"
    signed_in(alice, "charlie", "view_livesession", "view_statuscheck")
    refused = alice.post(reverse("admin:interview_site_statuscheck_run", args=["live-sessions", "compare"]))
    assert refused.status_code in (403, 404) and StatusCheck.objects.count() == 1


# --- Figures ---


def figures(client: Client) -> dict[str, float]:
    client.force_login(User.objects.filter(is_superuser=True).first() or User.objects.create_superuser("root"))
    lines = client.get("/metrics").content.decode().splitlines()
    found = {line.split('"')[1]: float(line.rpartition(" ")[2]) for line in lines if line.startswith('site_count{what="live_')}
    assert found
    return found


def ended(owner: str, *, days_ago: float = 0, seconds: float = 90, reason: str = "goodbye", state: str = "closed") -> None:
    LiveSession.objects.create(
        owner=owner, purpose="interview", provider="fake", language="en", state=state, reason=reason, provider_id="room",
        created_at=timezone.now() - timedelta(days=days_ago), started_at=timezone.now() - timedelta(days=days_ago),
        minutes=Decimal(seconds) / 60, cost=Decimal("0.2"),
    )  # fmt: skip


def test_minutes_and_failures_are_counted_by_day_and_provider(live, alice):
    ended("a", days_ago=3)
    ended("b", days_ago=3, reason="room_gone", state="lost", seconds=30)
    ended("c", days_ago=40)
    ended("d", reason="not_opened", seconds=0)
    seen = live_dashboard.overview()
    then = seen.days[-4]
    assert (then.held, then.failed, then.minutes) == (1, 1, 2) and len(seen.days) == 30
    assert (seen.days[-1].held, seen.days[-1].failed) == (0, 1)
    (row,) = seen.providers
    assert (row.held, row.failed, row.minutes, row.cost) == (1, 2, 2, Decimal("0.6"))
    shown = alice.get(reverse(OVERVIEW)).content.decode()
    assert "1 held, 1 failed" in shown and "2.0 min" in shown and "0.60 USD" in shown


def test_money_is_shown_to_those_who_may_see_it(live, client):
    ended("a")
    bob = signed_in(client, "bob", "view_avatargeneration", "view_livesession")
    shown = bob.get(reverse(OVERVIEW)).content.decode()
    assert "Live conversations" in shown and "0.20 USD" not in shown


def test_metrics_tell_what_is_open_and_what_the_last_day_brought(live, client):
    ended("a", days_ago=2)
    ended("b")
    ended("c", reason="not_opened", seconds=0)
    opened("d")
    found = figures(client)
    assert (found["live_sessions_open"], found["live_sessions_failed_last_day"]) == (1, 1)
    assert found["live_minutes_last_day"] == 1.5 and found["live_stops_failing"] == 0


def test_a_site_that_never_spoke_live_shows_no_block(client):
    assert list(blocks()) == []
