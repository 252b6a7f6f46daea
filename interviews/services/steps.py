"""The candidate's steps before, around and after the call: where an interview stands, and what each step does (design §5, §6).

Order is enforced here (threats 14): welcome → consent → check → call → receipt. Every verb may come twice; the second time
it changes nothing. A step taken too early raises `OutOfOrder`, one taken too late `states.WrongState`.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from interviews.consent_texts import NOTICE_VERSION, TEXT_VERSION
from interviews.models import Consent, Interview, Position
from interviews.plan import from_json
from interviews.services import clips, people_requests
from interviews.services.states import WrongState, move

State = Interview.State
# Someone who was talking a moment ago may come back after the deadline: it stops new interviews, not this one (threats 16).
GRACE = timedelta(hours=1)


class Step(StrEnum):
    """The page an interview stands at. The first five are addresses, the others reasons why there is nothing to do."""

    WELCOME = "welcome"
    CONSENT = "consent"
    CHECK = "check"
    CALL = "call"
    RECEIPT = "receipt"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    DECLINED = "declined"
    UNFINISHED = "unfinished"
    ERASED = "erased"


PAGES = (Step.WELCOME, Step.CONSENT, Step.CHECK, Step.CALL, Step.RECEIPT)
_ENDED = {
    State.COMPLETED: Step.RECEIPT,
    State.DECLINED: Step.DECLINED,
    State.EXPIRED: Step.EXPIRED,
    State.REVOKED: Step.REVOKED,
    State.ABANDONED: Step.UNFINISHED,
}


class OutOfOrder(Exception):
    """A step was taken before the ones it stands on; `step` is the right one."""

    def __init__(self, step: Step) -> None:
        super().__init__(f"the interview stands at {step}")
        self.step = step


def standing(interview: Interview, now: datetime | None = None) -> Step:
    """The step this interview stands at. Reads only; past deadlines count even before the sweeper has moved the row."""
    now = now or timezone.now()
    if interview.erased_at:
        return Step.ERASED
    if interview.state in _ENDED:
        return _ENDED[interview.state]
    if interview.state in Interview.LIVE:
        recently = interview.active_at is not None and now - interview.active_at < GRACE
        return Step.CALL if now < interview.deadline or recently else Step.EXPIRED
    if now >= interview.deadline:
        return Step.EXPIRED
    return _closed_position(interview, now) or _next_before_start(interview)


def _closed_position(interview: Interview, now: datetime) -> Step | None:
    """Why the position takes nobody now. HR's previews and rehearsals work on drafts too."""
    if interview.kind in (Interview.Kind.PREVIEW, Interview.Kind.REHEARSAL):
        return None
    position = interview.version.position
    if position.state == Position.State.CLOSED or (position.closes_at and now >= position.closes_at):
        return Step.CLOSED
    if position.state == Position.State.DRAFT or (position.opens_at and now < position.opens_at):
        return Step.NOT_YET
    return None


def _next_before_start(interview: Interview) -> Step:
    if interview.state == State.INVITED or not interview.notice_at:
        return Step.WELCOME
    if not interview.consented_at:
        return Step.CONSENT
    return Step.CALL if interview.state == State.READY else Step.CHECK


def reachable(interview: Interview, page: Step) -> bool:
    """Whether the candidate may look at `page` now: the present step, or an earlier one while the call has not begun."""
    here = standing(interview)
    if here == page:
        return True
    before_start = interview.state in Interview.BEFORE_START and here in PAGES
    return before_start and PAGES.index(page) < PAGES.index(here)


def open_interview(interview: Interview) -> None:
    """The candidate read the notice and goes on: invited → opened, with the notice's version and time (hiring_law 1)."""
    _require(interview, Step.WELCOME)
    notice = {"notice_version": NOTICE_VERSION, "notice_at": timezone.now()}
    if interview.state == State.INVITED:
        move(interview, State.OPENED, reason=gettext_noop("the candidate opened the link"), **notice)
    elif interview.notice_version != NOTICE_VERSION:
        Interview.objects.filter(pk=interview.pk, state__in=Interview.BEFORE_START).update(**notice)
        interview.refresh_from_db()


def choose_language(interview: Interview, language: str) -> bool:
    """The language the interview is held in: one the position was prepared for, until the call begins. False: not possible.

    The second time it changes nothing. Consents stay as they were given: each knows the language of its own text.
    """
    if language not in languages_of(interview):
        return False
    written = Interview.objects.filter(pk=interview.pk, state__in=Interview.BEFORE_START).update(language=language)
    if written:
        interview.refresh_from_db()
        clips.ensure(interview.version, language)
    return bool(written)


def languages_of(interview: Interview) -> tuple[str, ...]:
    """The languages this interview can be held in; the one it was invited in always belongs to them."""
    languages = from_json(interview.version.plan).languages
    return languages if interview.language in languages else (interview.language, *languages)


def give_consents(interview: Interview, *, answers: dict[str, bool], language: str, covers: Sequence[str] | None = None) -> bool:
    """Keep what the candidate agreed to and refused; True when the way on is open (processing was agreed to).

    `answers`: Consent.Kind → given; `covers`: what the listed services outside would receive (Consent.Data), None when nothing
    was listed. Rows are only added, and only where the answer or its text is another than the latest.
    """
    _require(interview, Step.CONSENT)
    with transaction.atomic():
        locked = Interview.objects.select_for_update().get(pk=interview.pk)
        if locked.state not in Interview.BEFORE_START:
            raise WrongState(locked.state, "consented")
        known = latest_consents(locked)
        for kind, given in answers.items():
            last, listed = known.get(kind), None
            if kind == Consent.Kind.CROSS_BORDER and covers is not None:
                listed = list(covers)
            said = (given, TEXT_VERSION, language, listed)
            if last is None or (last.given, last.text_version, last.language, last.covers) != said:
                Consent.objects.create(
                    interview=locked, kind=kind, given=given, text_version=TEXT_VERSION, language=language, covers=listed
                )
        agreed = answers.get(Consent.Kind.PROCESSING, False)
        if not agreed:
            locked.consented_at = None
        elif locked.consented_at is None:
            locked.consented_at = timezone.now()
        locked.save(update_fields=["consented_at"])
    interview.refresh_from_db()
    return agreed


def latest_consents(interview: Interview) -> dict[str, Consent]:
    """Kind → the row that counts."""
    return {consent.kind: consent for consent in interview.consents.order_by("pk")}


def confirm_check(interview: Interview) -> None:
    """The device check is done: opened → ready."""
    _require(interview, Step.CHECK)
    move(interview, State.READY, reason=gettext_noop("the device check is done"), checked_at=timezone.now())


def start_call(interview: Interview) -> None:
    """The candidate answered the call: ready → in_progress. An interview that is already under way stays as it is.

    Raises OutOfOrder when notice, consent or check is missing or the time is over, WrongState when it has ended.
    """
    if interview.state in Interview.LIVE and standing(interview) == Step.CALL:
        return
    if interview.is_finished:
        raise WrongState(interview.state, State.IN_PROGRESS)
    here = standing(interview)
    if here != Step.CALL:
        raise OutOfOrder(here)
    try:
        move(interview, State.IN_PROGRESS, reason=gettext_noop("the candidate answered the call"))
    except WrongState as error:
        if error.state != State.PAUSED:  # another tab answered and paused between our look and our move
            raise


def decline(interview: Interview) -> None:
    """The candidate declines for good: possible until the call begins. Raises WrongState after that."""
    if interview.state == State.DECLINED:
        return
    here = standing(interview)
    if interview.state in Interview.BEFORE_START and here not in PAGES:
        raise OutOfOrder(here)
    move(interview, State.DECLINED, reason=gettext_noop("the candidate declined"))


def prefer_a_person(interview: Interview) -> bool:
    """The candidate prefers a person: one tap, no reason, nothing else changes (hiring_law 4). True the first time.

    Works in every state but revoked and erased (WrongState); HR get one letter, however often it comes.
    """
    if interview.state == State.REVOKED or interview.erased_at:
        raise WrongState(interview.state, "with a person")
    with transaction.atomic():
        first = Interview.objects.filter(pk=interview.pk, wants_person_at__isnull=True).update(wants_person_at=timezone.now())
        if first:
            people_requests.tell_hr(interview)
    interview.refresh_from_db()
    return bool(first)


def _require(interview: Interview, page: Step) -> None:
    if not reachable(interview, page):
        raise OutOfOrder(standing(interview))
