"""What a live session hears: the newest reply only, sentence by sentence, and its own; and what it remembers."""

import re
import threading
import time

import pytest
from django.core.cache import cache
from django.utils import timezone

from avatars.models import AvatarSettings, LiveSession, LocalLine
from avatars.providers.fake_live import FakeLiveProvider
from avatars.providers.live import LiveCapabilities, Transport
from avatars.services import live_sessions, local_rooms
from interview_site.llm_stub import ModelStub, Reply
from interviews.models import LiveChat
from interviews.tasks import forget_chats
from interviews.tests.live_client import Page, page_of, said

pytest_plugins = ["avatars.tests.live_fixtures", "interview_site.tests.model_stub"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def profile() -> AvatarSettings:
    cache.clear()
    return AvatarSettings.objects.create(
        name="Site", is_default=True, language="en", providers=["fake"], live_avatar="vera", persona="Warm.",
        knowledge="The garden opens at nine.",
    )  # fmt: skip


def test_two_pages_of_one_site_have_a_room_each(live: FakeLiveProvider, model: ModelStub) -> None:
    model.otherwise(lambda asked: f"You said {re.search('mark-[0-9]+', asked.last)[0]}. Is that right?")  # type: ignore[index]
    first = page_of("alice")
    second = Page(first.client)
    first.toggle_on()
    second.toggle_on()

    def talk(page: Page, mark: str) -> None:
        for number in range(5):
            assert mark in page.chat(f"{mark}{number}").json()["response"]

    threads = [threading.Thread(target=talk, args=(first, "mark-1")), threading.Thread(target=talk, args=(second, "mark-2"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    marks = {room: {mark for words in said(live, room) for mark in re.findall("mark-([12])", words)} for room in (1, 2)}
    assert marks == {1: {"1"}, 2: {"2"}}
    # It should not let one token reach the other's session.
    assert first.streaming("task", session_id=second.session_id, text="Hello.").status_code == 404
    assert first.streaming("stop", session_id=second.session_id).status_code == 404
    assert len(live.rooms) == 2


def test_talk_is_answered_and_spoken_and_waits_when_asked_to(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    model.queue("Yes. No.", "Ja. Nein.")
    answer = page.task("Are you open?", "talk", "sync").json()
    assert answer["text"] == "Yes. No." and answer["duration_ms"] == 60 * len("Yes.") + 60 * len("No.")
    row = LiveChat.objects.get()
    assert row.spoken_until is not None and row.spoken_until <= timezone.now()
    page.task("And now?", "TALK", "ASYNC")
    assert said(live) == ["Yes.", "No.", "Ja.", "Nein."]


def test_a_new_message_silences_the_older_reply(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    model.queue("This is a long first answer. It has a second sentence.", "Short.")
    page.chat("First?")
    page.chat("Second?")
    assert said(live)[:2] == ["This is a long first answer.", "It has a second sentence."]
    assert "■" in said(live)[2:] and said(live)[-1] == "Short."


def test_a_page_silences_the_avatar_and_the_reply_under_way(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    assert page.streaming("interrupt", session_id=page.session_id).json()["status"] == "silent"
    assert said(live) == []  # nobody spoke
    gate = threading.Event()
    model.queue(Reply("A first sentence. A second one.", gate=gate))
    statuses: list[int] = []
    thread = threading.Thread(target=lambda: statuses.append(page.chat("First?").status_code))
    thread.start()
    while not said(live):
        time.sleep(0.01)
    assert page.streaming("interrupt", session_id=page.session_id).status_code == 200
    gate.set()
    thread.join()
    assert said(live) == ["A first sentence.", "■"] and statuses == [409]
    # What is said next is heard.
    page.task("Good bye!")
    assert said(live)[-1] == "Good bye!"


def test_a_reply_ends_when_our_presenters_page_silences_it(model: ModelStub, settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = page_of("alice")
    page.toggle_on(transport="local")
    gate = threading.Event()
    model.queue(Reply("A first sentence. A second one. A third.", gate=gate))
    thread = threading.Thread(target=page.chat, args=("First?",))
    thread.start()
    lines = LocalLine.objects.order_by("number").values_list("speech__text", flat=True)
    while not lines.exists():
        time.sleep(0.01)
    local_rooms.interrupt(page.session_id)  # what the presenter's page sends by its socket
    gate.set()
    thread.join()
    assert "A third." not in lines.all()
    page.task("Good bye!")
    assert list(lines.all())[-1] == "Good bye!"


def test_an_older_reply_under_way_is_dropped_at_its_next_sentence(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    gate, asked = threading.Event(), threading.Event()

    def slow(_asked: object) -> str:
        asked.set()
        gate.wait(10)
        return "Old one. Old two."

    model.queue(slow, "New one. New two.")
    older: list[int] = []
    thread = threading.Thread(target=lambda: older.append(page.chat("First?").status_code))
    thread.start()
    assert asked.wait(10)
    newer = page.chat("Second?")
    gate.set()
    thread.join()
    assert newer.json()["response"] == "New one. New two." and older == [409]
    assert [words for words in said(live) if words != "■"] == ["New one.", "New two."]


def test_an_avatar_that_cannot_be_interrupted_gets_one_sentence_at_a_time(live: FakeLiveProvider, model: ModelStub) -> None:
    live.live = LiveCapabilities(Transport.LIVEKIT, interrupt=False)
    page = page_of("alice")
    page.toggle_on()
    model.queue("A first sentence of some length. A second one that is never heard.", "New.")
    page.chat("First?")
    page.task("Second?", "talk", "sync")
    assert said(live) == ["A first sentence of some length.", "New."]


def test_the_session_remembers_and_forgets(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    page.chat("My name is Bob.")
    page.chat("What is my name?")
    roles = [message["role"] for message in model.asked[-1].messages]
    assert roles == ["system", "user", "assistant", "user"] and "My name is Bob." in model.asked[-1].messages[1]["content"]
    assert "The garden opens at nine." in model.asked[-1].messages[0]["content"]
    page.toggle_off()
    assert not LiveChat.objects.exists()


def test_chat_after_the_avatar_was_stopped_still_answers_and_says_that_nobody_heard_it(
    live: FakeLiveProvider, model: ModelStub,
) -> None:
    page = page_of("alice")
    page.toggle_on()
    page.toggle_off()
    answer = page.chat("Hello?").json()
    assert answer["response"] == "All right." and answer["spoken"] is False and answer["speech_error"]
    assert page.task("Hello?").status_code == 409
    assert page.streaming("start", session_id=page.session_id).status_code == 409


def test_a_room_the_provider_has_ended_is_told(live: FakeLiveProvider, model: ModelStub) -> None:
    page = page_of("alice")
    page.toggle_on()
    live.rooms.clear()
    answer = page.chat("Hello?").json()
    assert (answer["response"], answer["spoken"]) == ("All right.", False)
    assert page.task("Hello?", "talk").status_code == 409


def test_words_are_forgotten_when_the_session_has_ended_by_itself(live: FakeLiveProvider, model: ModelStub, settings) -> None:
    kept, ended, left = (page_of(name) for name in ("alice", "bob", "erin"))
    for page in (kept, ended, left):
        page.toggle_on()
        page.chat("Hello")
    live_sessions.close(session=LiveSession.objects.get(public_id=ended.session_id), reason="time_up")
    LiveChat.objects.filter(session=left.session_id).update(expires_at=timezone.now())
    forget_chats()
    assert list(LiveChat.objects.values_list("session", flat=True)) == [kept.session_id]
