"""A person's data by the link and in the admin: withdrawn, copied, erased (threats 76, 77; hiring_law 3, 12, 14)."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from interviews import roles
from interviews.call.hearing import may_deliver, permit
from interviews.consent_texts import NOTICE_VERSION
from interviews.evaluation.permission import problem
from interviews.models import AuditEvent, Candidate, Consent, Evaluation, Finding, Interview, OutgoingMail, Turn
from interviews.services import consents, mail, personal
from interviews.services.camera import may_record
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position
from interviews.tests.led import agree
from transcription.models import CameraTake, Recording, Take
from transcription.services import takes
from transcription.tests.builders import cut, noise

pytestmark = pytest.mark.django_db
KINDS = ("processing", "recording", "camera", "ai_analysis", "cross_border")


@pytest.fixture(autouse=True)
def recording_dir(settings: Any, tmp_path: Any) -> Any:
    settings.RECORDING_DIR = tmp_path / "recordings"
    yield
    takes.forget_all()


def spoken(state: str = Interview.State.COMPLETED, **fields: Any) -> Interview:
    """Everything agreed to; a take of sound, a take of the camera, a spoken answer."""
    now = timezone.now()
    position = fields.pop("position", None) or make_position(language="en", camera_recording=True)
    interview = make_interview(
        position=position, state=state, completed_at=now if state == "completed" else None, started_at=now, notice_at=now,
        notice_version=NOTICE_VERSION, accommodations={"extra_time": 1.5}, **fields,
    )  # fmt: skip
    agree(interview, *KINDS)
    take = takes.start_take(interview.recording_key, "tab", recognise=True)
    takes.store(take.id, cut(noise(40), take.number))
    Turn.objects.create(interview=interview, number=1, speaker="avatar", kind="question", text="Tell me.")
    Turn.objects.create(
        interview=interview, number=2, speaker="candidate", kind="answer", text="I build bridges.", input="voice",
        start_ms=0, end_ms=2000, text_state="pending",
    )  # fmt: skip
    recording = Recording.objects.get(owner_key=interview.recording_key)
    CameraTake.objects.create(recording=recording, number=1, device="d", key="k", path="1/1/1.camera", bytes=3)
    return interview


def post(interview: Interview, **form: str) -> Any:
    return candidate_client(interview).post(f"/interview/{interview.public_id}/data", form)


def zip_of(response: Any) -> zipfile.ZipFile:
    async def body() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    assert response.status_code == 200 and response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"] and "no-store" in response["Cache-Control"]
    return zipfile.ZipFile(io.BytesIO(async_to_sync(body)()))


def staff(username: str, role: str) -> Client:
    user = make_alice(username=username, is_superuser=False, email=f"{username}@example.org")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


# --- Withdrawing -----------------------------------------------------------------------------------------------------------


def test_the_page_offers_what_was_agreed_to_and_nothing_else() -> None:
    interview = spoken()
    page = candidate_client(interview).get(f"/interview/{interview.public_id}/data").content.decode()
    assert all(f'value="{kind}"' in page for kind in KINDS if kind != "processing")
    assert 'value="processing"' not in page  # it ends by deleting
    post(interview, withdraw="ai_analysis")
    page = candidate_client(interview).get(f"/interview/{interview.public_id}/data").content.decode()
    assert 'value="ai_analysis"' not in page


def test_without_recording_the_sound_and_the_film_with_it_are_erased_and_the_words_stay() -> None:
    interview = spoken(state=Interview.State.IN_PROGRESS)
    assert post(interview, withdraw="recording").status_code == 303
    assert not Take.objects.exists() and not CameraTake.objects.exists() and not may_deliver(interview)
    turn = interview.turns.get(number=2)
    assert (turn.text, turn.start_ms, turn.text_state) == ("I build bridges.", None, "final")
    assert AuditEvent.objects.filter(action="withdraw_consent", note="recording", actor=None).count() == 1
    post(interview, withdraw="recording")
    assert interview.consents.filter(kind="recording", given=False).count() == 1  # twice is once


def test_without_the_camera_the_film_is_erased_and_the_sound_stays() -> None:
    interview = spoken()
    post(interview, withdraw="camera")
    assert Take.objects.exists() and not CameraTake.objects.exists() and not may_record(interview)


def test_without_transfer_no_recogniser_outside_hears_what_waits() -> None:
    interview = spoken()
    permit(interview)
    Consent.objects.filter(kind="cross_border").update(covers=["voice"])
    permit(interview)
    assert not Recording.objects.get().local_only
    post(interview, withdraw="cross_border")
    assert Recording.objects.get().local_only


def test_without_ai_analysis_a_proposal_made_before_is_not_shown_any_more() -> None:
    interview = spoken()
    made = Evaluation.objects.create(interview=interview, state="proposed")
    Finding.objects.create(
        evaluation=made, criterion_uuid=interview.version.plan["criteria"][0]["uuid"], score=4, quote_count=1,
        quotes=[{"turn": 2, "text": "bridges"}], reason="Builds.",
    )  # fmt: skip
    post(interview, withdraw="ai_analysis")
    assert problem(interview) == "no_consent"
    client = Client()
    client.force_login(make_alice())
    page = client.get(f"/admin/interviews/interview/{interview.pk}/review/").content.decode()
    assert "Builds." not in page and "did not agree to AI analysis" in page


def test_a_legal_hold_keeps_the_files_but_takes_nothing_more() -> None:
    interview = spoken(legal_hold=True)
    post(interview, withdraw="recording")
    assert Take.objects.exists() and not may_deliver(interview)


@pytest.mark.parametrize("kind", ["processing", "nonsense", "", "RECORDING"])
def test_what_cannot_be_withdrawn_changes_nothing(kind: str) -> None:
    interview = spoken()
    post(interview, withdraw=kind)
    assert not interview.consents.filter(given=False).exists()


def test_a_stranger_has_no_data_page_and_no_copy() -> None:
    interview = spoken()
    for address in ("data", "data.zip"):
        assert Client().get(f"/interview/{interview.public_id}/{address}").status_code == 404
    other = make_interview(position=interview.version.position)
    client = candidate_client(other)
    assert client.get(f"/interview/{interview.public_id}/data.zip").status_code == 404
    assert client.post(f"/interview/{interview.public_id}/data", {"erase": "1", "sure": "on"}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = candidate_client(interview).cookies
    assert strict.post(f"/interview/{interview.public_id}/data", {"erase": "1", "sure": "on"}).status_code == 403
    assert not Interview.objects.filter(erased_at__isnull=False).exists()


# --- A copy ----------------------------------------------------------------------------------------------------------------


def test_the_candidates_copy_holds_what_they_gave_and_no_judgement() -> None:
    interview = spoken()
    interview.reviews.create(reviewer=make_alice(), comment="Too quiet.")
    mail.queue(kind="person", to="alice@example.org", subject="To HR", body="To HR", interview=interview)
    mail.queue(kind="invitation", to="bob@example.org", subject="Come", body="Dear Bob", interview=interview)
    archive = zip_of(candidate_client(interview).get(f"/interview/{interview.public_id}/data.zip"))
    told = json.loads(archive.read("data.json"))
    assert told["person"]["email"] == "bob@example.org"
    (one,) = told["interviews"]
    assert one["turns"][1]["text"] == "I build bridges." and {row["kind"] for row in one["consents"]} == set(KINDS)
    assert one["files"] == [f"{interview.public_id}/sound.wav"] and one["accommodations"] == {"extra_time": 1.5}
    assert archive.read(one["files"][0])[44:] == noise(40)
    assert [letter["subject"] for letter in one["letters"]] == ["Come"]
    assert "Too quiet" not in json.dumps(told) and "alice@" not in json.dumps(told)
    assert AuditEvent.objects.filter(action="export", actor=None, note="own copy").exists()


def test_hr_hand_over_everything_and_only_those_who_may() -> None:
    interview = spoken()
    interview.reviews.create(reviewer=make_alice(), comment="Too quiet.")
    address = f"/hr/people/{interview.candidate_id}/data.zip"
    told = json.loads(zip_of(staff("hana", roles.HR_ADMIN).get(address)).read("data.json"))
    assert told["interviews"][0]["reviews"][0]["comment"] == "Too quiet."
    interview.version.position.members.add(make_alice(username="x", is_superuser=False))
    for name, role in (("rex", roles.RECRUITER), ("rita", roles.REVIEWER), ("olga", roles.OPS)):
        client = staff(name, role)
        assert client.get(address).status_code == 404
        assert client.post(f"/admin/interviews/candidate/{interview.candidate_id}/erase/", {"confirmed": "1"}).status_code == 404
    assert Client().get(address).status_code == 404
    assert AuditEvent.objects.filter(action="export", actor__username="hana", note="all data").count() == 1


# --- Its end ---------------------------------------------------------------------------------------------------------------


def test_the_candidate_deletes_everything_and_hr_are_told_without_a_name() -> None:
    interview = spoken(state=Interview.State.IN_PROGRESS)
    mail.queue(kind="invitation", to="bob@example.org", subject="For Bob", body="Dear Bob", interview=interview)
    assert b"alert" in post(interview, erase="1").content  # not without the box
    assert not Interview.objects.get().erased_at
    post(interview, erase="1", sure="on")
    interview.refresh_from_db()
    assert interview.erased_at and interview.state == "revoked" and interview.accommodations == {}
    person = Candidate.objects.get()
    assert (person.name, person.email, person.phone) == ("—", "", "")
    assert not Take.objects.exists() and not CameraTake.objects.exists()
    assert [turn.text for turn in interview.turns.filter(speaker="candidate")] == [""]
    kept = " ".join(f"{letter.to} {letter.subject} {letter.body}" for letter in OutgoingMail.objects.all())
    assert "Bob" not in kept and "bob@" not in kept and interview.public_id in kept
    page = candidate_client(interview).get(f"/interview/{interview.public_id}/", follow=True).content.decode()
    assert "were deleted" in page
    assert candidate_client(interview).get(f"/interview/{interview.public_id}/data.zip").status_code == 404


def test_hr_erase_a_person_with_a_receipt_and_no_trace_of_the_name() -> None:
    first = spoken()
    make_interview(position=make_position(title="Other", language="en"), candidate=first.candidate)
    client = staff("hana", roles.HR_ADMIN)
    address = f"/admin/interviews/candidate/{first.candidate_id}/"
    client.post(f"{address}change/", {"name": "Bob Smith", "email": "bob@example.org", "language": "en"})
    assert LogEntry.objects.filter(object_repr__contains="Bob").exists()
    asked = client.get(f"{address}erase/").content.decode()
    assert "Bob Smith" in asked and not Interview.objects.filter(erased_at__isnull=False).exists()
    receipt = client.post(f"{address}erase/", {"confirmed": "1"}).content.decode()
    assert "Interviews: 2, answers: 1, sound recordings: 1, camera recordings: 1" in receipt
    assert Interview.objects.filter(erased_at=None).count() == 0 and Candidate.objects.get().name == "—"
    assert not LogEntry.objects.filter(object_repr__contains="Bob").exists()
    event = AuditEvent.objects.get(action="erase", target_type="candidate")
    assert event.actor.username == "hana" and "2 interviews" in event.note and "Bob" not in event.note


def test_a_legal_hold_is_stronger_than_a_wish() -> None:
    interview = spoken(legal_hold=True)
    page = post(interview, erase="1", sure="on").content.decode()
    assert "Nothing was deleted" in page and Take.objects.exists()
    client = staff("hana", roles.HR_ADMIN)
    client.post(f"/admin/interviews/candidate/{interview.candidate_id}/erase/", {"confirmed": "1"})
    assert Candidate.objects.get().name == "Bob" and Interview.objects.get().erased_at is None


def test_who_looks_at_a_persons_details_is_noted() -> None:
    interview = spoken()
    hana = staff("hana", roles.HR_ADMIN)
    address = f"/admin/interviews/candidate/{interview.candidate_id}/change/"
    assert hana.get(address).status_code == 200
    assert hana.get(f"/api/v1/candidates/{interview.candidate_id}").status_code == 200
    assert staff("rex", roles.RECRUITER).get(address).status_code == 404
    noted = AuditEvent.objects.filter(action="view", target_type="candidate", target_id=str(interview.candidate_id))
    assert [(event.actor.username, event.note) for event in noted.order_by("pk")] == [("hana", ""), ("hana", "api")]


def test_a_legal_hold_is_set_and_lifted_in_the_list_by_those_who_may() -> None:
    interview = spoken()
    interview.version.position.members.add(make_alice(username="m", is_superuser=False))
    form = {"action": "hold_chosen", "_selected_action": interview.pk, "confirmed": "1"}
    address = "/admin/interviews/interview/"
    staff("rex", roles.RECRUITER).post(address, form)
    assert not Interview.objects.get().legal_hold
    hana = staff("hana", roles.HR_ADMIN)
    hana.post(address, form)
    assert Interview.objects.get().legal_hold
    hana.post(address, {**form, "action": "release_chosen"})
    assert not Interview.objects.get().legal_hold
    noted = AuditEvent.objects.filter(actor__username="hana").order_by("pk")
    assert [event.action for event in noted] == ["hold", "release"]


def test_what_a_restored_backup_brings_back_is_erased_again() -> None:
    interview = spoken()
    personal.erase_interview(interview)
    Interview.objects.update(erased_at=None)  # the database of yesterday
    Candidate.objects.update(name="Bob")
    interview.turns.filter(number=2).update(text="I build bridges.")
    kept = spoken(position=interview.version.position)
    assert personal.erase_again() == 1 and personal.erase_again() == 0
    assert interview.turns.get(number=2).text == "" and kept.turns.get(number=2).text == "I build bridges."
    assert Candidate.objects.get(pk=interview.candidate_id).name == "—"


def test_an_erased_person_with_another_interview_keeps_their_name_until_that_one_goes() -> None:
    interview = spoken()
    make_interview(position=make_position(title="Other", language="en"), candidate=interview.candidate)
    personal.erase_interview(interview)
    assert Candidate.objects.get().name == "Bob"


def test_a_consent_never_asked_is_not_given_and_the_latest_counts() -> None:
    interview = make_interview(deadline=timezone.now() + timedelta(days=1))
    assert not consents.agreed(interview, "recording") and not consents.may_leave(interview, "words")
    agree(interview, "recording")
    agree(interview, "recording", given=False)
    assert not consents.agreed(interview, "recording") and consents.given(interview) == []
