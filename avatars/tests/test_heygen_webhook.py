"""HeyGen's messages: a signed bell that is believed in nothing else (docs/contracts/heygen.md §6, threats 57)."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.services.generation_states import State
from avatars.tests.generation_builders import polled, worked
from avatars.tests.heygen_fixtures import HeyGen, order

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db
SECRET = "whsec_test"
LATER = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    settings.HEYGEN_WEBHOOK_SECRET = SECRET
    cache.clear()


@pytest.fixture
def waiting(heygen: HeyGen) -> AvatarGeneration:
    """A video at HeyGen that nobody would ask after for half an hour."""
    generation = worked(order())
    AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=timezone.now() + LATER)
    generation.refresh_from_db()
    return generation


def send(body: bytes, headers: dict[str, str], method: str = "POST") -> int:
    named = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    return Client().generic(method, "/webhooks/heygen", body, content_type="application/json", **named).status_code


def is_due(generation: AvatarGeneration) -> bool:
    generation.refresh_from_db()
    return generation.due_at is not None and generation.due_at <= timezone.now()


def test_a_bell_makes_the_video_due_and_nothing_in_it_is_believed(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    assert send(*heygen.stub.bell(waiting.provider_id, SECRET)) == 200
    # It should still be in the making: the address in the message was not used.
    assert is_due(waiting) and waiting.state == State.SUBMITTED and not heygen.server.calls("GET /files/*")
    assert polled(waiting).state == State.SUBMITTED
    heygen.stub.finish()
    assert polled(waiting).state == State.SUCCEEDED


def test_a_failure_told_by_a_bell_is_asked_after(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    assert send(*heygen.stub.bell(waiting.provider_id, SECRET, event="avatar_video.fail")) == 200
    assert is_due(waiting) and waiting.state == State.SUBMITTED


def test_an_unknown_video_and_an_unknown_event_are_answered_the_same(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    assert send(*heygen.stub.bell("vd_nobody", SECRET)) == 200
    assert send(*heygen.stub.bell(waiting.provider_id, SECRET, event="photo_avatar.done")) == 200
    assert not is_due(waiting)


STRANGE = [
    b"", b"null", b"[]", b"\xff" * 9, b'{"event_type": "avatar_video.success", "event_data": 7}',
    b'{"event_type": "avatar_video.success", "event_data": {"video_id": ["x"], "callback_id": "\\u0000"}}',
]  # fmt: skip


@pytest.mark.parametrize("body", STRANGE)
def test_strange_bodies_with_a_right_signature_do_no_harm(heygen: HeyGen, waiting: AvatarGeneration, body: bytes) -> None:
    import hashlib
    import hmac

    assert send(body, {"Heygen-Signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}) == 200
    assert not is_due(waiting)


def test_the_order_is_found_by_our_reference_when_its_id_is_not_known_yet(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    AvatarGeneration.objects.filter(pk=waiting.pk).update(provider_id="", state=State.UNKNOWN)
    assert send(*heygen.stub.bell(waiting.provider_id, SECRET)) == 200 and is_due(waiting)


def test_the_same_message_twice_rings_once(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    body, headers = heygen.stub.bell(waiting.provider_id, SECRET)
    assert send(body, headers) == 200 and is_due(waiting)
    AvatarGeneration.objects.filter(pk=waiting.pk).update(due_at=timezone.now() + LATER)
    assert send(body, headers) == 200 and not is_due(waiting)


def test_a_bell_for_a_finished_video_changes_nothing(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    heygen.stub.finish()
    done = polled(waiting)
    assert send(*heygen.stub.bell(done.provider_id, SECRET)) == 200
    done.refresh_from_db()
    assert done.state == State.SUCCEEDED and done.due_at is None


@pytest.mark.parametrize(
    "spoil",
    [
        {"Heygen-Signature": "0" * 64}, {"Heygen-Signature": ""}, {"Heygen-Signature": "ы"}, {"Heygen-Timestamp": "1"},
        {"Heygen-Timestamp": "99999999999"}, {"Heygen-Timestamp": "soon"},
    ],
)  # fmt: skip
def test_a_wrong_signature_or_an_old_message_is_refused(heygen: HeyGen, waiting: AvatarGeneration, spoil: dict[str, str]) -> None:
    body, headers = heygen.stub.bell(waiting.provider_id, SECRET)
    assert send(body, {**headers, **spoil}) == 401 and not is_due(waiting)


def test_a_changed_body_is_refused_and_the_old_header_is_known(heygen: HeyGen, waiting: AvatarGeneration) -> None:
    body, headers = heygen.stub.bell(waiting.provider_id, SECRET)
    assert send(body + b" ", headers) == 401
    assert send(body, {"Signature": headers["Heygen-Signature"]}) == 200 and is_due(waiting)


def test_without_a_secret_the_address_is_closed(heygen: HeyGen, waiting: AvatarGeneration, settings: Any) -> None:
    body, headers = heygen.stub.bell(waiting.provider_id, "")
    settings.HEYGEN_WEBHOOK_SECRET = ""
    assert send(body, headers) == 404 and not is_due(waiting)


def test_the_probe_is_answered_other_methods_are_not_and_large_bodies_are_not_read() -> None:
    assert (send(b"", {}, "OPTIONS"), send(b"", {}, "GET"), send(b"x" * 300_000, {})) == (200, 405, 413)


def test_the_command_registers_lists_and_removes(heygen: HeyGen, settings: Any) -> None:
    def told(*words: str) -> str:
        out = io.StringIO()
        call_command("heygen_webhook", *words, stdout=out)
        return out.getvalue()

    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    with pytest.raises(CommandError, match="https"):
        told("register")
    settings.PUBLIC_BASE_URL = "https://hr.example"
    assert "HEYGEN_WEBHOOK_SECRET=whsec_" in told("register")
    assert heygen.stub.endpoints["we_1"]["url"] == "https://hr.example/webhooks/heygen"
    assert "we_1  enabled" in told("list") and "whsec" not in told("list")
    assert "Removed" in told("remove", "we_1") and not heygen.stub.endpoints
    with pytest.raises(CommandError):
        told("remove", "we_1")
