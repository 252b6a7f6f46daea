"""A WebSocket to somebody else's server, guarded like every outbound call (`interview_site.outbound`, threats 58).

    line = outbound_websocket.connect(url, provider="liveavatar")
    line.send(text); text = line.recv(timeout=1.0); line.close()

The name is resolved once, every address judged, and the connection goes to a judged one; TLS is checked against the name.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from urllib3.util.connection import create_connection
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection
from websockets.sync.client import connect as open_line

from interview_site import outbound
from interview_site.errors import Category, ProviderError
from interview_site.outbound import AddressRefused
from interview_site.outbound_socket import Refusal, Resolver, system_resolver

PORTS = {"ws": 80, "wss": 443}


def connect(
    url: str, *, provider: str = "", open_s: float = 5.0, max_bytes: int = outbound.MIB, resolver: Resolver = system_resolver
) -> ClientConnection:
    """An open line; `ws://` or `wss://`. Raises AddressRefused, ProviderError (connectivity, or by the status of a refusal)."""
    with _translated(provider):
        host, port, secure = _read(url)
        checked = outbound.policy(resolver=resolver, resolve_s=open_s).check(host, port)
        context = ssl.create_default_context(cafile=settings.OUTBOUND_CA_FILE or None) if secure else None
        options = {"open_timeout": open_s, "close_timeout": 2.0, "max_size": max_bytes, "compression": None,
                   "legacy": True}  # fmt: skip
        if settings.OUTBOUND_PROXY:  # it resolves and connects: what can be seen of the target was judged
            return open_line(url, ssl=context, proxy=settings.OUTBOUND_PROXY, **options)  # type: ignore[arg-type, return-value]
        sock = create_connection((checked[0], port), open_s)
        try:
            # The library wants no time limit on a socket it is given; it has limits of its own.
            sock.settimeout(None)
            return open_line(  # type: ignore[return-value]
                url, sock=sock, ssl=context, server_hostname=host if secure else None, proxy=None, **options  # type: ignore[arg-type]
            )  # fmt: skip
        except BaseException:
            sock.close()
            raise


def _read(url: str) -> tuple[str, int, bool]:
    """(host, port, TLS). Raises Refusal."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Refusal("The address cannot be read.") from error
    if parts.scheme not in PORTS:
        raise Refusal("Only ws and wss addresses are allowed.")
    if not parts.hostname or parts.username is not None or port == 0:
        raise Refusal("The address must name a host and no user.")
    if any(ord(letter) <= 32 or ord(letter) == 127 or letter == "\\" for letter in url):
        raise Refusal("The address holds blanks or control characters.")
    return parts.hostname, port or PORTS[parts.scheme], parts.scheme == "wss"


@contextmanager
def _translated(provider: str) -> Iterator[None]:
    """Faults as our own; their text names the kind only, because addresses hold tokens."""
    try:
        yield
    except Refusal as error:
        raise AddressRefused(str(error), provider=provider) from error
    except InvalidStatus as error:
        status = error.response.status_code
        raise ProviderError(
            f"The WebSocket was refused with {status}.", category=outbound.category_of(status), provider=provider,
            code=str(status),
        ) from error  # fmt: skip
    except (OSError, TimeoutError, WebSocketException, ValueError) as error:
        raise ProviderError(
            f"The WebSocket failed ({type(error).__name__}).", category=Category.CONNECTIVITY, provider=provider
        ) from error
