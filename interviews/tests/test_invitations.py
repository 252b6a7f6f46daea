"""Inviting, and what can be done with an invitation."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from interviews import access, links
from interviews.models import AuditEvent, Candidate, Interview, OutgoingMail, Position
from interviews.services import invitations
from interviews.services.invitations import CannotInvite, Guest, invite, invite_many
from interviews.services.states import WrongState
from interviews.services.versions import freeze
from interviews.tests.builders import make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db


def test_an_invitation_freezes_the_plan_and_writes_its_letter_in_the_candidates_language():
    interview = invite(position=make_position(), name=" Bob  B ", email="bob@example.org", language="kk", by=make_alice())
    letter = OutgoingMail.objects.get(interview=interview)
    assert (interview.candidate.name, interview.state, interview.version.number) == ("Bob B", "invited", 1)
    assert letter.subject.startswith("Сұхбатқа шақыру")
    assert letter.sent_by == interview.created_by


def test_the_deadline_is_the_days_to_answer_but_not_after_the_position_closes():
    closes_at = timezone.now() + timedelta(days=3)
    assert invite(position=make_position(closes_at=closes_at), name="Bob").deadline == closes_at
    assert invite(position=make_position(answer_days=5), name="Bob").deadline > timezone.now() + timedelta(days=4)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": Position.State.DRAFT}, "draft"),
        ({"state": Position.State.CLOSED}, "closed"),
        ({"closes_at": timezone.now() - timedelta(days=1)}, "closed"),
        ({"questions": []}, "no questions"),
    ],
)
def test_it_refuses_a_position_that_does_not_take_candidates(fields, words):
    with pytest.raises(CannotInvite, match=words):
        invite(position=make_position(**fields), name="Bob")
    assert not Interview.objects.exists()
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    "guest",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "B" * 201},
        {"name": "B\x00b"},
        {"name": "B\ud800"},
        {"name": "Bob", "email": "nobody"},
        {"name": "Bob", "email": f"{'b' * 300}@example.org"},
        {"name": "Bob", "email": "a@b.c\nBcc: x@y.z"},
        {"name": "Bob", "language": "de"},
    ],
)
def test_it_refuses_a_bad_row_in_words(guest):
    with pytest.raises(CannotInvite) as refused:
        invite(position=make_position(), **guest)
    assert str(refused.value.text)


def test_the_same_request_twice_invites_once():
    position = make_position()
    first = invite(position=position, name="Bob", email="bob@example.org", request_key="k")
    assert invite(position=position, name="Bob", email="bob@example.org", request_key="k") == first
    assert OutgoingMail.objects.count() == 1


def test_an_address_with_an_open_invitation_is_not_invited_again():
    position = make_position()
    invite(position=position, name="Bob", email="bob@example.org")
    with pytest.raises(CannotInvite, match="already"):
        invite(position=position, name="Robert", email="BOB@example.org")


def test_a_list_invites_the_good_rows_once_and_names_what_is_wrong_with_the_others():
    position, alice = make_position(), make_alice()
    guests = [
        Guest("Bob", "bob@example.org"),
        Guest("", "x@example.org"),
        Guest("Carol", "oops"),
        Guest("Bob again", "Bob@example.org"),
    ]
    first = invite_many(position=position, guests=guests, language="en", by=alice, token="t")
    again = invite_many(position=position, guests=guests, language="en", by=alice, token="t")
    assert [bool(outcome.interview) for outcome in first] == [True, False, False, False]
    assert first[0].interview == again[0].interview
    assert (first[0].is_repeat, again[0].is_repeat) == (False, True)
    assert Interview.objects.count() == 1


def test_an_edited_letter_goes_to_its_language_only():
    guests = [Guest("Bob", "bob@example.org", "en"), Guest("Боб", "bob@example.com", "ru")]
    edited = {"en": ("Hi {name}", "Come: {link}")}
    invite_many(position=make_position(), guests=guests, language="en", by=make_alice(), token="t", letters=edited)
    assert {letter.subject for letter in OutgoingMail.objects.all()} == {"Hi Bob", "Приглашение на интервью: Engineer"}


def test_a_candidate_invited_to_a_second_position_stays_one_person():
    alice = make_alice()
    first = invite(position=make_position(), name="Bob", email="bob@example.org", by=alice)
    second = invite(position=make_position(title="Other"), name="bob", email="Bob@example.org", by=alice)
    assert first.candidate == second.candidate


def test_a_preview_works_on_a_draft_is_not_counted_and_writes_no_letter():
    interview = invitations.preview(position=make_position(state=Position.State.DRAFT), by=make_alice())
    assert interview.kind == Interview.Kind.PREVIEW
    assert not Interview.objects.real().exists()
    assert not OutgoingMail.objects.exists()


def test_showing_the_link_is_noted_and_the_link_opens_the_interview():
    interview, alice = make_interview(), make_alice()
    link = invitations.show_link(interview, by=alice)
    mac = link.rpartition(".")[2]
    assert access.interview_by_link(interview.public_id, mac) == interview
    assert AuditEvent.objects.get(action="show_link").actor == alice


def test_reissuing_ends_the_old_link():
    interview = make_interview()
    old = links.link(interview.public_id, 1)
    assert invitations.reissue(interview, by=make_alice()) != old
    assert interview.link_generation == 2


@pytest.mark.parametrize("verb", [invitations.resend, invitations.show_link, invitations.reissue])
def test_nothing_is_sent_or_shown_for_a_finished_interview(verb):
    with pytest.raises(WrongState):
        verb(make_interview(state=Interview.State.REVOKED), by=make_alice())


def test_a_double_click_sends_one_letter_a_new_link_always_goes_out():
    interview, alice = make_interview(), make_alice()
    invitations.resend(interview, by=alice)
    invitations.resend(interview, by=alice)
    assert interview.mails.count() == 1
    invitations.reissue(interview, by=alice)
    invitations.resend(interview, by=alice, has_new_link=True)
    assert interview.mails.count() == 2


def test_revoking_twice_leaves_one_passage_with_its_reason():
    interview, alice = make_interview(), make_alice()
    assert invitations.revoke(interview, by=alice, reason="position filled") is True
    assert invitations.revoke(interview, by=alice, reason="again") is False
    assert [passage.reason for passage in interview.passages.all()] == ["position filled"]


@pytest.mark.django_db(transaction=True)
def test_two_copies_of_a_request_at_the_same_moment_invite_once():
    position, alice = make_position(), make_alice()

    def send(_copy: int) -> int:
        try:
            return invite(position=position, name="Bob", email="bob@example.org", by=alice, request_key="k").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert Interview.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_freezing_takes_the_draft_as_it_stands_not_as_it_was_read_before():
    position = make_position()
    read_before = Position.objects.get(pk=position.pk)
    Position.objects.filter(pk=position.pk).update(intro="Changed by a colleague.")
    changed = freeze(Position.objects.get(pk=position.pk))
    assert freeze(read_before) == changed
