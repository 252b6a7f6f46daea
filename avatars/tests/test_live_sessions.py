"""Live sessions: one room for an owner, paid only while it is there, always stopped (issue "8", item 1)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from avatars.models import LiveSession, Speech, StreamingContext
from avatars.providers.live import LiveCapabilities
from avatars.services import live_sessions, live_speaking, speech
from avatars.services.live_contexts import ContextTooLong, context, delete_contexts, set_context
from avatars.services.live_sessions import LiveRefused, SessionGone, close, find, heartbeat, join
from avatars.tasks import reconcile_live_sessions
from avatars.tests.live_builders import opened, passages
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db


def test_a_session_is_opened_speaks_and_is_stopped(live):
    session = opened()
    assert session.state == "live" and live.rooms == {session.provider_id: session.public_id}
    assert join(session).access_token == f"token-{session.provider_id}"
    said = live_speaking.say(session=session, text="Hello there.")
    assert said.duration_ms > 0 and live.said == [(session.provider_id, "Hello there.")]
    close(session=session, reason="goodbye")
    assert session.state == "closed" and session.reason == "goodbye" and not live.rooms
    assert passages(session) == ["opening", "live", "closing", "closed"]


def test_asking_again_gives_the_open_one(live):
    first, second = opened(), opened()
    assert first.pk == second.pk and len(live.rooms) == 1


def test_another_avatar_closes_the_first_one(live):
    first, second = opened(), opened(avatar_id="boris")
    first.refresh_from_db()
    assert (first.state, first.reason, second.state) == ("closed", "replaced", "live") and len(live.rooms) == 1


def test_an_ended_session_takes_no_words_and_no_heartbeat(live):
    session = opened()
    close(session=session, reason="closed")
    close(session=session, reason="hang_up")
    assert session.reason == "closed" and LiveSession.objects.count() == 1
    for act in (lambda: live_speaking.say(session=session, text="Hi"), lambda: heartbeat(session=session), lambda: join(session)):
        with pytest.raises(SessionGone):
            act()


def test_a_session_is_found_by_its_owner_only(live):
    session = opened("token:1")
    assert find(owner="token:1", public_id=session.public_id) == session
    assert live_sessions.newest(owner="token:1", avatar_id="vera") == session
    assert find(owner="token:2", public_id=session.public_id) is None


def test_the_profiles_order_decides_and_the_next_provider_takes_over(live):
    session = opened(provider=None, settings={"providers": ["heygen", "fake"]})
    assert session.provider == "fake"
    with pytest.raises(LiveRefused) as raised:
        opened("interview:2", provider=None, settings={"providers": ["heygen"]})
    assert raised.value.code == "not_configured"


def test_an_unknown_provider_and_a_foreign_language_are_refused(live):
    live.live = LiveCapabilities(languages=("en",))
    for wishes, code in (({"provider": "nobody"}, "not_configured"), ({"language": "kk"}, "language")):
        with pytest.raises(LiveRefused) as raised:
            opened(**wishes)
        assert raised.value.code == code and str(raised.value.text)
    assert not live.requests


@pytest.mark.parametrize(
    "engine, purpose, own",
    [
        ("espeak", "interview", False),
        ("espeak", "chat", True),
        ("elevenlabs", "interview", True),
        ("openai", "interview", False),
        ("liveavatar", "interview", False),
    ],
)
def test_our_own_sound_is_used_with_another_voice_than_the_built_in_and_for_the_chat(live, settings, engine, purpose, own):
    # Configured is ElevenLabs only; a voice of the provider's own is none of ours.
    settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_VOICES = "a key", ["Maria:female:v0ice1d"]
    session = opened(purpose=purpose, settings={"speech_engine": engine})
    assert session.own_sound is own is live.requests[0].own_sound


def test_our_own_sound_is_made_and_handed_over(live, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    session = opened(purpose="chat")
    said = live_speaking.say(session=session, text="Good morning.")
    assert said.duration_ms > 300 and live.said == [(session.provider_id, "Good morning.")]
    assert live.sounds[0][:4] == b"RIFF"


def test_an_interruption_reaches_the_room(live):
    session = opened()
    live_speaking.say(session=session, text="A long story.")
    live_speaking.interrupt(session=session)
    assert [words for _room, words in live.said] == ["A long story.", "■"]


def test_a_fault_while_speaking_is_told_and_ends_nothing(live):
    session = opened()
    live.on_speak.append(ProviderError("503", category=Category.SERVER))
    with pytest.raises(ProviderError):
        live_speaking.say(session=session, text="Hi")
    assert live_speaking.say(session=session, text="Hi again").task_id


def test_two_owners_never_hear_each_other(live):
    one, two = opened("token:1"), opened("token:2")
    live_speaking.say(session=one, text="for one")
    live_speaking.say(session=two, text="for two")
    assert live.said == [(one.provider_id, "for one"), (two.provider_id, "for two")]


def test_neither_persona_nor_knowledge_leave_for_the_provider_by_the_snapshot(live):
    session = opened(settings={"persona": "stern", "knowledge": "salaries", "voice": "en-female"})
    assert "knowledge" not in session.settings and "persona" not in live.requests[0].settings
    assert session.settings["voice"] == "en-female"


# --- Contexts ---


def test_a_context_is_kept_and_sent_to_each_new_room(live):
    set_context(owner="token:1", avatar_id="vera", text="We sell boats.")
    session = opened("token:1")
    assert live.contexts == {session.provider_id: "We sell boats."}
    close(session=session, reason="closed")
    again = opened("token:1")
    assert live.contexts[again.provider_id] == "We sell boats." == context(owner="token:1", avatar_id="vera")
    other = opened("token:2")
    assert live.contexts[other.provider_id] == "" == context(owner="token:2", avatar_id="vera")


def test_a_context_reaches_the_room_that_is_open(live):
    session = opened("token:1")
    set_context(owner="token:1", avatar_id="vera", text="We sell boats.")
    set_context(owner="token:1", avatar_id="boris", text="We sell cars.")
    assert live.contexts == {session.provider_id: "We sell boats."}


def test_a_context_has_a_length_and_goes_with_its_owner(live):
    with pytest.raises(ContextTooLong):
        set_context(owner="token:1", avatar_id="vera", text="x" * 5001)
    set_context(owner="token:1", avatar_id="vera", text="x" * 5000)
    assert delete_contexts(owner="token:1") == 1 and context(owner="token:1", avatar_id="vera") == ""


def test_a_context_nobody_uses_is_deleted_at_night_after_its_days_and_one_in_use_stays(live, settings):
    settings.LIVE_CONTEXT_DAYS = 30
    for owner, days in (("token:1", 29), ("token:2", 31), ("token:3", 31)):
        set_context(owner=owner, avatar_id="vera", text="We sell boats.")
        StreamingContext.objects.filter(owner=owner).update(updated_at=timezone.now() - timedelta(days=days))
    session = opened("token:3")
    assert live.contexts == {session.provider_id: "We sell boats."}
    reconcile_live_sessions()
    assert set(StreamingContext.objects.values_list("owner", flat=True)) == {"token:1", "token:3"}
    reconcile_live_sessions()
    assert StreamingContext.objects.count() == 2


@pytest.mark.parametrize("purpose", ["chat", "studio"])
def test_speech_of_a_person_s_own_words_goes_with_the_session(live, settings, tmp_path, purpose):
    settings.MEDIA_ROOT = tmp_path
    before = speech.speak(text="We have met.", language="en")
    session = opened(purpose=purpose)
    for words in ("We have met.", "My own words.", "My own words."):
        live_speaking.say(session=session, text=words)
    assert Speech.objects.count() == 2
    live_sessions.close(session=session, reason="closed")
    assert list(Speech.objects.all()) == [before]
    assert [path for path in tmp_path.rglob("*.wav")] == [tmp_path / before.audio.name]
