"""Inviting people, and what can be done with an invitation afterwards (design §2, threats 9, 40, 43).

Each verb is safe to repeat: a form sent twice invites once, a revoked interview stays revoked.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site.notify import interview_changed
from interviews import links
from interviews.models import Candidate, Interview, Language, Letter, Position
from interviews.services import audit, clips, mail
from interviews.services.states import WrongState, move
from interviews.services.versions import NothingToAsk, freeze

Kind = Interview.Kind


class CannotInvite(Exception):
    """This person cannot be invited to this position now; `text` says why, fit for HR."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class Guest:
    """One person to invite, as HR wrote it."""

    name: str
    email: str = ""
    language: str = ""  # empty: the language chosen for all


@dataclass(frozen=True)
class Outcome:
    """What became of one row: an interview, or the reason why there is none."""

    guest: Guest
    interview: Interview | None = None
    error: str | Promise = ""
    is_repeat: bool = False  # invited by an earlier copy of the same request


def refusal(position: Position) -> str | Promise:
    """Why nobody can be invited to this position now; empty when inviting is possible."""
    if position.state == Position.State.DRAFT:
        return _("This position is a draft. Open it first.")
    if position.state == Position.State.CLOSED or (position.closes_at and position.closes_at <= timezone.now()):
        return _("This position is closed. Open it again, or move its closing date.")
    if not position.questions.exists():
        return _("This position has no questions yet. Add at least one.")
    return ""


def invite(
    *,
    position: Position,
    name: str,
    email: str = "",
    language: str = "",
    by: object = None,
    subject: str = "",
    body: str = "",
    request_key: str = "",
    candidate: Candidate | None = None,
    wait_for_clips: bool | None = None,
) -> Interview:
    """Freeze the position's plan and invite one person; the letter goes to the outbox in the same transaction.

    `subject` and `body` (with placeholders) replace the position's wording. The deadline is `answer_days` from now, but not
    after the position closes. A known `request_key` returns the interview it made; a given `candidate` is
    invited as that row. `wait_for_clips`: the letter is kept back while clips are being made; None: as the position says.
    Raises CannotInvite.
    """
    guest = _checked(Guest(name=name, email=email, language=language or position.language))
    try:
        with transaction.atomic():
            Position.objects.select_for_update().get(pk=position.pk)
            known = request_key and Interview.objects.filter(request_key=request_key).first()
            if known:
                return known
            why_not = refusal(position)
            if why_not:
                raise CannotInvite(why_not)
            if guest.email and _is_under_way(position, guest.email):
                raise CannotInvite(_("This address already has an open invitation to this position."))
            interview = create(
                position=position, candidate=candidate or _candidate(guest, by), language=guest.language, by=by, kind=Kind.REAL,
                request_key=request_key,
            )  # fmt: skip
            clips.ensure(interview.version, interview.language, by=by)
            waits = position.wait_for_clips if wait_for_clips is None else wait_for_clips
            mail.queue_invitation(interview, by, subject=subject, body=body, waits_for_clips=waits)
            audit.record("invite", interview, actor=by)
            return interview
    except NothingToAsk:
        raise CannotInvite(_("This position has no questions yet. Add at least one.")) from None
    except IntegrityError:
        if not request_key:
            raise
        # Two copies of one request met: the other one won.
        return Interview.objects.get(request_key=request_key)


def create(*, position: Position, candidate: Candidate, language: str, by: object, kind: str, request_key: str = "") -> Interview:
    """An invited interview at the present draft's version, without a letter. Raises NothingToAsk."""
    return Interview.objects.create(
        candidate=candidate, version=freeze(position, by=by), kind=kind, language=language, created_by=by,
        deadline=_deadline(position), request_key=request_key,
    )  # fmt: skip


def invite_many(
    *, position: Position, guests: list[Guest], language: str, by: object, token: str,
    letters: dict[str, tuple[str, str]] | None = None, wait_for_clips: bool | None = None,
) -> list[Outcome]:  # fmt: skip
    """Invite each row by itself: good rows once, bad rows with their reason (threats 43).

    `token` is the form's; the same form sent again finds its own interviews by (token, person) and creates none.
    `letters` maps a language to an edited (subject, body).
    """
    outcomes, seen = [], set()
    for guest in guests:
        person = (guest.email or guest.name).strip().casefold()
        if person and person in seen:
            outcomes.append(Outcome(guest, error=_("This person stands twice in the list.")))
            continue
        seen.add(person)
        key = f"{token[:32]}:{hashlib.sha256(person.encode('utf-8', 'replace')).hexdigest()[:24]}"
        is_repeat = Interview.objects.filter(request_key=key).exists()
        subject, body = (letters or {}).get(guest.language or language, ("", ""))
        try:
            interview = invite(
                position=position, name=guest.name, email=guest.email, language=guest.language or language, by=by,
                subject=subject, body=body, request_key=key, wait_for_clips=wait_for_clips,
            )  # fmt: skip
        except CannotInvite as error:
            outcomes.append(Outcome(guest, error=error.text))
        else:
            outcomes.append(Outcome(guest, interview=interview, is_repeat=is_repeat))
    return outcomes


def preview(*, position: Position, by: object) -> Interview:
    """An interview for staff to see the position as a candidate does; also in a draft. Raises CannotInvite.

    The staff member has one candidate row of their own, with no e-mail, so that nothing is ever sent or counted.
    """
    own = Candidate.objects.filter(created_by=by, interviews__kind=Kind.PREVIEW).first()
    own = own or Candidate.objects.create(created_by=by, name=by.get_full_name() or by.get_username())
    try:
        return create(position=position, candidate=own, language=position.language, by=by, kind=Kind.PREVIEW)
    except NothingToAsk:
        raise CannotInvite(_("This position has no questions yet. Add at least one.")) from None


def resend(interview: Interview, *, by: object, has_new_link: bool = False) -> None:
    """Send the invitation again; a second click within ten seconds sends nothing more, unless the link has changed since.

    Raises WrongState when the interview is over.
    """
    _must_be_open(interview)
    with transaction.atomic():
        Interview.objects.select_for_update().get(pk=interview.pk)
        just_now = timezone.now() - timedelta(seconds=10)
        letters = interview.mails.filter(kind=Letter.Kind.INVITATION, sent_by=by, created_at__gte=just_now)
        if letters.exists() and not has_new_link:
            return
        mail.queue_invitation(interview, by)
        audit.record("resend", interview, actor=by)


def show_link(interview: Interview, *, by: object) -> str:
    """The candidate's link, shown to HR again; noted. Raises WrongState when the interview is over."""
    _must_be_open(interview)
    audit.record("show_link", interview, actor=by)
    return links.link(interview.public_id, interview.link_generation)


def reissue(interview: Interview, *, by: object) -> str:
    """End the old link and its cookies, and return a new link. Raises WrongState when the interview is over."""
    with transaction.atomic():
        changed = Interview.objects.filter(pk=interview.pk).exclude(state__in=Interview.FINISHED).update(
            link_generation=F("link_generation") + 1
        )  # fmt: skip
        interview.refresh_from_db()
        if not changed:
            raise WrongState(interview.state, "reissued")
        audit.record("reissue", interview, actor=by, note=f"generation {interview.link_generation}")
        transaction.on_commit(lambda: interview_changed(interview.public_id, generation=interview.link_generation))
    return links.link(interview.public_id, interview.link_generation)


def revoke(interview: Interview, *, by: object, reason: str) -> bool:
    """Take the invitation back; False when it was revoked before. Raises WrongState when the interview is over."""
    with transaction.atomic():
        moved = move(interview, Interview.State.REVOKED, reason=reason, actor=by)
        if moved:
            audit.record("revoke", interview, actor=by)
    return moved


def _must_be_open(interview: Interview) -> None:
    if interview.is_finished:
        raise WrongState(interview.state, "invited")


def _deadline(position: Position) -> datetime:
    deadline = max(timezone.now(), position.opens_at or timezone.now()) + timedelta(days=position.answer_days)
    if position.closes_at and position.closes_at > timezone.now():
        return min(deadline, position.closes_at)
    return deadline


def _is_under_way(position: Position, email: str) -> bool:
    return (
        Interview.objects.real().filter(version__position=position, candidate__email__iexact=email, deadline__gt=timezone.now())
        .exclude(state__in=Interview.FINISHED).exists()
    )  # fmt: skip


def _candidate(guest: Guest, by: object) -> Candidate:
    """The person this member of staff already knows by name and address, else a new row."""
    if guest.email and by is not None:
        known = Candidate.objects.visible_to(by).filter(email__iexact=guest.email, name__iexact=guest.name).first()
        if known:
            return known
    return Candidate.objects.create(name=guest.name, email=guest.email, language=guest.language, created_by=by)


def _checked(guest: Guest) -> Guest:
    """The row with its spaces put in order. Raises CannotInvite naming what is wrong."""
    name, email, language = " ".join(guest.name.split()), guest.email.strip(), guest.language.strip().lower()
    if not name:
        raise CannotInvite(_("The name is missing."))
    if len(name) > 200:
        raise CannotInvite(_("The name is longer than 200 characters."))
    if not all(character.isprintable() for character in name):
        raise CannotInvite(_("The name holds characters that cannot be stored."))
    if language not in Language.values:
        raise CannotInvite(_("The language must be ru, en or kk."))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise CannotInvite(_("The e-mail address is not valid.")) from None
        if len(email) > 254:
            raise CannotInvite(_("The e-mail address is not valid."))
    return Guest(name, email, language)
