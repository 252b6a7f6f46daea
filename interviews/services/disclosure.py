"""What the candidate is told, built from the real settings: who processes, how long, who scores, whom to ask (threats 75)."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from interviews.consent_texts import COMPANY_WITHOUT_NAME
from interviews.models import Consent, Interview
from interviews.plan import Plan, from_json

# Engines and presenters that run inside this site; anything else is a service of somebody else.
LOCAL_SPEECH = ("espeak", "rhvoice", "piper", "fake", "")
LOCAL_AVATARS = ("local", "fake")


@dataclass(frozen=True)
class Processor:
    """One place where data are processed. `remote`: outside the company's own servers."""

    purpose: str
    name: str
    data: str
    remote: bool


@dataclass(frozen=True)
class Disclosure:
    """Everything the welcome, consent and receipt pages say about this interview."""

    plan: Plan
    company: str
    named: bool  # the company has a name in the settings
    contact: str
    minutes: int
    questions: int
    days: int
    processors: tuple[Processor, ...]

    @property
    def remote(self) -> tuple[Processor, ...]:
        return tuple(processor for processor in self.processors if processor.remote)

    @property
    def consent_kinds(self) -> tuple[str, ...]:
        """The consents that are asked, in order; cross-border only where something leaves the company (hiring_law 3)."""
        kinds = (Consent.Kind.PROCESSING, Consent.Kind.RECORDING, Consent.Kind.AI_ANALYSIS)
        return (*kinds, Consent.Kind.CROSS_BORDER) if self.remote else kinds


def disclosure_for(interview: Interview, language: str) -> Disclosure:
    """Raises PlanError when the frozen plan is unreadable. Texts are in the active language."""
    plan = from_json(interview.version.plan)
    return Disclosure(
        plan=plan,
        company=settings.COMPANY_NAME or COMPANY_WITHOUT_NAME.get(language, COMPANY_WITHOUT_NAME["en"]),
        named=bool(settings.COMPANY_NAME),
        contact=interview.version.position.contact or plan.contact,
        minutes=plan.time_budget_min,
        questions=len(plan.questions),
        days=plan.retention_days,
        processors=_processors(plan),
    )


def _processors(plan: Plan) -> tuple[Processor, ...]:
    avatar = plan.avatar
    found = [Processor(_("Storing answers"), _("the company’s own servers"), _("all data of the interview"), remote=False)]
    engine = str(avatar.get("speech_engine", ""))
    if engine not in LOCAL_SPEECH:
        found.append(Processor(_("The avatar’s voice"), engine, _("the interviewer’s words only"), remote=True))
    for provider in avatar.get("providers") or []:
        if avatar.get("style") != "local" and provider not in LOCAL_AVATARS:
            found.append(Processor(_("The avatar’s picture"), str(provider), _("the interviewer’s words only"), remote=True))
    if settings.STT_BASE_URL and settings.STT_MODEL:
        name = _("speech recognition inside the company") if settings.STT_IS_LOCAL else _("an outside speech recognition service")
        found.append(Processor(_("Turning speech into text"), name, _("your recorded voice"), remote=not settings.STT_IS_LOCAL))
    return tuple(found)
