"""API tokens: who they let in, and when they end (threats 35, 39, 41)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from interview_site.api import tokens
from interview_site.api.records import ApiToken
from interview_site.api.scopes import Scope
from interviews.tests.api_client import ApiClient, program_of
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


def mint(owner, scopes=(Scope.POSITIONS_READ,), **fields):
    return tokens.mint(name="Job board", owner=owner, scopes=list(scopes), **fields)


def test_a_token_opens_the_api_and_its_secret_is_not_stored():
    token, secret = mint(make_alice())
    assert ApiClient(secret).call("GET", "positions").status_code == 200
    assert secret not in str(ApiToken.objects.values().get(pk=token.pk))
    assert secret.startswith(token.prefix)


def test_the_use_of_a_token_is_noted_at_most_once_a_minute():
    token, secret = mint(make_alice())
    ApiClient(secret).call("GET", "positions")
    token.refresh_from_db()
    first = token.last_used_at
    ApiClient(secret).call("GET", "positions")
    token.refresh_from_db()
    assert first is not None and token.last_used_at == first


def test_no_credentials_are_refused_with_a_problem():
    answer = ApiClient().call("GET", "positions")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("given", ["", "x", "ivt_" + "a" * 43, "a b", "ivt_" + "a" * 5000, "\u00e9"])
def test_a_token_that_is_none_is_refused(given):
    assert ApiClient(given or " ").call("GET", "positions").status_code == 401


@pytest.mark.parametrize("name", ["token", "access_token", "api_key"])
def test_a_token_in_the_address_is_refused(name):
    _token, secret = mint(make_alice())
    answer = ApiClient().call("GET", f"positions?{name}={secret}")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_in_address")


def test_a_revoked_token_ends_at_once():
    token, secret = mint(make_alice())
    assert tokens.revoke(token) is True
    assert tokens.revoke(token) is False
    assert ApiClient(secret).call("GET", "positions").status_code == 401


def test_an_expired_token_is_refused():
    _token, secret = mint(make_alice(), expires_at=timezone.now() - timedelta(seconds=1))
    assert ApiClient(secret).call("GET", "positions").status_code == 401


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_disabling_the_owner_ends_the_token(field):
    alice = make_alice()
    _token, secret = mint(alice)
    setattr(alice, field, False)
    alice.save()
    assert ApiClient(secret).call("GET", "positions").status_code == 401


def test_a_scope_that_is_missing_is_named():
    answer = program_of(make_alice(), [Scope.POSITIONS_READ]).call("GET", "candidates")
    assert answer.status_code == 403
    assert "candidates:read" in answer.json()["detail"]


def test_a_scope_does_not_widen_what_the_owner_may():
    charlie = make_alice(username="charlie", is_superuser=False)
    assert program_of(charlie).call("GET", "positions").status_code == 403


def test_a_token_sees_the_positions_its_owner_may_see():
    charlie = make_alice(username="charlie", is_superuser=False)
    charlie.user_permissions.add(Permission.objects.get(codename="view_position"))
    own, foreign = make_position(created_by=charlie), make_position()
    program = program_of(charlie)
    assert [row["id"] for row in program.call("GET", "positions").json()["results"]] == [own.pk]
    assert program.call("GET", f"positions/{foreign.pk}").status_code == 404


@pytest.mark.parametrize("scopes", [[], ["everything"], ["positions:read", "x"]])
def test_an_unknown_scope_is_never_minted(scopes):
    with pytest.raises(ValidationError):
        mint(make_alice(), scopes)


def test_a_staff_session_reads_without_a_token():
    client = Client()
    client.force_login(make_alice())
    assert client.get("/api/v1/positions").status_code == 200


def test_a_staff_session_without_csrf_changes_nothing():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_alice())
    answer = client.post("/api/v1/positions", {"title": "x", "contact": "y"}, content_type="application/json")
    assert answer.status_code == 403


def test_a_session_of_somebody_who_is_no_staff_opens_nothing():
    client = Client()
    client.force_login(make_alice(is_staff=False, is_superuser=False))
    assert client.get("/api/v1/positions").status_code == 401


def test_a_candidates_cookie_opens_no_call():
    interview = make_interview()
    assert candidate_client(interview).get(f"/api/v1/interviews/{interview.public_id}").status_code == 401


def test_guessing_tokens_is_slowed_down_per_address(settings):
    settings.API_FAILED_TOKENS_PER_MINUTE = 3
    _token, secret = mint(make_alice())
    for _attempt in range(4):
        ApiClient("ivt_wrong").call("GET", "positions")
    answer = ApiClient(secret).call("GET", "positions")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_calls_of_one_token_are_limited_and_another_goes_on(settings):
    settings.API_CALLS_PER_MINUTE = 2
    alice = make_alice()
    first, second = program_of(alice), program_of(alice)
    assert [first.call("GET", "positions").status_code for _call in range(3)] == [200, 200, 429]
    assert second.call("GET", "positions").status_code == 200


def test_a_forwarded_address_of_a_stranger_does_not_reset_the_count(settings):
    settings.API_FAILED_TOKENS_PER_MINUTE = 2
    answers = [ApiClient("ivt_wrong").call("GET", "positions", x_forwarded_for=f"203.0.113.{number}") for number in range(4)]
    assert answers[-1].status_code == 429


def test_a_cache_that_is_away_stops_nobody(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}
    assert program_of(make_alice()).call("GET", "positions").status_code == 200
