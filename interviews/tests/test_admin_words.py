"""People read words, not codes: actions of the audit log, roles, the two profiles we make, states of videos."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import translation

from avatars.models import AvatarGeneration, AvatarSettings
from interviews.services import audit
from interviews.tests.builders import make_alice, make_position
from interviews.tests.test_admin_access import browser, make_staff

pytestmark = pytest.mark.django_db


def test_every_action_that_is_noted_has_words_for_people():
    root = Path(__file__).resolve().parents[1]
    noted = {
        node.args[0].value
        for source in root.rglob("*.py")
        if "tests" not in source.parts
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record" and isinstance(node.args[0], ast.Constant)
    }
    assert noted and noted <= set(audit.ACTIONS)


def test_the_audit_log_is_read_and_filtered_in_words():
    alice = make_alice(username="root")
    position = make_position()
    audit.record("invite", position, actor=alice)
    audit.record("view", position, actor=alice)
    address = reverse("admin:interviews_auditevent_changelist")
    shown = browser(alice).get(address).content.decode().lower()
    assert "candidate invited" in shown and f"position {position.pk}" in shown
    assert ">invite<" not in "".join(shown.split())
    filtered = browser(alice).get(address, {"action": "invite"}).content.decode().lower()
    assert filtered.count(f"position {position.pk}") == 1


def test_roles_are_boxes_to_tick_by_their_names_in_the_language_of_the_reader():
    alice = make_alice(username="root")
    carol = make_staff("carol", role="Reviewer")
    client = browser(alice)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    page = client.get(reverse("admin:auth_user_change", args=[carol.pk])).content.decode()
    assert "Рекрутер" in page and ">Recruiter" not in page and 'type="checkbox" name="groups"' in page
    assert "pbkdf2" not in page and reverse("admin:auth_user_password_change", args=[carol.pk]) in page
    listed = client.get(reverse("admin:auth_group_changelist")).content.decode()
    assert "Эксперт" in listed and ">Reviewer" not in listed


@pytest.mark.parametrize(("name", "shown"), [("Standard", "Стандартный"), ("Наш голос", "Наш голос")])
def test_the_names_of_our_own_profiles_are_translated_and_nobody_elses(name, shown, monkeypatch):
    monkeypatch.setattr("avatars.models.profiles.gettext", lambda text: {"Standard": "Стандартный"}[text])
    with translation.override("ru"):
        assert str(AvatarSettings(name=name)) == shown


@pytest.mark.parametrize(
    ("state", "retry", "cancel"),
    [("succeeded", False, False), ("failed", True, False), ("queued", False, True), ("blocked", True, True)],
)
def test_a_video_offers_only_what_can_still_be_done_with_it(state, retry, cancel):
    video = AvatarGeneration.objects.create(
        text="Hello.", fingerprint="f", settings={}, provider="local", language="en", state=state, video="clip.mp4"
    )
    page = browser(make_alice()).get(reverse("admin:avatars_avatargeneration_change", args=[video.pk])).content.decode()
    assert (f"{video.pk}/retry" in page, f"{video.pk}/cancel" in page) == (retry, cancel)
    assert "Hello." in page


def test_the_rights_of_a_role_are_named_in_words():
    page = (
        browser(make_alice())
        .get(reverse("admin:auth_group_change", args=[Group.objects.get(name="Reviewer").pk]))
        .content.decode()
    )
    assert "Position: view" in page and "Kept conversation: Can use the studio" in page
    assert "Can view position" not in page and "istorical" not in page
