"""The HTTP client under the openai package, for every server the operator named: models, recognisers, voices.

The package's own would follow redirects and obey proxies of the environment. Here the house's rules hold: OUTBOUND_PROXY and
OUTBOUND_CA_FILE, no redirects, nothing compressed (so that counted bytes are all there is). Servers inside the company are
reached without the proxy.
"""

import ipaddress
import ssl
from typing import Any
from urllib.parse import urlsplit

import httpx2
from django.conf import settings

HEADERS = {"Accept-Encoding": "identity"}


def http_client(base_url: str, *, is_local: bool = False, backend: Any = None) -> httpx2.Client:
    """A client of its own for one server. `is_local`: the settings say that it runs inside the company.

    `backend` replaces the sockets of the library (interview_site.llm.wire).
    """
    transport = httpx2.HTTPTransport(
        verify=ssl.create_default_context(cafile=settings.OUTBOUND_CA_FILE) if settings.OUTBOUND_CA_FILE else True,
        trust_env=False,
        proxy=None if is_local or is_near(base_url) else settings.OUTBOUND_PROXY or None,
        limits=httpx2.Limits(max_connections=200, max_keepalive_connections=20, keepalive_expiry=30.0),
    )
    if backend is not None:
        transport._pool._network_backend = backend  # the library has no other door to it
    return httpx2.Client(
        transport=transport, trust_env=False, follow_redirects=False, event_hooks={"response": [_refuse_compressed]}
    )


def is_near(base_url: str) -> bool:
    """The address itself says so: this machine, or a number of a private network. A name may lead anywhere."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _refuse_compressed(response: httpx2.Response) -> None:
    if response.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise httpx2.DecodingError("the answer is compressed", request=response.request)
