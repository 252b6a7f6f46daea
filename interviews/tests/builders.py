"""Builders with sensible defaults: a test mentions only what matters. Alice is staff, Bob the candidate, Charlie a stranger."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from avatars.models import AvatarSettings
from interviews import links
from interviews.models import Candidate, Criterion, Interview, Position, Question
from interviews.services.versions import freeze

QUESTIONS = {
    "ru": ["Расскажите о себе.", "Какой проект вам запомнился?", "Почему вы хотите работать у нас?"],
    "en": ["Tell me about yourself.", "Which project do you remember best?", "Why do you want to work with us?"],
    "kk": ["Өзіңіз туралы айтып беріңіз.", "Қай жоба есіңізде қалды?", "Неге бізде жұмыс істегіңіз келеді?"],
}


def make_alice(**fields: object) -> object:
    defaults = {"username": "alice", "email": "alice@example.org", "is_staff": True, "is_superuser": True}
    return get_user_model().objects.create_user(**{**defaults, **fields})


def make_position(*, language: str = "en", questions: list[str] | None = None, **fields: object) -> Position:
    AvatarSettings.objects.get_or_create(is_default=True, defaults={"name": "Standard", "language": language})
    defaults = {"title": "Engineer", "language": language, "contact": "Alice, alice@example.org", "state": Position.State.OPEN}
    position = Position.objects.create(**{**defaults, **fields})
    criterion = Criterion.objects.create(position=position, name="Clarity", meaning="Says things clearly.", order=1)
    for order, text in enumerate(QUESTIONS[language] if questions is None else questions):
        Question.objects.create(position=position, text=text, order=order).criteria.add(criterion)
    return position


def make_interview(*, state: str = Interview.State.INVITED, position: Position | None = None, **fields: object) -> Interview:
    position = position or make_position()
    candidate = fields.pop("candidate", None) or Candidate.objects.create(
        name="Bob", email="bob@example.org", language=position.language
    )
    defaults = {
        "candidate": candidate,
        "version": freeze(position),
        "language": position.language,
        "state": state,
        "deadline": timezone.now() + timedelta(days=14),
    }
    return Interview.objects.create(**{**defaults, **fields})


def candidate_client(interview: Interview) -> Client:
    """Bob's browser, already holding the cookie of this interview."""
    client = Client(enforce_csrf_checks=False)
    client.cookies[links.cookie_name(interview.public_id)] = links.cookie_value(interview.public_id, interview.link_generation)
    return client
