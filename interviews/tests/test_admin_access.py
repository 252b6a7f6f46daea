"""Who sees what in the admin: Alice sees everything, Dana her own position, Charlie nothing (threats 40)."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from interviews import roles
from interviews.models import Interview, OutgoingMail
from interviews.services import mail
from interviews.tests.builders import make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db


def make_staff(username, role=roles.RECRUITER):
    user = make_alice(username=username, is_superuser=False, email=f"{username}@example.org")
    user.groups.add(Group.objects.get(name=role))
    return user


def browser(user):
    client = Client()
    client.force_login(user)
    return client


LISTS = ["position", "interview", "candidate", "outgoingmail"]
PAGES = [
    ("interviews_position_change", "position"), ("interviews_position_invite", "position"),
    ("interviews_position_versions", "position"), ("interviews_position_history", "position"),
    ("interviews_interview_review", "interview"), ("interviews_interview_change", "interview"),
    ("interviews_candidate_change", "candidate"), ("interviews_outgoingmail_change", "letter"),
]  # fmt: skip
POSTS = [
    ("interviews_position_open", "position"), ("interviews_position_close", "position"),
    ("interviews_position_preview", "position"),
    ("interviews_interview_resend", "interview"), ("interviews_interview_link", "interview"),
    ("interviews_interview_reissue", "interview"), ("interviews_interview_revoke", "interview"),
    ("interviews_interview_marks", "interview"), ("interviews_interview_decide", "interview"),
    ("interviews_interview_letter", "interview"), ("interviews_outgoingmail_send", "letter"),
]  # fmt: skip


@pytest.fixture
def things():
    interview = make_interview()
    letter = mail.queue_invitation(interview)
    return {"interview": interview, "position": interview.version.position, "candidate": interview.candidate, "letter": letter}


@pytest.mark.parametrize(("name", "thing"), PAGES)
def test_a_stranger_finds_nothing(things, name, thing):
    address = reverse(f"admin:{name}", args=[things[thing].pk])
    assert browser(make_staff("charlie")).get(address).status_code == 404
    assert browser(make_alice()).get(address, follow=True).status_code == 200


@pytest.mark.parametrize(("name", "thing"), POSTS)
def test_a_stranger_changes_nothing(things, name, thing):
    address = reverse(f"admin:{name}", args=[things[thing].pk])
    assert browser(make_staff("charlie")).post(address, {"reason": "x"}).status_code == 404
    assert Client().post(address).status_code == 302  # to the login
    interview = Interview.objects.get()
    assert (interview.state, interview.link_generation) == ("invited", 1)


@pytest.mark.parametrize("model", LISTS)
def test_lists_show_a_stranger_no_rows(things, model):
    address = reverse(f"admin:interviews_{model}_changelist")
    assert browser(make_staff("charlie")).get(address).context["cl"].result_count == 0
    assert browser(make_alice()).get(address).context["cl"].result_count == 1


def test_a_member_sees_their_position_once_however_many_interviews_it_has(things):
    dana = make_staff("dana")
    things["position"].members.add(dana, make_staff("erik"))
    make_interview(position=things["position"])
    assert browser(dana).get(reverse("admin:interviews_position_changelist")).context["cl"].result_count == 1
    assert browser(dana).get(reverse("admin:interviews_interview_changelist")).context["cl"].result_count == 2


def test_the_position_filter_offers_only_positions_one_may_see(things):
    dana = make_staff("dana")
    make_position(title="Own place", created_by=dana)
    page = browser(dana).get(reverse("admin:interviews_interview_changelist")).content.decode()
    assert "Own place" in page
    assert "Engineer" not in page


def test_a_reviewer_reads_and_marks_but_neither_decides_nor_handles_the_link(things):
    rita = make_staff("rita", roles.REVIEWER)
    things["position"].members.add(rita)
    client, pk = browser(rita), things["interview"].pk
    assert client.get(reverse("admin:interviews_interview_review", args=[pk])).status_code == 200
    for name in ("decide", "link", "reissue", "revoke", "resend", "letter"):
        assert client.post(reverse(f"admin:interviews_interview_{name}", args=[pk]), {"reason": "x"}).status_code == 404
    assert client.get(reverse("admin:interviews_position_invite", args=[things["position"].pk])).status_code == 404


def test_operations_see_no_candidates(things):
    client = browser(make_staff("olga", roles.OPS))
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get(reverse("admin:interviews_candidate_changelist")).status_code == 403
    assert client.get(reverse("admin:interviews_interview_review", args=[things["interview"].pk])).status_code == 404


def test_evidence_cannot_be_deleted_by_hand(things):
    client = browser(make_alice())
    for name, thing in (
        ("interview", "interview"),
        ("candidate", "candidate"),
        ("position", "position"),
        ("outgoingmail", "letter"),
    ):
        assert (
            client.post(reverse(f"admin:interviews_{name}_delete", args=[things[thing].pk]), {"post": "yes"}).status_code == 403
        )
    client.post(
        reverse("admin:interviews_interview_changelist"),
        {"action": "delete_selected", "_selected_action": things["interview"].pk},
    )
    assert Interview.objects.exists()
    assert OutgoingMail.objects.exists()


def test_an_hr_administrator_cannot_make_themselves_or_others_superusers():
    hana, alice = make_staff("hana", roles.HR_ADMIN), make_alice()
    client = browser(hana)
    own = hana.groups.get().pk
    form = {
        "username": "hana",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [1],
        "groups": [own],
    }
    client.post(reverse("admin:auth_user_change", args=[hana.pk]), form)
    hana.refresh_from_db()
    assert not hana.is_superuser
    assert not hana.user_permissions.exists()
    assert client.get(reverse("admin:auth_user_change", args=[alice.pk])).status_code == 404
    group = Group.objects.get(name=roles.RECRUITER)
    assert client.post(reverse("admin:auth_group_change", args=[group.pk]), {"name": "x"}).status_code == 403


def test_the_audit_log_is_read_only_and_for_those_who_see_everything(things):
    address = reverse("admin:interviews_auditevent_changelist")
    assert browser(make_alice()).get(address).status_code == 200
    assert browser(make_staff("dana")).get(address).status_code == 403
    assert browser(make_alice(username="root")).post(reverse("admin:interviews_auditevent_add"), {}).status_code == 403


@pytest.mark.parametrize("model", LISTS)
def test_the_number_of_queries_of_a_list_does_not_grow(model, django_assert_max_num_queries):
    position = make_position()
    client, address = browser(make_alice()), reverse(f"admin:interviews_{model}_changelist")
    for _ in range(12):
        mail.queue_invitation(make_interview(position=position))
    with django_assert_max_num_queries(14):
        assert client.get(address).status_code == 200
