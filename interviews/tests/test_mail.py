"""Letters: their wording, the outbox, and what happens when the mail server does not want them."""

import smtplib

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from interviews import letters, tasks
from interviews.models import Interview, Letter, OutgoingMail
from interviews.services import mail
from interviews.services.completion import completed
from interviews.tests.builders import make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db


class Broken(BaseEmailBackend):
    """A mail server that answers with `fault`."""

    fault: Exception = ConnectionRefusedError("no")

    def send_messages(self, email_messages):
        raise self.fault


@pytest.fixture
def mail_server(settings):
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return settings


@pytest.fixture
def broken_server(mail_server):
    mail_server.EMAIL_BACKEND = f"{__name__}.Broken"
    Broken.fault = ConnectionRefusedError("no")


def due_again(letter):
    OutgoingMail.objects.filter(pk=letter.pk).update(due_at=timezone.now(), lease_until=None)


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
@pytest.mark.parametrize("kind", ["invitation", "reminder", "advance", "reject"])
def test_every_standard_letter_is_sound_and_leaves_no_placeholder(kind, language):
    subject, body = letters.standard(kind, language)
    assert letters.problems_of(kind, subject, body) == {}
    interview = make_interview(language=language)
    subject, body = mail.compose(interview, kind)
    assert "{" not in (subject + body).replace("{link}", "")
    assert interview.candidate.name in body


@pytest.mark.parametrize(("language", "words"), [("ru", "ИИ-аватар"), ("en", "AI avatar"), ("kk", "ЖИ-аватар")])
def test_the_invitation_says_that_an_ai_avatar_interviews_and_how_to_ask_for_a_person(language, words):
    _subject, body = letters.standard("invitation", language)
    assert words in body
    assert {"ru": "человек", "en": "person", "kk": "Адаммен"}[language] in body


def test_the_deadline_is_written_in_the_candidates_language():
    interview = make_interview(language="ru")
    Interview.objects.filter(pk=interview.pk).update(deadline="2027-01-05T12:30:00Z")
    interview.refresh_from_db()
    assert mail.values_for(interview)["deadline"] == "5 января 2027, 12:30 (UTC)"


def test_the_positions_own_wording_is_used():
    position = make_position()
    Letter.objects.create(position=position, kind="invitation", language="en", subject="Join {company}", body="{link}")
    letter = mail.queue_invitation(make_interview(position=position))
    assert letter.subject == "Join The hiring team"


def test_without_a_mail_server_the_letter_is_kept_and_readable():
    interview = make_interview()
    letter = mail.queue_invitation(interview)
    assert (letter.state, letter.due_at) == ("kept", None)
    assert f"/i/{interview.public_id}." in mail.text_of(letter)


def test_the_stored_letter_holds_no_working_link():
    letter = mail.queue_invitation(make_interview())
    assert "{link}" in letter.body
    assert "/i/" not in letter.body


def test_a_candidate_without_an_address_gets_a_letter_to_pass_on(mail_server):
    interview = make_interview()
    interview.candidate.email = ""
    assert mail.queue_invitation(interview).state == "kept"


def test_a_due_letter_is_sent_once(mail_server):
    letter = mail.queue_invitation(make_interview(), make_alice())
    tasks.send_mail(letter.pk)
    tasks.send_mail(letter.pk)
    assert [message.to for message in django_mail.outbox] == [["bob@example.org"]]
    assert "/i/" in django_mail.outbox[0].body
    assert django_mail.outbox[0].reply_to == ["alice@example.org"]
    letter.refresh_from_db()
    assert (letter.state, letter.due_at, letter.lease_until) == ("sent", None, None)


def test_a_letter_that_is_gone_is_left_quietly():
    tasks.send_mail(999_999)


def test_a_letter_held_by_another_worker_is_left_alone(mail_server):
    letter = mail.queue_invitation(make_interview())
    assert OutgoingMail.claim(letter.pk)
    tasks.send_mail(letter.pk)
    assert django_mail.outbox == []


def test_a_silent_mail_server_is_tried_again_later(broken_server):
    letter = mail.queue_invitation(make_interview())
    tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    assert letter.state == "queued"
    assert letter.due_at > timezone.now()
    assert letter.last_error == "ConnectionRefusedError"


def test_after_the_last_attempt_a_letter_needs_a_person_who_can_send_it_again(broken_server, settings):
    letter = mail.queue_invitation(make_interview())
    for _ in range(mail.MOST_ATTEMPTS):
        due_again(letter)
        tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.due_at) == ("failed", None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert mail.retry(letter) is True
    tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    assert letter.state == "sent"


@pytest.mark.parametrize(("code", "state"), [(550, "failed"), (451, "queued")])
def test_a_refused_address_fails_at_once_a_busy_one_is_tried_again(broken_server, code, state):
    Broken.fault = smtplib.SMTPRecipientsRefused({"bob@example.org": (code, b"no")})
    letter = mail.queue_invitation(make_interview())
    tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    assert letter.state == state


def test_an_invitation_to_an_interview_that_is_over_is_not_sent(mail_server):
    interview = make_interview()
    letter = mail.queue_invitation(interview)
    Interview.objects.filter(pk=interview.pk).update(state="revoked")
    tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    assert letter.state == "kept"
    assert django_mail.outbox == []


def test_a_line_break_in_a_name_cannot_add_a_header(mail_server):
    interview = make_interview(position=make_position(title="Engineer\nBcc: x@example.org"))
    letter = mail.queue_invitation(interview)
    tasks.send_mail(letter.pk)
    assert "\n" not in django_mail.outbox[0].subject


def test_completion_tells_members_and_the_creator_once():
    alice, dana = make_alice(), make_alice(username="dana", email="dana@example.org")
    position = make_position(created_by=alice)
    position.members.add(dana, make_alice(username="mute", email=""))
    position.members.add(make_alice(username="gone", email="gone@example.org", is_active=False))
    interview = make_interview(position=position, state="completed")
    completed(interview)
    completed(interview)
    told = OutgoingMail.objects.filter(kind="completed")
    assert sorted(letter.to for letter in told) == ["alice@example.org", "dana@example.org"]
    assert interview.candidate.name not in told[0].body
    assert f"/admin/interviews/interview/{interview.pk}/review/" in mail.text_of(told[0])


@pytest.mark.parametrize("kind", ["preview", "demo", "rehearsal"])
def test_nobody_is_told_about_an_interview_that_does_not_count(kind):
    completed(make_interview(position=make_position(created_by=make_alice()), kind=kind))
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{name} {link}", []),
        ("{nmae} {nmae}", ["nmae"]),
        ("{name.__class__}", ["name.__class__"]),
        ("{} {0}", ["", "0"]),
        ("{ open", []),
    ],
)
def test_unknown_placeholders_are_found(text, unknown):
    assert letters.unknown_placeholders(text) == unknown
