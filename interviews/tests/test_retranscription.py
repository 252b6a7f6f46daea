"""HR have answers heard again: both texts are kept, one is current, what they did is noted; files and waveforms of answers."""

import pytest
from django.utils import timezone

from interviews.models import AuditEvent, Consent, Interview, Turn
from interviews.services import late_texts, sound
from interviews.tests.builders import make_alice, make_interview
from transcription.engines import fake
from transcription.engines.recognised import Recognised
from transcription.models import SegmentText, SoundFile, SpeechSegment
from transcription.services import recognition, segments, sound_files, takes
from transcription.tests.builders import cut, noise

pytestmark = pytest.mark.django_db


@pytest.fixture
def spoken(settings: object, tmp_path: object) -> Interview:
    """One answer, heard by the first recogniser as "I built breeches."."""
    settings.RECORDING_DIR = tmp_path / "recordings"
    settings.STT_ENGINES = ["fake", "pocketsphinx"]
    fake.SCRIPT.clear()
    interview = make_interview(state=Interview.State.COMPLETED, started_at=timezone.now(), completed_at=timezone.now())
    Consent.objects.create(interview=interview, kind="recording", given=True, text_version="1", language="en")
    take = takes.start_take(interview.recording_key, "tab", recognise=True, language="en")
    takes.store(take.id, cut(noise(60), take.number))
    segments.add(take.id, [(400, 3_000)], heard_ms=3_840)
    take_row = SpeechSegment.objects.get().take
    Turn.objects.create(
        interview=interview, number=1, speaker="candidate", kind="answer", input="voice", text_state="pending",
        start_ms=take_row.offset_ms + 400, end_ms=take_row.offset_ms + 3_000, question_uuid=None,
    )  # fmt: skip
    fake.SCRIPT.append("I built breeches.")
    hear()
    yield interview
    takes.forget_all()


def hear() -> None:
    SpeechSegment.objects.filter(due_at__isnull=False).update(due_at=timezone.now())
    for pk in SpeechSegment.objects.filter(due_at__isnull=False).values_list("pk", flat=True):
        recognition.transcribe(pk)
    late_texts.fill()


def page(client: object, interview: Interview) -> str:
    return client.get(f"/admin/interviews/interview/{interview.pk}/review/").content.decode()


def again(client: object, interview: Interview, engine: str) -> int:
    return client.post(f"/admin/interviews/interview/{interview.pk}/review/transcribe/", {"engine": engine}).status_code


def test_a_second_hearing_keeps_both_texts_and_shows_them_side_by_side(client: object, spoken: Interview) -> None:
    client.force_login(make_alice())
    assert again(client, spoken, "fake") == 302
    turn = Turn.objects.get()
    assert (turn.text_state, turn.text) == ("pending", "I built breeches.")  # the present text stays until then
    assert "being transcribed again" in page(client, spoken)
    fake.SCRIPT.append("I built bridges.")
    hear()
    turn.refresh_from_db()
    assert (turn.text_state, turn.text) == ("final", "I built bridges.")
    assert [(text.text, text.is_current) for text in SegmentText.objects.all()] == [
        ("I built breeches.", False), ("I built bridges.", True),
    ]  # fmt: skip
    shown = page(client, spoken)
    assert "2 texts of this answer" in shown and "I built breeches." in shown
    event = AuditEvent.objects.get(action="transcribe_again")
    assert event.actor.username == "alice" and event.note == "fake: 1 stretches"


def test_an_earlier_text_can_be_taken_back(client: object, spoken: Interview) -> None:
    client.force_login(make_alice())
    again(client, spoken, "fake")
    fake.SCRIPT.append("I filled britches.")
    hear()
    address = f"/admin/interviews/interview/{spoken.pk}/review/text/"
    client.post(address, {"turn": "1", "run": "fake#1"})
    assert Turn.objects.get().text == "I built breeches."
    assert [text.is_current for text in SegmentText.objects.all()] == [True, False]
    assert AuditEvent.objects.filter(action="choose_text").count() == 1
    client.post(address, {"turn": "1", "run": "nobody#9"})
    client.post(address, {"turn": "x"})
    assert AuditEvent.objects.filter(action="choose_text").count() == 1


def test_a_second_hearing_that_fails_for_good_leaves_the_first_text(client: object, spoken: Interview) -> None:
    from interview_site.errors import Category, ProviderError

    client.force_login(make_alice())
    again(client, spoken, "fake")
    fake.SCRIPT.append(ProviderError("bad key", category=Category.AUTHENTICATION))
    hear()
    assert (Turn.objects.get().text_state, Turn.objects.get().text) == ("final", "I built breeches.")
    assert (SpeechSegment.objects.get().state, SpeechSegment.objects.get().last_error) == ("done", "bad key")


def test_only_the_recogniser_that_was_chosen_hears_it(client: object, spoken: Interview) -> None:
    pytest.importorskip("pocketsphinx")
    client.force_login(make_alice())
    again(client, spoken, "pocketsphinx")
    hear()
    assert SegmentText.objects.latest("pk").engine == "pocketsphinx:en-us"


def test_an_engine_that_is_not_there_or_not_allowed_is_refused(client: object, spoken: Interview, settings: object) -> None:
    client.force_login(make_alice())
    settings.STT_BASE_URL, settings.STT_MODEL = "https://far.example/v1", "m"
    settings.STT_ENGINES = ["fake", "openai_compatible"]
    from transcription.models import Recording

    Recording.objects.update(local_only=True)
    shown = page(client, spoken)
    assert 'value="fake"' in shown and 'value="openai_compatible"' not in shown
    for engine in ("openai_compatible", "nonsense", ""):
        again(client, spoken, engine)
    assert not AuditEvent.objects.filter(action="transcribe_again").exists()
    assert Turn.objects.get().text_state == "final"


def test_reviewers_read_but_do_not_have_it_heard_again(client: object, spoken: Interview) -> None:
    client.force_login(make_alice(username="charlie", is_superuser=False))
    assert again(client, spoken, "fake") == 404


def test_another_language_and_doubt_are_shown_to_hr(client: object, spoken: Interview) -> None:
    client.force_login(make_alice())
    again(client, spoken, "fake")
    fake.SCRIPT.append(Recognised("Я три года работал в банке", "ru", 0.31))
    hear()
    shown = page(client, spoken)
    assert "another language (ru)" in shown and "unsure: 31 of 100" in shown


def test_an_answer_nobody_may_hear_is_said_to_be_so(client: object, spoken: Interview, settings: object) -> None:
    client.force_login(make_alice())
    Turn.objects.update(text="", text_state="pending")
    SpeechSegment.objects.update(state="queued", text="", engine="")
    settings.STT_ENGINES = []
    assert "no recogniser is set up" in page(client, spoken)


# --- Files -----------------------------------------------------------------------------------------------------------


def test_every_spoken_answer_gets_a_file_and_the_page_plays_it(client: object, spoken: Interview) -> None:
    client.force_login(make_alice())
    assert "answers/1.m4a" not in page(client, spoken)
    assert (sound.want_files(), sound.want_files()) == (1, 0)
    waves = client.get(f"/hr/interviews/{spoken.pk}/waveforms.json").json()
    assert (waves["1"]["state"], waves["whole"]["state"]) == ("making", "making")  # the page asked for the whole
    SoundFile.objects.update(due_at=timezone.now())
    for file in SoundFile.objects.all():
        sound_files.make(file.pk)
    waves = client.get(f"/hr/interviews/{spoken.pk}/waveforms.json").json()
    assert waves["1"]["state"] == waves["whole"]["state"] == "ready" and len(waves["1"]["peaks"]) > 40
    shown = page(client, spoken)
    assert "answers/1.m4a" in shown and "recording.m4a" in shown and "answers/1.wav" in shown
    answer = client.get(f"/hr/interviews/{spoken.pk}/answers/1.m4a", headers={"range": "bytes=0-99"})
    assert (answer.status_code, answer["Content-Type"]) == (206, "audio/mp4")
    assert client.get(f"/hr/interviews/{spoken.pk}/recording.m4a").status_code == 200
    assert AuditEvent.objects.filter(action="listen").count() == 2


@pytest.mark.parametrize("address", ["waveforms.json", "recording.m4a", "answers/1.m4a", "recording.exe"])
def test_strangers_find_nothing(client: object, spoken: Interview, address: str) -> None:
    assert client.get(f"/hr/interviews/{spoken.pk}/{address}").status_code == 404
    client.force_login(make_alice(username="charlie", is_superuser=False))
    assert client.get(f"/hr/interviews/{spoken.pk}/{address}").status_code == 404


def test_an_interview_that_goes_on_has_no_file_of_the_whole(client: object, spoken: Interview) -> None:
    Interview.objects.update(state=Interview.State.IN_PROGRESS, completed_at=None)
    spoken.refresh_from_db()
    assert sound.want_whole(spoken) is None and not SoundFile.objects.exists()
