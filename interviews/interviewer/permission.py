"""Whether a model may take part in an interview at all (design §5, hiring_law 3): asked for anew with every event."""

from interview_site.llm import Purpose, is_configured, is_local
from interviews.models import Consent, Interview
from interviews.services import consents


def may_think(interview: Interview) -> bool:
    """A model is configured for the dialogue, and the candidate agreed to it."""
    return is_configured(Purpose.DIALOGUE) and not refusal(interview, Purpose.DIALOGUE)


def refusal(interview: Interview, purpose: Purpose) -> str:
    """"no_consent" to AI analysis, "cross_border" when the model runs elsewhere and no transfer of texts was agreed to, or "".

    The latest consent of a kind counts, so a withdrawal works with the next words. Never asked: not given.
    """
    if not consents.agreed(interview, Consent.Kind.AI_ANALYSIS):
        return "no_consent"
    return "" if is_local(purpose) or consents.may_leave(interview, Consent.Data.TEXT) else "cross_border"
