from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import Speech
from avatars.services import speech, speech_cleanup
from avatars.tasks import delete_unused_speech

pytestmark = pytest.mark.django_db


def spoken(text: str, *, days_ago: int = 0) -> Speech:
    row = speech.speak(text=text, language="en", engine="fake")
    Speech.objects.filter(pk=row.pk).update(used_at=timezone.now() - timedelta(days=days_ago))
    return row


def test_speech_unused_for_a_month_goes_with_its_file_and_the_rest_stays():
    old, young = spoken("Hello, Bob.", days_ago=31), spoken("Tell me more.", days_ago=29)
    delete_unused_speech()
    assert list(Speech.objects.all()) == [young]
    assert not default_storage.exists(old.audio.name) and default_storage.exists(young.audio.name)


def test_a_sentence_is_forgotten_and_can_be_said_again():
    old, _other = spoken("Hello, Bob."), spoken("Tell me more.")
    assert speech_cleanup.forget_sentences(["Hello, Bob.", "never said"]) == 1
    assert not default_storage.exists(old.audio.name)
    assert speech.speak(text="Hello, Bob.", language="en", engine="fake").pk != old.pk


def test_nothing_is_forgotten_without_a_sentence():
    spoken("Hello, Bob.")
    assert speech_cleanup.forget_sentences([]) == 0
    assert Speech.objects.count() == 1


def test_a_file_that_cannot_be_deleted_keeps_its_row(monkeypatch):
    spoken("Hello, Bob.", days_ago=31)

    def refuse(name: str) -> None:
        raise PermissionError(name)

    monkeypatch.setattr(default_storage, "delete", refuse)
    assert speech_cleanup.delete_unused_speech() == 0
    assert Speech.objects.count() == 1
