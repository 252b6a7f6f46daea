"""/api/v1/avatar/streaming… as the clients of document 000 call it, with A2E behind (compat_api.md section 1)."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from avatars.models import AvatarSettings, CatalogueItem, LiveSession
from avatars.tests.chunk_helpers import api_client
from avatars.tests.live_stand_ins import ALICE, Live
from interview_site import stub_faults
from interview_site.llm_stub import Fault, ModelStub

pytest_plugins = ["avatars.tests.live_provider_fixtures", "interview_site.tests.model_stub"]
pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/api/v1/avatar/streaming"
FALLBACK = "/api/v1/avatar/fallback/generate-video"


@pytest.fixture(autouse=True)
def profile() -> AvatarSettings:
    cache.clear()
    return AvatarSettings.objects.create(
        name="Site", is_default=True, language="ru", providers=["a2e"], live_avatar=ALICE, persona="Тепло.",
        knowledge="Сад открыт с девяти.",
    )  # fmt: skip


class OldClient:
    """Knows paths, bodies and fields of the older service; nothing of what is behind."""

    def __init__(self, username: str = "alice", prefix: str = "", client: Client | None = None) -> None:
        self.http, self.prefix = client or api_client(username=username), prefix

    def post(self, call: str, **body: Any) -> Any:
        return self.http.post(f"{self.prefix}{BASE}{call}", body, content_type="application/json")

    def get(self, call: str) -> Any:
        return self.http.get(f"{self.prefix}{BASE}{call}")


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_a_conversation_as_the_older_client_has_it(live_a2e: Live, model: ModelStub, prefix: str) -> None:
    client = OldClient(prefix=prefix)
    told = client.post("/set-context", avatar_id=ALICE, context="Сегодня ярмарка.")
    assert told.json() == {"success": True, "avatar_id": ALICE, "context": "Сегодня ярмарка."}
    assert client.get(f"/get-context?avatar_id={ALICE}").json() == told.json()

    joined = client.post("/get-token", avatar_id=ALICE)
    room = live_a2e.rooms.running()[0]
    body = joined.json()
    assert joined.status_code == 200 and joined["Cache-Control"] == "no-store"
    assert {name: body[name] for name in ("success", "avatar_id", "fallback_mode", "channel", "token", "uid")} == {
        "success": True, "avatar_id": ALICE, "fallback_mode": False, "channel": room.id, "token": room.token,
        "uid": room.facts["uid"],
    }  # fmt: skip
    assert body["app_id"] and body["expires_at"] and body["stream_url"]
    # The context is sent to each new room.
    assert room.facts["context"] == "Сегодня ярмарка."

    model.queue("Добрый день! Сегодня ярмарка.")
    answer = client.post("/ask-question", avatar_id=ALICE, question="Что сегодня?").json()
    assert answer == {
        "success": True, "avatar_id": ALICE, "question": "Что сегодня?", "response": "Добрый день! Сегодня ярмарка.",
        "spoken": True,
    }  # fmt: skip
    assert room.heard[0] == "Добрый день!" and room.facts["asked"] == []
    assert "Сегодня ярмарка." in model.asked[0].messages[0]["content"] and "Тепло." in model.asked[0].messages[0]["content"]
    assert "По-русски" in model.asked[0].messages[0]["content"]

    said = client.post("/speak", avatar_id=ALICE, text="До свидания!").json()
    assert (said["success"], said["avatar_id"], said["text"]) == (True, ALICE, "До свидания!")
    assert said["result"]["duration_ms"] > 0 and room.heard[-1] == "До свидания!"

    assert client.post("/leave-room", avatar_id=ALICE).json() == {"success": True, "avatar_id": ALICE}
    assert live_a2e.rooms.running() == []
    assert client.post("/leave-room", avatar_id=ALICE).json()["success"] is True


def test_streaming_brings_the_usual_avatar(live_a2e: Live) -> None:
    body = OldClient().post("").json()
    assert body["success"] and body["status"] == "available" and body["message"] and body["avatar_id"] == ALICE
    assert body["token"] == live_a2e.rooms.running()[0].token


def test_a_second_get_token_is_the_open_room(live_a2e: Live) -> None:
    client = OldClient()
    first, second = (client.post("/get-token", avatar_id=ALICE).json() for _time in range(2))
    assert first == second and live_a2e.paid() == 1


def test_each_caller_has_rooms_and_contexts_of_their_own(live_a2e: Live, model: ModelStub) -> None:
    alice, bob = OldClient("alice"), OldClient("bob")
    alice.post("/set-context", avatar_id=ALICE, context="Тайна Алисы.")
    alice.post("/get-token", avatar_id=ALICE)
    assert bob.get(f"/get-context?avatar_id={ALICE}").json()["context"] == ""
    for call, words in (("/speak", {"text": "Привет."}), ("/ask-question", {"question": "Привет?"})):
        answer = bob.post(call, avatar_id=ALICE, **words).json()
        assert answer["success"] is False and answer["error"] == "no_room" and answer["avatar_id"] == ALICE
    bob.post("/leave-room", avatar_id=ALICE)
    assert len(live_a2e.rooms.running()) == 1 and model.asked == []
    bob.post("/get-token", avatar_id=ALICE)
    bob.post("/speak", avatar_id=ALICE, text="Это Боб.")
    assert [room.heard for room in live_a2e.rooms.all()] == [[], ["Это Боб."]]


def test_all_hosts_taken_is_told_with_the_way_round(live_a2e: Live) -> None:
    live_a2e.stub.live.switches.hosts = 0
    answer = OldClient(prefix="/r").post("/get-token", avatar_id=ALICE)
    body = answer.json()
    assert answer.status_code == 200 and body.pop("message")
    assert body == {
        "success": False, "avatar_id": ALICE, "error": "streaming_unavailable", "stream_url": None, "fallback_mode": True,
        "fallback_endpoint": "/r" + FALLBACK,
    }  # fmt: skip
    assert not LiveSession.objects.filter(state="live").exists()


@pytest.mark.parametrize("fault", [stub_faults.status(500), stub_faults.garbage(), stub_faults.page(), stub_faults.status(401)])
def test_a_provider_that_fails_is_never_dressed_as_success(live_a2e: Live, fault: Any) -> None:
    live_a2e.server.break_next(live_a2e.open_line, fault)
    body = OldClient().post("/get-token", avatar_id=ALICE).json()
    assert (body["success"], body["error"], body["stream_url"]) == (False, "connection_failed", None)
    assert body["fallback_endpoint"] == FALLBACK and "token" not in body


def test_without_a_key_an_old_avatar_is_unavailable_and_our_own_presenter_comes() -> None:
    client = OldClient()
    body = client.post("/get-token", avatar_id=ALICE).json()
    assert (body["success"], body["error"]) == (False, "streaming_unavailable")
    listed = client.get("-avatars").json()
    assert listed["count"] == len(listed["avatars"]) >= 2
    mine = client.post("/get-token", avatar_id=listed["avatars"][0]["id"]).json()
    assert mine["success"] is True and mine["transport"] == "local" and mine["url"].startswith("ws") and mine["access_token"]
    assert client.post("/speak", avatar_id=mine["avatar_id"], text="Добрый день.").json()["success"] is True
    assert client.post("", **{}).json()["status"] == "available"


def test_the_live_avatars_of_the_catalogue_are_listed(live_a2e: Live) -> None:
    for item_id, name, is_live in ((ALICE, "Alice", True), ("film", "Film only", False)):
        CatalogueItem.objects.create(provider="a2e", kind="character", item_id=item_id, name=name, live=is_live)
    assert OldClient().get("-avatars").json() == {"avatars": [{"id": ALICE, "name": "Alice"}], "count": 1}


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.REFUSAL, Fault.QUOTA, Fault.EMPTY, Fault.CUT])
def test_a_question_nobody_can_answer_has_no_answer(live_a2e: Live, model: ModelStub, fault: Fault) -> None:
    client = OldClient()
    client.post("/get-token", avatar_id=ALICE)
    model.otherwise(fault)
    answer = client.post("/ask-question", avatar_id=ALICE, question="Когда?").json()
    assert (answer["success"], answer["response"]) == (False, None) and answer["error"] and answer["message"]
    assert live_a2e.rooms.running()[0].heard == []


def test_without_a_model_the_reason_is_given(live_a2e: Live, settings: Any) -> None:
    settings.LLM = {"base_url": "", "api_key": "", "model": "", "is_local": False}
    client = OldClient()
    client.post("/get-token", avatar_id=ALICE)
    answer = client.post("/ask-question", avatar_id=ALICE, question="Когда?").json()
    assert (answer["success"], answer["error"], answer["response"]) == (False, "not_configured", None)


def test_a_room_that_is_gone_says_so(live_a2e: Live) -> None:
    client = OldClient()
    client.post("/get-token", avatar_id=ALICE)
    for room in live_a2e.rooms.running():
        live_a2e.rooms.close(room, "host restarted")
    answer = client.post("/speak", avatar_id=ALICE, text="Привет.").json()
    assert (answer["success"], answer["result"]) == (False, None) and answer["message"]
    # The next get-token opens another.
    assert client.post("/get-token", avatar_id=ALICE).json()["success"] is True


def test_nobody_without_credentials_spends(live_a2e: Live, settings: Any) -> None:
    stranger = OldClient(client=Client())
    assert stranger.post("/get-token", avatar_id=ALICE).status_code == 401
    settings.API_ALLOW_ANONYMOUS = True
    assert stranger.post("/get-token", avatar_id=ALICE).status_code == 403
    assert live_a2e.paid() == 0
    # Our own presenter costs nothing.
    assert stranger.post("/get-token", avatar_id="aliya").json()["success"] is True
    settings.API_ANONYMOUS_MAY_SPEND = True
    assert stranger.post("/get-token", avatar_id=ALICE).json()["success"] is True


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("/get-token", {}), ("/get-token", {"avatar_id": ""}), ("/get-token", {"avatar_id": "x" * 121}),
        ("/set-context", {"avatar_id": "a"}), ("/set-context", {"avatar_id": "a", "context": "x" * 5_001}),
        ("/ask-question", {"avatar_id": "a"}), ("/ask-question", {"avatar_id": "a", "question": " "}),
        ("/speak", {"avatar_id": "a"}), ("/speak", {"text": "a"}), ("/leave-room", {}), ("", {"avatar_id": ["a"]}),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(call: str, body: dict[str, Any]) -> None:
    answer = OldClient().post(call, **body)
    assert answer.status_code == 400 and set(answer.json()) == {"detail"} and ":" in answer.json()["detail"]


def test_a_context_needs_an_avatar() -> None:
    assert OldClient().get("/get-context").status_code == 400
