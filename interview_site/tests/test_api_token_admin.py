"""Making and ending tokens in the admin (threats 35)."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from interview_site.api import tokens
from interview_site.api.records import ApiToken
from interview_site.api.scopes import Scope

pytestmark = pytest.mark.django_db
ADD = "admin:interview_site_apitoken_add"
LIST = "admin:interview_site_apitoken_changelist"
FORM = {"name": "Job board", "scopes": ["positions:read"], "expires_at_0": "", "expires_at_1": ""}


def staff(name, **fields):
    user = get_user_model().objects.create_user(username=name, is_staff=True, **fields)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_apitoken", "add_apitoken"]))
    return user


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_secret_is_shown_once_and_works():
    alice = staff("alice")
    page = browser(alice).post(reverse(ADD), FORM)
    secret = page.context["secret"]
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert tokens.find(secret).owner == alice
    assert not page.cookies.get("messages")
    assert (
        secret
        not in browser(alice)
        .get(reverse("admin:interview_site_apitoken_change", args=[ApiToken.objects.get().pk]))
        .content.decode()
    )


def test_nobody_but_an_administrator_makes_a_token_for_somebody_else():
    alice, boss = staff("alice"), staff("boss", is_superuser=True)
    browser(alice).post(reverse(ADD), {**FORM, "owner": boss.pk})
    assert ApiToken.objects.get().owner == alice
    browser(boss).post(reverse(ADD), {**FORM, "owner": alice.pk})
    assert ApiToken.objects.latest("pk").owner == alice


def test_a_stranger_sees_no_token_of_others_and_ends_none():
    alice, charlie = staff("alice"), staff("charlie")
    token, _secret = tokens.mint(name="Hers", owner=alice, scopes=[Scope.POSITIONS_READ])
    assert "Hers" not in browser(charlie).get(reverse(LIST)).content.decode()
    assert browser(charlie).get(reverse("admin:interview_site_apitoken_change", args=[token.pk])).status_code == 404
    browser(charlie).post(reverse(LIST), {"action": "revoke_selected", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_token_is_revoked_from_the_list():
    alice = staff("alice")
    token, secret = tokens.mint(name="Job board", owner=alice, scopes=[Scope.POSITIONS_READ])
    browser(alice).post(reverse(LIST), {"action": "revoke_selected", "_selected_action": [token.pk]})
    assert tokens.find(secret) is None
    assert LogEntry.objects.get(content_type__model="apitoken").user == alice
    assert "Job board" in browser(alice).get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    "odd", [{"scopes": []}, {"scopes": ["everything"]}, {"name": ""}, {"expires_at_0": "2001-01-01", "expires_at_1": "00:00"}]
)
def test_a_bad_form_makes_no_token(odd):
    assert browser(staff("alice")).post(reverse(ADD), {**FORM, **odd}).status_code == 200
    assert not ApiToken.objects.exists()
