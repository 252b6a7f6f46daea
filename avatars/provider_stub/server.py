"""All stand-ins together: one port each, because their paths would meet, and the environment that uses them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module

from avatars.provider_stub import faults
from interview_site.stub_server import Routes, StubServer


@dataclass(frozen=True)
class Stub:
    """`environment` gives the settings for a running stub: its routes and base address in, names and values out."""

    path: str
    environment: Callable[[Routes, str], Mapping[str, str]]

    def make(self) -> Routes:
        module, _dot, name = self.path.rpartition(".")
        made: Routes = getattr(import_module(module), name)()
        return made


# A provider's stand-in joins by one line.
STUBS: dict[str, Stub] = {
    "a2e": Stub(
        "avatars.provider_stub.a2e.A2EStub",
        lambda stub, url: {"A2E_API_KEY": stub.token, "A2E_BASE_URL": url},  # type: ignore[attr-defined]
    ),
    "heygen": Stub(
        "avatars.provider_stub.heygen.HeyGenStub",
        lambda stub, url: {"HEYGEN_API_KEY": stub.token, "HEYGEN_BASE_URL": url},  # type: ignore[attr-defined]
    ),
    "liveavatar": Stub(
        "avatars.provider_stub.liveavatar.LiveAvatarStub",
        lambda stub, url: {"LIVEAVATAR_API_KEY": stub.token, "LIVEAVATAR_API_BASE": url},  # type: ignore[attr-defined]
    ),
    "elevenlabs": Stub(
        "avatars.provider_stub.elevenlabs.ElevenLabsStub",
        lambda stub, url: {
            "ELEVENLABS_API_KEY": stub.token,  # type: ignore[attr-defined]
            "ELEVENLABS_BASE_URL": url,
            "ELEVENLABS_VOICES": "Maria:female:v0ice1d,Ivan:male:v0ice2d",
        },
    ),
}


def start(kind: str, port: int = 0) -> tuple[StubServer, Routes]:
    """A running stand-in. Raises KeyError for an unknown kind, OSError when the port is taken."""
    routes = STUBS[kind].make()
    return StubServer(routes, port=port).start(), routes


def environment(running: Mapping[str, tuple[StubServer, Routes]]) -> dict[str, str]:
    """The settings with which the site uses the running stand-ins; loopback is allowed for the files they name."""
    lines = {"OUTBOUND_ALLOWED_CIDRS": "127.0.0.1/32"}
    for kind, (server, routes) in running.items():
        lines |= STUBS[kind].environment(routes, server.url)
    return lines


def break_as_told(running: Mapping[str, tuple[StubServer, Routes]], word: str) -> None:
    """A fault as written on the command line: `a2e:POST /api/v1/video/generate=lost` or `a2e:*=slow:5`, with `x3` or `x*` behind.

    Raises ValueError with what is wrong.
    """
    kind, colon, rest = word.partition(":")
    line, equals, fault = rest.partition("=")
    if not (colon and equals) or kind not in running:
        raise ValueError(f"{word[:80]!r}: write provider:METHOD /path=fault; running are {', '.join(running)}")
    fault, _x, times = fault.rpartition("x") if fault.rpartition("x")[2] in ("*", *map(str, range(1, 1000))) else (fault, "", "1")
    running[kind][0].break_next(line, faults.named(kind, fault), times=-1 if times == "*" else int(times))
