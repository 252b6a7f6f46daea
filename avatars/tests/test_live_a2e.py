"""A2E's live rooms as their contract has them (docs/contracts/a2e.md §7): paths, bodies, contradictions, coins."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from avatars.providers import registry, remedies
from avatars.providers.a2e.live import A2ELiveProvider
from avatars.providers.live import Room
from avatars.tests.live_stand_ins import Live, soon
from interview_site import stub_faults
from interview_site.errors import ProviderError

pytest_plugins = ["avatars.tests.live_provider_fixtures"]
pytestmark = pytest.mark.django_db
PATH = "POST /api/v1/streaming-avatar"


def bodies(live: Live, name: str) -> list[Any]:
    return [call.json() for call in live.server.calls(f"{PATH}/{name}")]


def test_everything_but_the_token_is_keyed_by_the_channel(live_a2e: Live) -> None:
    provider = live_a2e.provider
    assert isinstance(provider, A2ELiveProvider)
    room = provider.open_room(live_a2e.request(context="We make bicycles."))
    provider.speak(room, "Hello.")
    provider.ask(room, "What do you make?")
    provider.close(room)
    assert bodies(live_a2e, "agora-token") == [{"avatar_id": live_a2e.avatar, "expire_seconds": 600}]
    channel = {"channel": room.provider_id}
    assert bodies(live_a2e, "set-qa-context") == [{**channel, "text": "We make bicycles."}]
    assert bodies(live_a2e, "speak") == [{**channel, "text": "Hello."}]
    assert bodies(live_a2e, "ask") == [{**channel, "text": "What do you make?"}]
    assert bodies(live_a2e, "leave") == [channel]


def test_the_window_is_never_longer_than_the_setting_and_what_is_unused_comes_back(live_a2e: Live) -> None:
    room = live_a2e.provider.open_room(live_a2e.request(most_s=7200))
    assert bodies(live_a2e, "agora-token")[0]["expire_seconds"] == 1800 and live_a2e.stub.coins == 820
    live_a2e.provider.close(room)
    assert live_a2e.stub.coins >= 998


@pytest.mark.parametrize("milliseconds", [False, True])
def test_the_end_of_the_window_is_read_in_seconds_and_in_milliseconds(live_a2e: Live, milliseconds: bool) -> None:
    live_a2e.stub.live.switches.epoch_ms = milliseconds
    room = live_a2e.provider.open_room(live_a2e.request())
    assert room.expires_at and abs(room.expires_at - datetime.now(UTC) - timedelta(seconds=600)) < timedelta(seconds=5)


@pytest.mark.parametrize("name", ["leave-room", "leave_room"])
def test_a_room_is_left_by_whichever_name_works(live_a2e: Live, name: str) -> None:
    live_a2e.stub.live.leaves_by(name)
    live_a2e.provider.close(live_a2e.provider.open_room(live_a2e.request()))
    assert not live_a2e.rooms.running() and live_a2e.stub.coins >= 998


def test_a_long_answer_is_said_in_pieces_the_size_of_sentences_and_in_order(live_a2e: Live) -> None:
    room = live_a2e.provider.open_room(live_a2e.request())
    text = " ".join(f"This is sentence number {number}, and it is of a middling length." for number in range(12))
    live_a2e.provider.speak(room, text, "en")
    said = [body["text"] for body in bodies(live_a2e, "speak")]
    assert len(said) > 1 and max(map(len, said)) <= 300 and " ".join(said) == text


def test_words_whose_answer_was_lost_are_not_said_twice(live_a2e: Live) -> None:
    room = live_a2e.provider.open_room(live_a2e.request())
    live_a2e.server.break_next(f"{PATH}/speak", stub_faults.lost())
    with pytest.raises(ProviderError):
        live_a2e.provider.speak(room, "Only once.")
    assert live_a2e.rooms.all()[0].heard == ["Only once."]


def test_a_context_that_is_refused_does_not_lose_the_room(live_a2e: Live) -> None:
    live_a2e.server.break_next(f"{PATH}/set-qa-context", stub_faults.status(500), times=2)
    room = live_a2e.provider.open_room(live_a2e.request(context="We make bicycles."))
    live_a2e.provider.set_context(room, "x" * 6000)
    assert len(live_a2e.rooms.all()[0].facts["context"]) == 5000


def test_a_room_without_an_avatar_named_takes_the_first_one_listed(live_a2e: Live) -> None:
    live_a2e.provider.open_room(live_a2e.request(avatar_id=""))
    assert bodies(live_a2e, "agora-token")[0]["avatar_id"] == live_a2e.avatar


@pytest.mark.parametrize("missing", ["channel", "token", "appId", "uid"])
def test_an_answer_that_cannot_be_joined_is_a_fault_of_theirs(live_a2e: Live, missing: str) -> None:
    def holed(call: Any, work: Any) -> Any:
        reply = work()
        reply.body["data"].pop(missing)
        return reply

    live_a2e.server.break_next(live_a2e.open_line, holed)
    with pytest.raises(ProviderError) as caught:
        live_a2e.provider.open_room(live_a2e.request())
    assert caught.value.code == "odd_answer"


def test_the_window_ends_the_room_at_the_provider(live_a2e: Live) -> None:
    room = live_a2e.provider.open_room(live_a2e.request())
    live_a2e.rooms.all()[0].lasts_s = 0.0
    assert soon(lambda: not live_a2e.rooms.running())
    with pytest.raises(ProviderError) as caught:
        live_a2e.provider.speak(room, "Still there?")
    assert caught.value.code == remedies.ROOM_GONE
    live_a2e.provider.close(Room(room.provider_id))


def test_live_avatars_stand_in_the_catalogue_with_the_languages_the_operator_confirmed(live_a2e: Live, settings: Any) -> None:
    settings.A2E_LIVE_LANGUAGES = ["en", "ru"]
    found = [one for one in registry.provider("a2e").characters() if one.live]
    assert [(one.name, one.languages, one.recorded) for one in found] == [
        ("Alice", ("en", "ru"), False), ("Victor", ("en", "ru"), False),
    ]  # fmt: skip


def test_an_account_without_live_avatars_still_has_its_others(live_a2e: Live) -> None:
    live_a2e.server.break_next("GET /api/v1/streaming-avatar/all_avatars", stub_faults.status(404), times=-1)
    assert len(registry.provider("a2e").characters()) == 3
