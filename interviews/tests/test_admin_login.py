"""Logging in to the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from interviews.models import LoginMiss
from interviews.services import login_misses
from interviews.tests.builders import make_alice

pytestmark = pytest.mark.django_db


def log_in(password, name="alice", address="203.0.113.7"):
    return Client(REMOTE_ADDR=address).post(reverse("admin:login"), {"username": name, "password": password})


def test_a_right_password_leads_to_the_dashboard():
    make_alice(password="right")
    assert log_in("right")["Location"] == reverse("admin:index")


def test_after_many_failures_even_the_right_password_has_to_wait():
    make_alice(password="right")
    for _ in range(login_misses.MOST_PAIR):
        log_in("wrong")
    answer = log_in("right")
    assert answer.status_code == 200
    assert "Too many failed attempts" in answer.content.decode()


def test_a_colleague_elsewhere_is_not_locked_out():
    make_alice(password="right")
    for _ in range(login_misses.MOST_PAIR):
        log_in("wrong")
    assert log_in("right", address="203.0.113.8").status_code == 302


def test_the_next_window_starts_afresh_and_sweeps_the_old_one():
    for _ in range(login_misses.MOST_PAIR):
        login_misses.count_miss("alice", "203.0.113.7", now=1000)
    assert 0 < login_misses.wait_s("Alice", "203.0.113.7", now=1100) <= login_misses.WINDOW_S
    assert login_misses.wait_s("alice", "203.0.113.7", now=1000 + login_misses.WINDOW_S) == 0
    login_misses.count_miss("bob", "203.0.113.7", now=1000 + login_misses.WINDOW_S)
    assert set(LoginMiss.objects.values_list("window", flat=True)) == {2}


@pytest.mark.parametrize("name", ["", "x" * 1000, "a\x00b", "alice' OR 1=1"])
def test_a_strange_name_is_refused_in_words(name):
    assert log_in("x", name=name).status_code == 200


def test_a_user_who_is_switched_off_is_out_at_once():
    alice = make_alice()
    client = Client()
    client.force_login(alice)
    alice.is_active = False
    alice.save()
    assert client.get(reverse("admin:index")).status_code == 302
