"""The process that opened a LITE room holds its socket; the others speak in it over a real broker, and notice when it is gone."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from django.conf import settings as site
from django.db import connection
from redis.exceptions import RedisError

from avatars.models import LiveSession
from avatars.providers import registry
from avatars.providers.liveavatar import relay
from avatars.providers.liveavatar.holding import Holding
from avatars.providers.liveavatar.live import LiveAvatarLiveProvider
from avatars.providers.liveavatar.relay import Relay, Unanswered
from avatars.services import live_speaking
from avatars.services.live_sessions import SessionGone
from avatars.tests.live_builders import PROFILE
from avatars.tests.live_stand_ins import Live, soon
from interview_site.supervisor.broker import Broker

pytest_plugins = ["avatars.tests.live_provider_fixtures", "interview_site.tests.broker_fixtures"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="the other process opens the SQLite file of this test"),
]
_HOLDER = """
import json, sys, django
django.setup()
from django.conf import settings
database, media, wishes = sys.argv[1:4]
settings.DATABASES["default"]["NAME"], settings.MEDIA_ROOT = database, media
from avatars.services.live_sessions import open_session
session = open_session(**json.loads(wishes))
print(session.public_id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(liveavatar: Live, valkey: Broker, settings: Any) -> Iterator[tuple[LiveSession, subprocess.Popen[str]]]:
    """A session that another process has opened, and that process."""
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [valkey.url], "prefix": "asgi0"},  # as the settings of the other process name it
        }
    }
    # A relay of this test's own: the process's has another channel layer by now.
    registry._live_instances["liveavatar"] = LiveAvatarLiveProvider(lines=Holding())
    environ = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "interview_site.settings", "REDIS_URL": valkey.url,
        "LIVEAVATAR_API_KEY": liveavatar.stub.token, "LIVEAVATAR_API_BASE": liveavatar.server.url,
        "OUTBOUND_ALLOWED_CIDRS": "127.0.0.1/32",
    }  # fmt: skip
    wishes = {"owner": "token:1", "provider": "liveavatar", "avatar_id": liveavatar.avatar, "settings": PROFILE, "language": "en",
              "purpose": "chat"}  # fmt: skip
    arguments = [str(connection.settings_dict["NAME"]), str(settings.MEDIA_ROOT), json.dumps(wishes)]
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, *arguments], env=environ, cwd=site.BASE_DIR, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout
        public_id = next(line for line in holder.stdout if len(line.split()) == 1).strip()
        yield LiveSession.objects.get(public_id=public_id), holder
    finally:
        holder.kill()
        holder.communicate()
        registry._live_instances.pop("liveavatar", None)


def test_words_cross_to_the_holder_and_silence_is_noticed(
    liveavatar: Live, held: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session, holder = held
    monkeypatch.setattr(relay, "HERE_S", 30.0)  # a busy machine may take more than its second
    kept = liveavatar.stub.lite.of(session.provider_id)
    liveavatar.rooms.pace = 1.0
    said = [live_speaking.say(session=session, text=text) for text in ("Words from elsewhere.", "And some more of them.")]
    assert soon(lambda: [kept.utterances[one.task_id].ended for one in said if one.task_id in kept.utterances] == [True, True])
    # It should be the very sound, made again by the holder from the text.
    assert all(abs(kept.utterances[one.task_id].ms - one.duration_ms) <= 1 for one in said) and kept.connections == 1
    live_speaking.interrupt(session=session)
    room = liveavatar.rooms.running()[0]
    assert soon(lambda: {saying.state for saying in room.sayings} == {"cut"})

    monkeypatch.undo()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    began = time.monotonic()
    with pytest.raises(SessionGone):
        live_speaking.say(session=session, text="Is anybody there?")
    # It should have stopped the room too: nobody can ever speak in it again. (A second for the holder, the rest is the stop.)
    session.refresh_from_db()
    assert session.state == "lost" and not liveavatar.rooms.running() and time.monotonic() - began < 30


class BrokenLayer(InMemoryChannelLayer):
    """A broker that breaks when something is sent: its client's faults are no OSErrors."""

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        raise RedisError("connection lost")


def test_a_broker_that_breaks_while_it_is_asked_counts_as_nobody_there(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "avatars.tests.test_live_relay.BrokenLayer"}}
    with pytest.raises(Unanswered):
        Relay(lambda command: {}).ask("room", op="interrupt")
