"""Letters: composed from the position's wording, kept in the outbox, sent by a worker (threats 1–5).

A body in the outbox holds `{link}` as it is; the address is put in when the letter is sent or read, so that a dump of the
database yields no working link (threats 9).
"""

import logging
import smtplib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from interview_site.due import backoff_s
from interview_site.rings import ring
from interviews import letters, links
from interviews.models import Interview, Letter, OutgoingMail, Position
from interviews.services import clip_waiting

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8  # about 20 minutes of back-off; then it needs a person
FIRST_DELAY_S = 10.0
COMPLETED = letters.COMPLETED
TASK = "interviews.tasks.send_mail"


# --- Wording ---------------------------------------------------------------------------------------------------------
def wording(position: Position, kind: str, language: str) -> tuple[str, str]:
    """(subject, body) with placeholders: the position's own letter, else the standard one."""
    own = Letter.objects.filter(position=position, kind=kind, language=language).first()
    return (own.subject, own.body) if own else letters.standard(kind, language)


def values_for(interview: Interview) -> dict[str, str]:
    """What stands for the placeholders, `{link}` excepted."""
    position = interview.version.position
    with translation.override(interview.language):
        local = timezone.localtime(interview.deadline)
        deadline = f"{date_format(local, 'j E Y, H:i')} ({settings.TIME_ZONE})"
    return {
        "name": interview.candidate.name,
        "position": interview.version.title_in(interview.language),
        "company": settings.COMPANY_NAME or letters.NO_COMPANY[interview.language],
        "deadline": deadline,
        "contact": position.contact,
    }


def compose(interview: Interview, kind: str) -> tuple[str, str]:
    """(subject, body) of this interview's letter, filled except for `{link}`."""
    subject, body = wording(interview.version.position, kind, interview.language)
    values = values_for(interview)
    return one_line(letters.fill(subject, values)), letters.fill(body, values).rstrip()


def one_line(subject: str) -> str:
    """A subject fit for a header: no line breaks, at most 200 characters."""
    return " ".join(subject.split())[:200]


def text_of(mail: OutgoingMail) -> str:
    """The letter as its reader sees it, link included."""
    if mail.interview is None:
        return mail.body
    if mail.kind == COMPLETED:
        path = reverse("admin:interviews_interview_review", args=[mail.interview.pk])
        return letters.fill(mail.body, {"link": f"{settings.PUBLIC_BASE_URL}{path}"})
    return letters.fill(mail.body, {"link": links.link(mail.interview.public_id, mail.interview.link_generation)})


# --- Into the outbox -------------------------------------------------------------------------------------------------
def queue(
    *, kind: str, to: str, subject: str, body: str, interview: Interview | None = None, by: object = None,
    waits_for_clips: bool = False,
) -> OutgoingMail:  # fmt: skip
    """Put a letter in the outbox, in the transaction of its cause.

    Without a mail server, or without an address, it is kept there for people to read and forward.
    """
    is_sent = settings.MAIL_IS_SENT and bool(to)
    mail = OutgoingMail.objects.create(
        kind=kind, to=to, subject=one_line(subject), body=body, interview=interview, sent_by=by,
        state=OutgoingMail.State.QUEUED if is_sent else OutgoingMail.State.KEPT,
        due_at=timezone.now() if is_sent else None,
        last_error="" if to else "no address", waits_for_clips=waits_for_clips and is_sent,
    )  # fmt: skip
    if is_sent:
        ring(TASK, mail.pk)
    return mail


def queue_invitation(
    interview: Interview, by: object = None, *, subject: str = "", body: str = "", waits_for_clips: bool = False
) -> OutgoingMail:
    """The invitation; `subject` and `body` (with placeholders) replace the position's wording when HR edited it.

    `waits_for_clips`: it leaves when no clip of the interview's version is being made any more (`clip_waiting`).
    """
    own_subject, own_body = wording(interview.version.position, letters.INVITATION, interview.language)
    values = values_for(interview)
    return queue(
        kind=letters.INVITATION,
        to=interview.candidate.email,
        subject=letters.fill(subject or own_subject, values),
        body=letters.fill(body or own_body, values).rstrip(),
        interview=interview,
        by=by,
        waits_for_clips=waits_for_clips,
    )


def queue_outcome(interview: Interview, kind: str, *, subject: str, body: str, by: object) -> OutgoingMail:
    """The letter about the outcome, as HR edited it. The same letter within the last minute is sent once (double click)."""
    recent = timezone.now() - timedelta(minutes=1)
    same = OutgoingMail.objects.filter(interview=interview, kind=kind, body=body, created_at__gte=recent).first()
    return same or queue(kind=kind, to=interview.candidate.email, subject=subject, body=body, interview=interview, by=by)


def queue_completed(interview: Interview) -> list[OutgoingMail]:
    """Tell the position's members and its creator that the interview is complete; each once, however often it is called.

    Only real interviews are told about, and only people who can still log in.
    """
    if interview.kind != Interview.Kind.REAL:
        return []
    position = interview.version.position
    people = (
        get_user_model().objects.filter(Q(positions=position) | Q(pk=position.created_by_id), is_active=True, is_staff=True)
        .exclude(email="").distinct()
    )  # fmt: skip
    told = set(OutgoingMail.objects.filter(interview=interview, kind=COMPLETED).values_list("to", flat=True))
    subject, body = letters.standard(COMPLETED, position.language)
    values = {"position": position.title}
    return [
        queue(
            kind=COMPLETED, to=email, subject=letters.fill(subject, values), body=letters.fill(body, values), interview=interview
        )
        for email in sorted({person.email for person in people} - told)
    ]


# --- Out of the outbox -----------------------------------------------------------------------------------------------
def send(mail: OutgoingMail) -> None:
    """Send a letter this task has claimed, and note how it went. The mail server is never called inside a transaction.

    Raises nothing: a refusal that cannot change and the last attempt end in `failed`, which needs a person.
    """
    if mail.state != OutgoingMail.State.QUEUED:
        _finish(mail, due_at=None)
        return
    if mail.kind in letters.NEEDS_LINK and mail.interview and mail.interview.is_finished:
        _finish(mail, state=OutgoingMail.State.KEPT, due_at=None, last_error="interview over")
        return
    if mail.waits_for_clips and clip_waiting.must_wait(mail):
        # Waiting is no attempt.
        due_at = timezone.now() + timedelta(seconds=clip_waiting.LOOK_EVERY_S)
        _finish(mail, due_at=due_at, attempts=0)
        return
    message = EmailMessage(
        subject=mail.subject, body=text_of(mail), to=[mail.to], reply_to=_reply_to(mail),
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT),
        # The same id on every attempt: a mail system that got it twice shows it once.
        headers={"Message-ID": f"<letter-{mail.pk}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2].strip('<> ')}>"},
    )  # fmt: skip
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:  # SMTPException is an OSError; ValueError: a bad header
        _note_failure(mail, error)
        return
    _finish(mail, state=OutgoingMail.State.SENT, sent_at=timezone.now(), due_at=None, last_error="")


def retry(mail: OutgoingMail) -> bool:
    """A person sends a failed or kept letter (again), or one that waits for clips now; False when it is on its way, sent, or
    cannot be sent from here."""
    if not settings.MAIL_IS_SENT or not mail.to:
        return False
    moved = OutgoingMail.objects.filter(pk=mail.pk).filter(_may_be_sent()).update(
        state=OutgoingMail.State.QUEUED, due_at=timezone.now(), lease_until=None, attempts=0, waits_for_clips=False
    )  # fmt: skip
    if moved:
        ring(TASK, mail.pk)
    return bool(moved)


def _may_be_sent() -> Q:
    return Q(state__in=(OutgoingMail.State.FAILED, OutgoingMail.State.KEPT)) | Q(
        state=OutgoingMail.State.QUEUED, waits_for_clips=True
    )


def _reply_to(mail: OutgoingMail) -> list[str]:
    """Answers of candidates go to who invited them, not to a machine."""
    return [mail.sent_by.email] if mail.sent_by and mail.sent_by.email and mail.kind != COMPLETED else []


def _note_failure(mail: OutgoingMail, error: Exception) -> None:
    permanent = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPNotSupportedError | ValueError)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        permanent = all(code >= 500 for code, _text in error.recipients.values())
    log.warning("letter not sent", extra={"mail": mail.pk, "attempt": mail.attempts, "fault": type(error).__name__})
    if permanent or mail.attempts >= MOST_ATTEMPTS:
        _finish(mail, state=OutgoingMail.State.FAILED, due_at=None, last_error=type(error).__name__)
        return
    delay = timedelta(seconds=backoff_s(mail.attempts, base_s=FIRST_DELAY_S))
    _finish(mail, due_at=timezone.now() + delay, last_error=type(error).__name__)


def _finish(mail: OutgoingMail, **fields: object) -> None:
    # Only the attempt that holds the row writes its end: a late one finds another state and changes nothing.
    OutgoingMail.objects.filter(pk=mail.pk, state=mail.state).update(lease_until=None, **fields)
    mail.refresh_from_db()


KEPT_TEXT = _("No mail server is set up: the letter is kept here and was not sent. Copy it, or set EMAIL_URL.")
