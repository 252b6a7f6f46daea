from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from avatars.models import Speech
from avatars.services import speech
from interviews import links
from interviews.call import gate
from interviews.models import AuditEvent, Decision, Interview, Mark, Review, ReviewChange, Turn
from interviews.services import late_texts, mail
from interviews.services.retention import apply_retention
from interviews.tests.builders import make_alice, make_interview, make_position
from transcription.models import Recording, SpeechSegment, Take
from transcription.services import takes
from transcription.tests.builders import cut, noise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def recording_dir(settings, tmp_path):
    settings.RECORDING_DIR = tmp_path / "recordings"
    yield
    takes.forget_all()


def make_recorded(*, days_ago=200, retention_days=180, **fields) -> Interview:
    ended = timezone.now() - timedelta(days=days_ago)
    position = make_position(retention_days=retention_days, title=f"Engineer {Interview.objects.count()}")
    fields = {"state": Interview.State.COMPLETED, "completed_at": ended, "deadline": ended, "started_at": ended, **fields}
    interview = make_interview(position=position, **fields)
    take = takes.start_take(interview.recording_key, "tab", recognise=True)
    takes.store(take.id, cut(noise(40), take.number))
    Take.objects.update(offset_ms=0)
    Turn.objects.create(interview=interview, number=1, speaker="avatar", kind="question", text="Tell me.")
    Turn.objects.create(
        interview=interview, number=2, speaker="candidate", kind="answer", text="My words", input="voice",
        start_ms=0, end_ms=2000,
    )  # fmt: skip
    return interview


async def body(response) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


def test_sound_and_words_past_their_days_are_erased_and_the_questions_stay():
    interview = make_recorded()
    applied = apply_retention()
    assert (applied.interviews, applied.turns, applied.takes, applied.faults) == (1, 1, 1, 0)
    assert list(interview.turns.values_list("text", flat=True)) == ["Tell me.", ""]
    interview.refresh_from_db()
    assert interview.erased_at and Recording.objects.get().erased_at and not Take.objects.exists()
    assert AuditEvent.objects.filter(action="erase", target_id=str(interview.pk)).exists()
    assert apply_retention().interviews == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"days_ago": 179},
        {"legal_hold": True},
        {"days_ago": 30, "retention_days": 31},
        {"state": "in_progress", "completed_at": None},
    ],
)
def test_what_is_not_over_its_days_or_is_held_stays(fields):
    make_recorded(**fields)
    assert apply_retention().interviews == 0
    assert Take.objects.exists()


def test_the_name_in_the_greeting_its_sound_letters_and_remarks_are_erased_and_marks_stay():
    interview, alice = make_recorded(), make_alice()
    hello = "Hello, Bob."
    Turn.objects.create(
        interview=interview, number=3, speaker="avatar", kind="greeting", text=hello, sentences=[hello], first_sentence=0
    )
    row = speech.speak(text=hello, language="en", engine="fake")
    mail.queue(kind="invitation", to="bob@example.org", subject="For Bob", body="Dear Bob", interview=interview)
    review = Review.objects.create(interview=interview, reviewer=alice, comment="Bob spoke of his child.")
    Mark.objects.create(review=review, criterion_uuid=uuid4(), score=4, note="Bob's child")
    ReviewChange.objects.create(review=review, marks={"c": [3, "Bob's child"]}, comment="Bob", reason="second look")
    Decision.objects.create(interview=interview, reviewer=alice, outcome="advance", reason="clear answers")
    apply_retention()
    assert not Speech.objects.filter(pk=row.pk).exists() and not default_storage.exists(row.audio.name)
    assert interview.turns.get(kind="greeting").text == "" and interview.turns.get(kind="greeting").sentences == []
    letter = interview.mails.get()
    assert (letter.to, letter.subject, letter.body, letter.due_at) == ("", "", "", None)
    review.refresh_from_db()
    assert (review.comment, review.marks.get().note, review.marks.get().score) == ("", "", 4)
    assert (review.changes.get().comment, review.changes.get().marks) == ("", {"c": [3, ""]})
    assert interview.decisions.get().reason == "clear answers"


def test_an_erased_interview_opens_no_socket():
    interview = make_recorded()
    apply_retention()
    cookies = {links.cookie_name(interview.public_id): links.cookie_value(interview.public_id, 1)}
    with pytest.raises(gate.Refused):
        gate.admitted(interview.public_id, cookies)


def test_a_dry_run_only_counts():
    make_recorded()
    out = StringIO()
    call_command("apply_retention", "--dry-run", stdout=out)
    assert out.getvalue().startswith("Would erase: 1 interviews, 1 answers, 1 takes, 0.1 MB.")
    assert Take.objects.exists() and Turn.objects.filter(text="My words").exists()


def test_a_fault_with_one_interview_does_not_keep_the_others():
    broken, _fine = make_recorded(), make_recorded()
    broken.version.plan = {"format": "unknown"}
    broken.version.save()
    Interview.objects.filter(pk=broken.pk).update(completed_at=timezone.now() - timedelta(days=100))
    assert apply_retention(batch=1).interviews == 1


def test_hr_hear_one_answer_and_the_whole_with_byte_ranges(client):
    interview = make_recorded(days_ago=1)
    client.force_login(make_alice())
    whole = client.get(f"/hr/interviews/{interview.pk}/recording.wav", headers={"range": "bytes=44-143"})
    assert (whole.status_code, whole["Content-Range"]) == (206, f"bytes 44-143/{44 + 40 * 2048}")
    assert async_to_sync(body)(whole) == noise(40)[:100]
    assert client.get(f"/hr/interviews/{interview.pk}/answers/2.wav").status_code == 200
    assert client.get(f"/hr/interviews/{interview.pk}/answers/1.wav").status_code == 404
    assert AuditEvent.objects.filter(action="listen").count() == 1  # the range that began within is no new listening


def test_strangers_hear_nothing(client):
    interview = make_recorded(days_ago=1)
    address = f"/hr/interviews/{interview.pk}/recording.wav"
    assert client.get(address).status_code == 404
    client.force_login(make_alice(username="charlie", is_superuser=False))
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 405


def test_late_words_reach_the_turn_that_waits_for_them():
    interview = make_recorded(days_ago=1)
    turn = interview.turns.get(number=2)
    Turn.objects.filter(pk=turn.pk).update(text="", text_state="pending")
    Take.objects.update(segmented_ms=2560)
    segment = SpeechSegment.objects.create(take=Take.objects.get(), start_ms=100, end_ms=1500)
    assert late_texts.fill() == 0
    SpeechSegment.objects.filter(pk=segment.pk).update(state="done", text="I built a bridge.")
    assert late_texts.fill() == 1
    turn.refresh_from_db()
    assert (turn.text, turn.text_state) == ("I built a bridge.", "final")
