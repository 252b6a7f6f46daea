"""Telling HR what a candidate asked for: a person (hiring_law 4), or the end of their data (hiring_law 14)."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from interviews.models import Interview, OutgoingMail
from interviews.services import mail

KIND, ERASED = "person", "erased"


def tell_hr(interview: Interview) -> list[OutgoingMail]:
    """One letter in the outbox to each person responsible for the position; at least one row, so that nothing is lost.

    Called inside the transaction that notes the wish; sending is the outbox's work.
    """
    position = interview.version.position
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("%(name)s prefers to talk with a person") % {"name": interview.candidate.name}
        body = _(
            "%(name)s, invited for “%(position)s”, asks for an interview with a person instead of the AI avatar.\n\n"
            "No reason is needed, and this must not count against the candidate. Please get in touch and agree on a time.\n"
            "E-mail: %(email)s\nTelephone: %(phone)s"
        ) % {
            "name": interview.candidate.name,
            "position": position.title,
            "email": interview.candidate.email or "–",
            "phone": interview.candidate.phone or "–",
        }
    return _to_all(interview, KIND, subject, body)


def tell_hr_of_erasure(interview: Interview) -> list[OutgoingMail]:
    """One letter to each person responsible; it names the interview's number only, since the name is gone."""
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("A candidate had their data deleted")
        body = _(
            "The candidate of interview %(number)s for “%(position)s” had all answers and recordings deleted by the link of "
            "the invitation. Marks and decisions stay, without a name."
        ) % {"number": interview.public_id, "position": interview.version.position.title}
    return _to_all(interview, ERASED, subject, body)


def _to_all(interview: Interview, kind: str, subject: str, body: str) -> list[OutgoingMail]:
    position = interview.version.position
    people = {position.created_by, interview.created_by, *position.members.filter(is_active=True)}
    addresses = sorted({person.email for person in people if person and person.is_active and person.email}) or [""]
    return [mail.queue(kind=kind, to=address, subject=subject, body=body, interview=interview) for address in addresses]
