"""Where no socket gets through, the page's frames come by HTTP: same numbers, same answers, nothing twice (threats 31)."""

import json
from typing import Any

import pytest
from django.test import Client

from interviews import links
from interviews.models import Consent, Interview
from interviews.tests.test_consumer_voice import recording_dir  # noqa: F401  a fixture
from transcription.models import Take
from transcription.services.sound import pcm_of
from transcription.tests.builders import cut, noise, sha256

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def bob(live_interview: Interview) -> Client:
    """Bob's browser, his consent to recording given."""
    Consent.objects.create(interview=live_interview, kind="recording", given=True, text_version="1", language="en")
    client = Client(raise_request_exception=False)
    cookie = links.cookie_value(live_interview.public_id, live_interview.link_generation)
    client.cookies[links.cookie_name(live_interview.public_id)] = cookie
    client.address = f"/interview/{live_interview.public_id}/sound"
    return client


def said(bob: Client, **message: Any) -> Any:
    return bob.post(bob.address, json.dumps(message), content_type="application/json")


def sent(bob: Client, *frames: Any) -> Any:
    return bob.post(bob.address, b"".join(frame.to_bytes() for frame in frames), content_type="application/octet-stream")


def test_a_take_goes_by_http_from_its_first_frame_to_complete(bob: Client) -> None:
    pcm = noise(20)
    frames = cut(pcm)
    [take] = said(bob, type="take", device="phone", key="k1").json()["messages"]
    assert (take["type"], take["take"], take["next"]) == ("take", 1, 0)
    answers = sent(bob, *frames[:12]).json()["messages"]
    assert answers[-1] == {"type": "saved", "take": 1, "next": 12}
    assert sent(bob, *frames[10:14]).json()["messages"][-1]["next"] == 14, "what came twice is stored once"
    [gap] = [one for one in sent(bob, *frames[16:]).json()["messages"] if one["type"] == "error"]
    assert (gap["code"], gap["next"]) == ("gap", 14)
    assert said(bob, type="take", device="phone", key="k1").json()["messages"][0]["next"] == 14
    sent(bob, *frames[14:])
    [done] = said(bob, type="finish", take=1, frames=20, sha256=sha256(pcm)).json()["messages"]
    assert (done["type"], done["complete"]) == ("finished_take", True)
    stored = Take.objects.get()
    assert pcm_of(stored, 0, stored.duration_ms) == pcm


def test_what_cannot_be_taken_is_answered_and_stores_nothing(bob: Client, settings: Any) -> None:
    said(bob, type="take", device="phone", key="k1")
    for body, kind in (
        (b"{", "application/json"), (b'{"type": "done"}', "application/json"), (b'{"type": "take"}', "application/json"),
    ):  # fmt: skip
        assert bob.post(bob.address, body, content_type=kind).status_code == 400
    for body in (b"garbage that is no frame at all", cut(noise(1))[0].to_bytes()[:-9], b"\xff" * 5_000):
        [error] = bob.post(bob.address, body, content_type="application/octet-stream").json()["messages"]
        assert error["type"] == "error"
    assert bob.post(bob.address, bytes(300_000), content_type="application/octet-stream").status_code == 413
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000  # as with a body that tells no length: only reading it shows how big it is
    answer = bob.post(bob.address, bytes(2000), content_type="application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_big")
    assert bob.get(bob.address).status_code == 405
    assert Take.objects.get().next_seq == 0


def test_only_this_browser_with_this_consent_may(bob: Client, live_interview: Interview) -> None:
    assert Client().post(bob.address, b"{}", content_type="application/json").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = bob.cookies
    assert strict.post(bob.address, b"{}", content_type="application/json").status_code == 403
    Consent.objects.create(interview=live_interview, kind="recording", given=False, text_version="1", language="en")
    refused = said(bob, type="take", device="phone", key="k1")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_voice")
    Interview.objects.filter(pk=live_interview.pk).update(state=Interview.State.REVOKED)
    assert said(bob, type="take", device="phone", key="k1").status_code == 403


def test_a_flood_is_told_to_wait(bob: Client) -> None:
    # The count begins anew with each minute, which may pass meanwhile.
    answers = (said(bob, type="done") for _ in range(250))
    refused = next((answer for answer in answers if answer.status_code == 429), None)
    assert refused is not None and int(refused["Retry-After"]) >= 1
