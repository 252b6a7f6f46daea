"""What the candidate is told, built from the real settings: who processes, how long, who scores, whom to ask (threats 75)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interview_site.llm import Purpose, is_configured, is_local
from interviews.consent_texts import COMPANY_WITHOUT_NAME
from interviews.models import Consent, Interview
from interviews.plan import Plan, from_json
from transcription.engines.base import RecognitionEngine
from transcription.engines.registry import configured_engines

# Engines and presenters that run inside this site; anything else is a service of somebody else.
LOCAL_SPEECH = ("espeak", "rhvoice", "piper", "fake", "")
LOCAL_AVATARS = ("local", "fake")
# What models do with a candidate's answers; drafting a position is nothing of theirs.
_MODEL_WORK = {Purpose.DIALOGUE: gettext_lazy("Follow-up questions"), Purpose.EVALUATION: gettext_lazy("Proposed marks")}


@dataclass(frozen=True)
class Processor:
    """One place where data are processed. `remote`: outside the company's own servers. `kind`: of Consent.Data, "" for all."""

    purpose: str
    name: str
    data: str
    remote: bool
    kind: str = ""


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
    languages: tuple[str, ...] = ()  # the interview can be held in

    @property
    def remote(self) -> tuple[Processor, ...]:
        return tuple(processor for processor in self.processors if processor.remote)

    @property
    def leaves(self) -> tuple[str, ...]:
        """What goes outside the company, in kinds of Consent.Data."""
        return tuple(sorted({processor.kind for processor in self.remote}))

    @property
    def consent_kinds(self) -> tuple[str, ...]:
        """The consents that are asked, in order; cross-border only where something leaves the company (hiring_law 3)."""
        kinds = [Consent.Kind.PROCESSING, Consent.Kind.RECORDING, Consent.Kind.AI_ANALYSIS]
        if self.plan.camera:
            kinds.insert(2, Consent.Kind.CAMERA)
        return (*kinds, Consent.Kind.CROSS_BORDER) if self.remote else tuple(kinds)


def disclosure_for(interview: Interview, language: str) -> Disclosure:
    """Raises PlanError when the frozen plan is unreadable. Texts are in the active language."""
    whole = from_json(interview.version.plan)
    plan = whole.in_language(language)
    return Disclosure(
        plan=plan,
        languages=whole.languages,
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
    words = _("the interviewer’s words, which may greet you by name and take up your answers")
    if avatar.get("style") == "live":
        faces = _("the interviewer’s words, which may greet you by name and take up your answers; your connection’s address")
    else:
        faces = words
    if engine not in LOCAL_SPEECH:
        found.append(Processor(_("The avatar’s voice"), engine, words, True, Consent.Data.WORDS))
    for provider in _outside_providers(avatar):
        found.append(Processor(_("The avatar’s picture"), provider, faces, True, Consent.Data.WORDS))
    found += [_recogniser(engine) for engine in configured_engines()]
    found += [_model(purpose) for purpose in _MODEL_WORK if is_configured(purpose)]
    return tuple(found)


def _outside_providers(avatar: Mapping[str, Any]) -> list[str]:
    if avatar.get("style") == "local":
        return []
    return [str(provider) for provider in avatar.get("providers") or [] if provider not in LOCAL_AVATARS]


def words_leave(avatar: Mapping[str, Any]) -> bool:
    """Whether the interviewer's words go to a service outside the company; `avatar` is the profile's snapshot of the plan."""
    return str(avatar.get("speech_engine", "")) not in LOCAL_SPEECH or bool(_outside_providers(avatar))


def _model(purpose: Purpose) -> Processor:
    name = _("a language model inside the company") if is_local(purpose) else _("an outside language model")
    return Processor(str(_MODEL_WORK[purpose]), name, _("the text of your answers"), not is_local(purpose), Consent.Data.TEXT)


def _recogniser(engine: RecognitionEngine) -> Processor:
    is_local = engine.capabilities.is_local
    name = _("speech recognition inside the company") if is_local else _("an outside speech recognition service")
    return Processor(_("Turning speech into text"), name, _("your recorded voice"), not is_local, Consent.Data.VOICE)


def recognition_place() -> str:
    """Where speech becomes text with the engines of the settings: local, remote, both or none (consent_texts.RECOGNITION)."""
    places = {engine.capabilities.is_local for engine in configured_engines()}
    return {(): "none", (True,): "local", (False,): "remote"}.get(tuple(places), "both")
