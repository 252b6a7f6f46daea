"""Many videos in one call: a row each, done once however often it is sent, read page by page."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.generation_states import State, move
from avatars.tests.chunk_helpers import api_client, make_token
from avatars.tests.generation_builders import worked

pytest_plugins = ["avatars.tests.a2e_fixtures", "avatars.tests.generation_fixtures"]
pytestmark = pytest.mark.django_db
AT = "/api/v1/avatar/generations"


@pytest.fixture
def client(media: Any) -> Client:
    secret = make_token()
    User.objects.get().user_permissions.add(Permission.objects.get(codename="change_avatarsettings"))
    return api_client(secret)


def order(client: Client, *texts: Any, key: str = "", at: str = AT, **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(at, {"texts": list(texts), **body}, content_type="application/json", headers=headers)


def test_each_text_has_a_row_of_its_own_and_a_bad_one_stops_no_other(client: Client) -> None:
    answer = order(client, "Здравствуйте!", "🙂", "Здравствуйте!", "а" * 10_001, "Спасибо!", speech_rate=1.5, language="ru-RU")
    told = answer.json()
    assert answer.status_code == 200 and (told["ordered"], told["refused"]) == (3, 2)
    assert [row["index"] for row in told["results"]] == [0, 1, 2, 3, 4]
    assert [row["status"] for row in told["results"]] == ["init", "refused", "init", "refused", "init"]
    assert [row["code"] for row in told["results"]] == [None, "nothing_to_say", None, "too_long", None]
    assert all(row["detail"] for row in told["results"] if row["status"] == "refused")
    # The same text twice is one video.
    assert told["results"][0]["task_id"] == told["results"][2]["task_id"] and AvatarGeneration.objects.count() == 2
    assert set(AvatarGeneration.objects.values_list("settings__speed", flat=True)) == {1.5}


def test_a_repeated_call_orders_nothing_and_tells_how_the_rows_stand_now(client: Client) -> None:
    first = order(client, "Здравствуйте!", "🙂", key="k1").json()
    worked(AvatarGeneration.objects.get())
    again = order(client, "Здравствуйте!", "🙂", key="k1")
    assert again["Idempotent-Replayed"] == "true"
    assert [row["status"] for row in again.json()["results"]] == ["success", "refused"]
    assert [row["task_id"] for row in again.json()["results"]] == [row["task_id"] for row in first["results"]]
    assert order(client, "Другое", key="k1").status_code == 422


def test_a_list_for_a2e_is_paid_once_each(client: Client, a2e: A2EStub) -> None:
    catalogue.read(registry.provider("a2e"))
    avatar = catalogue.items("a2e", catalogue.Kind.CHARACTER)[0].item_id
    for _time in range(2):
        assert order(client, "Один.", "Два.", avatar_id=avatar).json()["ordered"] == 2
    for generation in AvatarGeneration.objects.all():
        worked(generation)
    assert order(client, "Один.", "Два.", avatar_id=avatar).json()["results"][0]["status"] == "pending"
    assert len(a2e.paid_videos) == 2


def test_what_failed_is_ordered_anew_and_what_may_be_paid_already_waits_for_a_person(client: Client) -> None:
    texts = ("Один.", "Два.", "Три.", "Четыре.")
    order(client, *texts)
    failed, without_money, in_doubt, late = AvatarGeneration.objects.order_by("pk")
    move(failed, State.SPEAKING)
    move(failed, State.FAILED, error_code="given_up", provider_id="v1")
    move(without_money, State.BLOCKED, error_code="no_credit")
    move(in_doubt, State.BLOCKED, error_code="answer_lost", submitting_at=timezone.now())
    move(late, State.BLOCKED, error_code="deadline", provider_id="v2")
    told = order(client, *texts).json()["results"]
    assert [row["status"] for row in told] == ["init", "init", "error", "error"]
    assert told[2]["code"] == "answer_lost" and "paid twice" in told[2]["detail"]


def test_one_is_read_by_its_id_and_all_by_pages_and_state(client: Client) -> None:
    ids = [row["task_id"] for row in order(client, *(f"Текст {number}." for number in range(5))).json()["results"]]
    done = worked(AvatarGeneration.objects.get(public_id=ids[0]))
    one = client.get(f"{AT}/{done.public_id}").json()
    assert (one["task_id"], one["state"], one["status"], one["text"]) == (done.public_id, "succeeded", "success", "Текст 0.")
    assert Client().get(one["result_url"].removeprefix("http://testserver"))["Content-Type"] == "video/mp4"
    page = client.get(AT, {"page_size": 3}).json()
    assert [row["task_id"] for row in page["results"]] == ids[:1:-1] and page["next"]
    assert [row["task_id"] for row in client.get(page["next"]).json()["results"]] == ids[1::-1]
    assert [row["task_id"] for row in client.get(AT, {"state": "succeeded"}).json()["results"]] == ids[:1]
    assert client.get(AT, {"provider": "a2e"}).json()["results"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/texts"), ({"texts": []}, "/texts"), ({"texts": ["а"] * 201}, "/texts"), ({"texts": "Да"}, "/texts"),
        ({"texts": ["Да"], "voice": "x"}, "/voice"), ({"texts": ["Да"], "speech_rate": 3}, "/speech_rate"),
        ({"texts": ["Да"], "language": "de"}, "/language"),
    ],
)  # fmt: skip
def test_a_wrong_body_is_a_problem_with_a_pointer(client: Client, body: Any, pointer: str) -> None:
    answer = client.post(AT, body, content_type="application/json")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert pointer in answer.json()["errors"][0]["pointer"] and answer.json()["detail"]
    assert not AvatarGeneration.objects.exists()


def test_an_unknown_avatar_stops_the_whole_list_before_anything_is_ordered(client: Client, a2e: A2EStub) -> None:
    catalogue.read(registry.provider("a2e"))
    answer = order(client, "Да.", avatar_id="nobody")
    assert answer.status_code == 400 and answer.json()["errors"][0]["pointer"] == "/avatar_id"
    assert not AvatarGeneration.objects.exists()


def test_who_may_order_and_who_may_read(media: Any, settings: Any) -> None:
    assert Client().get(AT).status_code == 401 and order(Client(), "Да.").status_code == 401
    reader = api_client()
    assert reader.get(AT).status_code == 200 and order(reader, "Да.").status_code == 403
    assert reader.get(f"{AT}/nobody").status_code == 404
    settings.API_ALLOW_ANONYMOUS = True
    assert order(Client(), "Да.", at="/r" + AT).json()["ordered"] == 1


def test_a_minute_has_room_for_so_many(client: Client, settings: Any) -> None:
    from django.core.cache import cache

    cache.clear()
    settings.API_CHUNKS_PER_MINUTE = 3
    assert order(client, "Один.", "Два.", "Три.").status_code == 200
    answer = order(client, "Четыре.")
    assert answer.status_code == 429 and int(answer["Retry-After"]) > 0
    cache.clear()
