"""The demo: a position per language with one open invitation each, so that the first minute is an interview (design §8).

No passwords here: administrators are made by the start command.
"""

from django.db import transaction
from django.utils.translation import gettext_noop

from avatars.models import AvatarSettings
from interviews import links
from interviews.models import Candidate, Criterion, Interview, Position, Question
from interviews.services import invitations
from interviews.services.demo_texts import DEMOS, DemoPosition
from interviews.services.states import move

LANGUAGES = ("ru", "en", "kk")


def ensure_demo() -> list[tuple[str, str]]:
    """(language, link) of every demo interview that is still open; on an empty site the demo is made first.

    Idempotent: a site that has any position, demo or not, is left as it is.
    """
    if not Position.objects.exists():
        with transaction.atomic():
            _make_profiles()
            for language in LANGUAGES:
                _invite_guest(_make_position(language, DEMOS[language]))
    return _open_links()


def fresh_demo() -> list[tuple[str, str]]:
    """New demo interviews in place of the untouched old ones; (language, link) of all that are open now."""
    with transaction.atomic():
        _make_profiles()
        for language in LANGUAGES:
            position = Position.objects.filter(
                language=language, versions__interviews__kind=Interview.Kind.DEMO, state=Position.State.OPEN
            ).first()  # fmt: skip
            waiting = Interview.objects.filter(kind=Interview.Kind.DEMO, language=language, state__in=Interview.BEFORE_START)
            for old in waiting:
                move(old, Interview.State.REVOKED, reason=gettext_noop("a fresh demo was made"))
            _invite_guest(position or _make_position(language, DEMOS[language]))
    return _open_links()


def _open_links() -> list[tuple[str, str]]:
    interviews = Interview.objects.filter(kind=Interview.Kind.DEMO).exclude(state__in=Interview.FINISHED).order_by("pk")
    waiting = [interview for interview in interviews if not interview.is_past_deadline()]
    waiting.sort(key=lambda interview: LANGUAGES.index(interview.language))
    return [(interview.language, links.link(interview.public_id, interview.link_generation)) for interview in waiting]


def _make_profiles() -> None:
    if not AvatarSettings.objects.filter(is_default=True).exists():
        AvatarSettings.objects.get_or_create(name="Standard", defaults={"is_default": True, "presenter": "aliya"})
    AvatarSettings.objects.get_or_create(name="Timur", defaults={"presenter": "timur"})


def _make_position(language: str, texts: DemoPosition) -> Position:
    position = Position.objects.create(
        title=texts.title, description=texts.description, facts=texts.facts, contact=texts.contact, language=language,
        state=Position.State.OPEN, answer_days=180, time_budget_min=15,
    )  # fmt: skip
    criteria = [
        Criterion.objects.create(
            position=position,
            order=order,
            name=name,
            meaning=meaning,
            **{f"anchor_{n}": text for n, text in enumerate(anchors, 1)},
        )
        for order, (name, meaning, anchors) in enumerate(texts.criteria)
    ]
    for order, (text, indexes) in enumerate(texts.questions):
        Question.objects.create(position=position, order=order, text=text).criteria.set(criteria[index] for index in indexes)
    return position


def _invite_guest(position: Position) -> Interview:
    guest = Candidate.objects.create(name=DEMOS[position.language].guest, language=position.language)
    return invitations.create(position=position, candidate=guest, language=position.language, by=None, kind=Interview.Kind.DEMO)
