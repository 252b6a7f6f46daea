"""Nothing of a person outlives erasing: every text field of every row about them, found by itself, is filled and looked for.

A new model about an interview, or a new text field, fails here until it is erased or named below with the reason why it stays
(threats 78).
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from avatars.models import Speech
from interviews.models import Candidate, Evaluation, Finding, Interview, Review, Turn
from interviews.services import decisions, mail, personal
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.led import agree
from transcription.models import CameraTake, Recording, SegmentText, SoundFile, SpeechSegment, Take

pytestmark = pytest.mark.django_db
MARK = "Zarafeta"
OURS = ("interviews", "avatars", "transcription", "interview_site")
# Text that is no word of anybody: ids, codes, versions of texts, names of machines and of their faults.
STRUCTURE = {
    "interview": {"public_id", "request_key", "notice_version", "seat", "reply_state"},
    "interviewpassage": {"old_state", "new_state"},
    "turn": {"client_id", "rung", "falls", "marks"},
    "consent": {"text_version", "covers"},
    "evaluation": {"error_code", "model", "prompt", "last_error"},
    "evaluationpassage": {"old_state", "new_state", "reason"},
    "finding": {"insufficient", "input_hash"},
    "outgoingmail": {"kind", "last_error"},
}  # fmt: skip
# Stays, and is said to stay: the proof of a fair procedure (interviews.services.retention), and why people ended an interview.
KEPT = {("decision", "reason"), ("reviewchange", "reason"), ("interviewpassage", "reason"), ("turn", "source"),
        ("askedquestion", "fact")}  # fmt: skip
FILLED_JSON: dict[tuple[str, str], Any] = {
    ("finding", "quotes"): [{"turn": 2, "text": MARK, "start": 0, "end": 8, "at_ms": None, "confidence": None}],
    ("reviewchange", "marks"): {"c": [3, MARK]},
    ("turn", "sentences"): [MARK],
    ("interview", "accommodations"): {"note": MARK},
}
# Rows about rehearsals: the candidate is made up.
MADE_UP = {"rehearsedinterview"}


def about_a_person() -> set[type[models.Model]]:
    """Interview, Candidate and every model whose rows point at one of theirs, over any number of steps."""
    found: set[type[models.Model]] = {Interview, Candidate}
    while True:
        more = {
            model for label in OURS for model in apps.get_app_config(label).get_models()
            if any((field.many_to_one or field.one_to_one) and field.related_model in found for field in model._meta.fields)
        }  # fmt: skip
        if more <= found:
            return found
        found |= more


def texts_of(model: type[models.Model]) -> list[models.Field]:
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [field for field in model._meta.concrete_fields if isinstance(field, kinds) and not field.choices]


def fill(model: type[models.Model]) -> None:
    name = model._meta.model_name
    for field in texts_of(model):
        if field.name in STRUCTURE.get(name, ()):
            continue
        if isinstance(field, models.JSONField):
            assert (name, field.name) in FILLED_JSON, f"{name}.{field.name}: is it about a person? Name it in this file."
            value = FILLED_JSON[name, field.name]
        else:
            value = f"{MARK}@example.org" if isinstance(field, models.EmailField) else MARK
        model.objects.update(**{field.name: value})


def left_behind() -> set[tuple[str, str]]:
    """(model, field) of every row anywhere that still holds the mark."""
    found = set()
    for model in apps.get_models():
        for row in model.objects.all():
            for field in model._meta.concrete_fields:
                if MARK in json.dumps(field.value_from_object(row), cls=DjangoJSONEncoder, default=str, ensure_ascii=False):
                    found.add((model._meta.model_name, field.name))
    return found


@pytest.fixture
def interview(settings: Any, tmp_path: Any) -> Interview:
    """An interview with a row of every kind about it, the mark in every word."""
    settings.RECORDING_DIR = tmp_path / "recordings"
    made = make_interview(position=make_position(language="en"), state="completed")
    agree(made)
    alice = make_alice()
    question, criterion = made.version.plan["questions"][0]["uuid"], made.version.plan["criteria"][0]["uuid"]
    kinds = (("avatar", "greeting"), ("avatar", "follow_up"), ("candidate", "answer"), ("candidate", "candidate_question"))
    turns = [
        Turn.objects.create(interview=made, number=number, speaker=speaker, kind=kind, text="x", question_uuid=question)
        for number, (speaker, kind) in enumerate(kinds)
    ]
    made.asked.create(turn=turns[-1])
    made.passages.create(old_state="paused", new_state="completed")
    evaluation = Evaluation.objects.create(interview=made, state="proposed")
    evaluation.passages.create(old_state="running", new_state="proposed")
    Finding.objects.create(evaluation=evaluation, criterion_uuid=criterion, score=4, quote_count=1)
    review = Review.objects.create(interview=made, reviewer=alice)
    review.marks.create(criterion_uuid=uuid4(), score=3)
    review.changes.create(marks={}, reason="r")
    decisions.decide(made, reviewer=alice, outcome="advance", reason="r", seen=0)
    mail.queue(kind="invitation", to="", subject="s", body="b", interview=made)
    for model in about_a_person():
        if model._meta.model_name not in MADE_UP:
            fill(model)
    Turn.objects.filter(speaker="avatar", kind="greeting").update(source="")
    recording = Recording.objects.create(owner_key=f"interview:{made.public_id}", hints=[MARK])
    take = Take.objects.create(recording=recording, number=1, device="d", path="1/1/1.take")
    segment = SpeechSegment.objects.create(take=take, start_ms=0, end_ms=9, text=MARK, state="done")
    SegmentText.objects.create(segment=segment, text=MARK, words=[[0, 1, MARK]])
    SoundFile.objects.create(recording=recording)
    CameraTake.objects.create(recording=recording, number=1, device="d", key="k", path="1/1/1.camera")
    Speech.objects.create(text=MARK, language="en", engine="fake", speed=1.0, fingerprint="f" * 64, duration_ms=1, timeline={})
    LogEntry.objects.create(
        user=alice, content_type=ContentType.objects.get_for_model(Candidate), object_id=str(made.candidate_id),
        object_repr=MARK, action_flag=2,
    )  # fmt: skip
    return Interview.objects.select_related("version__position", "candidate").get(pk=made.pk)


def test_every_kind_of_row_about_an_interview_is_filled_here(interview: Interview) -> None:
    empty = {model._meta.model_name for model in about_a_person() if not model.objects.exists()}
    assert empty == MADE_UP, "make a row of it in the fixture above, so that erasing is tried on it"
    assert len(left_behind()) > 15


def test_erasing_a_person_leaves_nothing_of_them_anywhere(interview: Interview) -> None:
    personal.erase_person(interview.candidate, by=make_alice(username="hana"))
    assert left_behind() - KEPT == set()


def test_retention_leaves_the_person_and_nothing_they_said(interview: Interview) -> None:
    from interviews.services.retention import erase_answers

    erase_answers(interview, reason="retention")
    person = {("candidate", field.name) for field in texts_of(Candidate)} | {("logentry", "object_repr")}
    assert left_behind() - KEPT - person == set()
