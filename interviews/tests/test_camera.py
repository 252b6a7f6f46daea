"""The camera: only where the position asks and the candidate agrees; by HTTP; staff watch it; it is erased (threats 75)."""

import hashlib
import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from interviews import links
from interviews.consent_texts import LANGUAGES, NOTICE_VERSION, consent_text
from interviews.models import AuditEvent, Consent, Interview
from interviews.plan import from_json
from interviews.services import retention
from interviews.services.versions import freeze
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position
from interviews.tests.test_consumer_voice import recording_dir  # noqa: F401  a fixture
from transcription.models import CameraTake
from transcription.services import camera
from transcription.tests.test_camera import chain, filmed, pieces

pytestmark = [pytest.mark.django_db(transaction=True)]
BOXES = {"processing": "on", "recording": "on", "camera": "on", "ai_analysis": "on"}


def interview_with_camera(state: str = Interview.State.IN_PROGRESS, agreed: bool = True, **position: Any) -> Interview:
    interview = make_interview(state=state, position=make_position(**{"camera_recording": True, **position}))
    Consent.objects.create(interview=interview, kind="camera", given=agreed, text_version="1", language="en")
    return interview


def bob_of(interview: Interview) -> Client:
    client = Client(raise_request_exception=False)
    name = links.cookie_name(interview.public_id)
    client.cookies[name] = links.cookie_value(interview.public_id, interview.link_generation)
    client.address = f"/interview/{interview.public_id}/camera"
    return client


def said(bob: Client, **message: Any) -> Any:
    return bob.post(bob.address, json.dumps(message), content_type="application/json")


def sent(bob: Client, seq: int, data: bytes, *, sha256: str = "") -> Any:
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    address = f"{bob.address}?take=1&seq={seq}&sha256={sha256}"
    return bob.post(address, data, content_type="application/octet-stream")


def test_it_is_off_and_leaves_old_plans_as_they_were() -> None:
    position = make_position()
    first = freeze(position)
    assert "camera" not in first.plan and not from_json(first.plan).camera
    position.camera_recording = True
    position.save()
    assert from_json(freeze(position).plan).camera and freeze(position).number == first.number + 1


@pytest.mark.parametrize("asks", [True, False])
def test_the_consent_stands_by_itself_and_only_where_the_position_asks(asks: bool) -> None:
    for agrees in (True, False):
        interview = make_interview(
            state=Interview.State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now(),
            position=make_position(camera_recording=asks, title=f"{asks} {agrees}"),
        )  # fmt: skip
        browser = candidate_client(interview)
        page = browser.get(f"/interview/{interview.public_id}/consent").content.decode()
        assert ('name="camera"' in page) is asks
        boxes = BOXES if agrees else {name: on for name, on in BOXES.items() if name != "camera"}
        browser.post(f"/interview/{interview.public_id}/consent", boxes)
        given = {consent.kind: consent.given for consent in interview.consents.all()}
        assert given.get("camera") == (agrees if asks else None)
        assert given["recording"] and given["ai_analysis"], "refusing the camera changes nothing else"
        interview.refresh_from_db()
        assert interview.consented_at


@pytest.mark.parametrize(("asks", "agrees"), [(True, True), (True, False), (False, True)])
def test_the_check_has_a_step_for_what_will_be_used_and_for_nothing_else(asks: bool, agrees: bool) -> None:
    interview = interview_with_camera(Interview.State.OPENED, agrees, camera_recording=asks)
    now = timezone.now()
    Interview.objects.filter(pk=interview.pk).update(notice_version=NOTICE_VERSION, notice_at=now, consented_at=now)
    Consent.objects.create(interview=interview, kind="processing", given=True, text_version="1", language="en")
    Consent.objects.create(interview=interview, kind="recording", given=not agrees, text_version="1", language="en")
    interview.refresh_from_db()
    page = candidate_client(interview).get(f"/interview/{interview.public_id}/check").content.decode()
    assert ("data-camera-preview" in page) is (asks and agrees)
    assert ("data-mic-test" in page) is (not agrees)


def test_the_words_say_that_nothing_analyses_the_picture() -> None:
    said_so = {"ru": "никакая программа не анализирует", "en": "no program analyses", "kk": "ешқандай бағдарлама"}
    assert all(said_so[language] in consent_text("camera", language).text for language in LANGUAGES)


def test_a_recording_goes_by_http_and_staff_watch_it_by_ranges(recording_dir: None, tmp_path: Any) -> None:  # noqa: F811
    interview = interview_with_camera()
    bob, parts = bob_of(interview), pieces(filmed(tmp_path / "given"))
    assert said(bob, type="take", device="tab", key="k1").json() == {"take": 1, "next": 0}
    assert [sent(bob, seq, part).json()["next"] for seq, part in enumerate(parts[:3])] == [1, 2, 3]
    assert sent(bob, 2, parts[2]).json() == {"take": 1, "next": 3}, "an answer that was lost is given again"
    gap, other = sent(bob, 4, parts[4]), sent(bob, 1, b"other bytes")
    assert (gap.status_code, gap.json()["code"], gap.json()["next"]) == (409, "gap", 3)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    Interview.objects.filter(pk=interview.pk).update(state=Interview.State.COMPLETED, completed_at=timezone.now())
    assert [sent(bob, seq, part).status_code for seq, part in enumerate(parts[3:], 3)] == [200, 200], "also after the call"
    assert said(bob, type="finish", take=1, chunks=5, sha256=chain(parts)).json()["complete"] is True
    CameraTake.objects.update(due_at=timezone.now())
    camera.make(CameraTake.objects.get().pk)

    alice, stranger = Client(), Client()
    alice.force_login(make_alice())
    page = alice.get(f"/admin/interviews/interview/{interview.pk}/review/").content.decode()
    address = f"/hr/interviews/{interview.pk}/camera/1"
    assert address in page and "no program analyses the picture" in page
    whole = alice.get(address)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "video/webm", "bytes")
    part = alice.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part["Content-Length"]) == (206, "100")
    assert AuditEvent.objects.filter(action="watch", target_id=str(interview.pk)).count() == 1, "one act, many ranges"
    assert stranger.get(address).status_code == bob.get(address).status_code == alice.get(address + "7").status_code == 404

    retention.erase_answers(Interview.objects.get(), reason="asked")
    assert alice.get(address).status_code == 404 and not CameraTake.objects.exists()
    assert said(bob, type="take", device="tab", key="k2").status_code == 403


def test_nothing_is_taken_without_question_consent_cookie_or_time(recording_dir: None) -> None:  # noqa: F811
    start = {"type": "take", "device": "tab", "key": "k1"}
    refused = interview_with_camera(agreed=False, title="refused")
    not_asked = interview_with_camera(camera_recording=False, title="not asked")
    for interview in (refused, not_asked):
        answer = said(bob_of(interview), **start)
        assert (answer.status_code, answer.json()["code"]) == (403, "no_camera")
    interview = interview_with_camera(title="late")
    bob = bob_of(interview)
    assert Client().post(bob.address, "{}", content_type="application/json").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = bob.cookies
    assert strict.post(bob.address, "{}", content_type="application/json").status_code == 403
    Interview.objects.filter(pk=interview.pk).update(
        state=Interview.State.COMPLETED, completed_at=timezone.now() - timezone.timedelta(hours=25)
    )
    assert said(bob, **start).status_code == 403
    assert not CameraTake.objects.exists()


def test_what_cannot_be_taken_is_answered_and_stores_nothing(recording_dir: None) -> None:  # noqa: F811
    bob = bob_of(interview_with_camera())
    for message in (
        {}, {"type": "done"}, {"type": "take"}, {"type": "take", "device": 7, "key": "k"},
        {"type": "take", "device": "t", "key": "../x"},
        {"type": "finish", "take": -1, "chunks": 1, "sha256": "0" * 64},
        {"type": "finish", "take": True, "chunks": 1, "sha256": "0" * 64},
        {"type": "finish", "take": 1, "chunks": 10**30, "sha256": "0" * 64},
        {"type": "finish", "take": 1, "chunks": 1, "sha256": None},
    ):  # fmt: skip
        assert said(bob, **message).status_code == 400, message
    for body in (b"{", b"[]", b"\xff", b"[" * 5_000):
        assert bob.post(bob.address, body, content_type="application/json").status_code == 400
    assert sent(bob, 0, b"\x1aE\xdf\xa3").status_code == 404, "no such take"
    said(bob, type="take", device="tab", key="k1")
    assert sent(bob, 0, b"\x1aE\xdf\xa3", sha256="0" * 64).status_code == 400
    assert sent(bob, 0, b"no container").status_code == 415
    assert sent(bob, 0, b"\x1aE\xdf\xa3" + bytes(camera.MOST_CHUNK_BYTES)).status_code == 413
    assert bob.post(f"{bob.address}?take=1&seq=x", b"", content_type="application/octet-stream").status_code == 400
    assert bob.get(bob.address).status_code == 405
    assert CameraTake.objects.get().bytes == 0


def test_the_operator_says_how_much_and_how_sharp(recording_dir: None, settings: Any) -> None:  # noqa: F811
    settings.CAMERA_MOST_MB, settings.CAMERA_HEIGHT, settings.CAMERA_KBIT_S = 0, 720, 900
    interview = interview_with_camera()
    bob = bob_of(interview)
    said(bob, type="take", device="tab", key="k1")
    refused = sent(bob, 0, b"\x1aE\xdf\xa3")
    assert (refused.status_code, refused.json()["code"]) == (413, "too_long")
    assert '"camera": {"height": 720, "kbits": 900}' in bob.get(f"/interview/{interview.public_id}/call").content.decode()


def test_only_who_may_see_the_position_may_watch(recording_dir: None, tmp_path: Any) -> None:  # noqa: F811
    interview = interview_with_camera()
    parts = pieces(filmed(tmp_path / "given"))
    camera.start(interview.recording_key, "tab", key="k")
    for seq, part in enumerate(parts):
        camera.store(interview.recording_key, 1, seq, part, hashlib.sha256(part).hexdigest())
    camera.finish(interview.recording_key, 1, 5, chain(parts))
    CameraTake.objects.update(due_at=timezone.now())
    camera.make(CameraTake.objects.get().pk)
    other = Client()
    other.force_login(get_user_model().objects.create_user("other", password="x", is_staff=True))
    assert other.get(f"/hr/interviews/{interview.pk}/camera/1").status_code == 404
    assert not AuditEvent.objects.filter(action="watch").exists()
