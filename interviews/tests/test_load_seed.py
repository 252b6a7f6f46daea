"""The seeded site, and lists that ask the database equally often however long they are (design §10)."""

import random
from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from interviews.models import Candidate, Decision, Interview, Position, Turn
from interviews.services import load_seed
from interviews.tests.builders import make_alice

pytestmark = pytest.mark.django_db
LISTS = sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)


def seed(count, alice):
    list(load_seed.seed(interviews=count, positions=2, by=alice, dice=random.Random(count)))


def test_it_makes_realistic_interviews_and_removes_them_again():
    alice = make_alice()
    call_command("seed_load", "--interviews", "40", "--positions", "3", stdout=StringIO())
    assert Interview.objects.count() == 40
    completed = Interview.objects.filter(state="completed")
    assert completed.count() > 10
    assert all(interview.turns.filter(kind="answer").count() == 5 for interview in completed)
    assert Interview.objects.latest("created_at").created_at > Interview.objects.earliest("created_at").created_at
    assert Decision.objects.filter(reviewer=alice).exists()
    call_command("seed_load", "--remove", stdout=StringIO())
    assert not any(model.objects.exists() for model in (Interview, Turn, Candidate, Position))


def test_it_is_refused_among_real_people(settings):
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="production"):
        call_command("seed_load", stdout=StringIO())


@pytest.mark.parametrize("odd", [["--interviews", "0"], ["--interviews", "99999999"], ["--positions", "0"]])
def test_an_absurd_number_is_refused(odd):
    with pytest.raises(CommandError):
        call_command("seed_load", *odd, stdout=StringIO())


def queries(client, path):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200, path
    return len(asked)


@pytest.mark.parametrize("name", ["index", *(f"{name}_changelist" for name in LISTS)])
def test_an_admin_list_asks_the_database_equally_often_however_long_it_is(name):
    alice = make_alice()
    client, path = Client(), reverse(f"admin:{name}")
    client.force_login(alice)
    seed(6, alice)
    queries(client, path)  # what is remembered after the first look
    few = queries(client, path)
    seed(18, alice)
    assert queries(client, path) == few


@pytest.mark.parametrize(
    "path", ["positions", "candidates", "interviews", "interviews?waiting=true", "interviews?state=completed"]
)
def test_an_api_list_asks_the_database_equally_often_however_long_it_is(path):
    alice = make_alice()
    client = Client()
    client.force_login(alice)
    seed(6, alice)
    queries(client, f"/api/v1/{path}")
    few = queries(client, f"/api/v1/{path}")
    seed(18, alice)
    assert queries(client, f"/api/v1/{path}") == few
