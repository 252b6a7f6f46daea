"""A live provider at its stand-in, as the tests of both hold it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from avatars.provider_stub.a2e_live import AVATARS
from avatars.provider_stub.rooms import Rooms
from avatars.providers import registry
from avatars.providers.live import LiveProvider, LiveRequest
from interview_site.stub_server import StubServer

ALICE = AVATARS[0][0]


def soon(happened: Callable[[], Any], within_s: float = 5.0) -> bool:
    """Whether it happens: what was sent over a socket arrives a moment later."""
    until = time.monotonic() + within_s
    while not happened() and time.monotonic() < until:
        time.sleep(0.005)
    return bool(happened())


@dataclass
class Live:
    """A live provider as tests hold it. `open_line`, `stop_line`: the calls that cost and that end it."""

    kind: str
    stub: Any
    avatar: str
    open_line: str
    stop_line: str
    own_sound: bool = False

    @property
    def server(self) -> StubServer:
        return self.stub.server

    @property
    def provider(self) -> LiveProvider:
        return registry.live_provider(self.kind)

    @property
    def rooms(self) -> Rooms:
        return self.stub.rooms if self.kind == "liveavatar" else self.stub.live.rooms

    def request(self, **wishes: Any) -> LiveRequest:
        return LiveRequest(
            **{"reference": "ref-1", "avatar_id": self.avatar, "language": "en", "most_s": 600, "own_sound": self.own_sound,
               "settings": {"speech_engine": "espeak"}, **wishes}
        )  # fmt: skip

    def hurry(self) -> None:
        """Calls give up soon: for slow services."""
        configuration = self.provider.configuration  # type: ignore[attr-defined]
        for name in ("read_s", "order_s", "short_s", "long_s", "live_speech_s"):
            if hasattr(configuration, name):
                object.__setattr__(configuration, name, 0.4)

    def paid(self) -> int:
        """How many rooms were ever opened and charged."""
        return len(self.rooms.all())
