"""Every address that answers somebody without credentials is named here; a new one fails until it is (threats 34, design §7)."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

# Addresses, as the router knows them, that open for anybody; each with the reason.
PUBLIC = {
    "": "the landing page",
    "i/<token>": "the candidate's link: the MAC in it is the key",
    "i18n/set": "the language of the pages",
    "healthz": "liveness for the machine that runs us",
    "readyz": "readiness for the machine that runs us",
    "api/health": "docs/contracts/compat_api.md",
    "api/v1/avatar/healthz": "docs/contracts/compat_api.md: liveness under the name older clients know",
    "r/api/v1/avatar/healthz": "docs/contracts/compat_api.md",
    "r/api/health": "docs/contracts/compat_api.md",
    "api/avatar": "docs/contracts/compat_api.md: the picture of the presenter",
    "r/api/avatar": "docs/contracts/compat_api.md",
    "api/chunk/video/<chunk_id>": "docs/contracts/compat_api.md: the unguessable id is the key, for an hour",
    "r/api/chunk/video/<chunk_id>": "docs/contracts/compat_api.md",
    "api/chunk/audio/<chunk_id>": "docs/contracts/compat_api.md: the unguessable id is the key, for an hour",
    "r/api/chunk/audio/<chunk_id>": "docs/contracts/compat_api.md",
    "webhooks/heygen": "a bell, signed with HEYGEN_WEBHOOK_SECRET; closed without one",
    "admin/login/": "the login page itself",
    "admin/logout/": "leaving is open to whoever is not in",
    "admin/jsi18n/": "words of the admin's own scripts",
    "docs": "redirects to the documents, which ask for a login",
}
# What every one of them fills in; a route with another parameter needs a value here.
SAMPLES = {"int": "1", "str": "x", "slug": "x", "uuid": "6f2c1a34-9f0e-4a57-8f2e-0c9f7d9d3a10", "path": "x/1"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = (401, 403, 404, 405, 429)


def routes(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for entry in resolver.url_patterns:
        here = prefix + _plain(str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += routes(entry, here)
        elif isinstance(entry, URLPattern):
            found.append(here)
    return sorted(set(found))


def _plain(pattern: str) -> str:
    """`^(?P<a>.+)$` and `<path:a>` in one notation: `<path:a>`."""
    pattern = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<path:\1>", pattern)
    return pattern.removeprefix("^").removesuffix("$").replace(r"\Z", "").replace("\\", "")


def _named(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", route)


def _address(route: str) -> str:
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match.group(1) or "str"], route)


def _is_refused(answer: object) -> bool:
    if answer.status_code in (301, 302):
        return "/admin/login/" in answer["Location"]
    return answer.status_code in REFUSED


ROUTES = routes(get_resolver())


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_is_refused_everywhere_but_at_the_named_addresses(route):
    answers = {method: Client(raise_request_exception=False).generic(method, _address(route)) for method in METHODS}
    opened = {method: answer.status_code for method, answer in answers.items() if not _is_refused(answer)}
    if _named(route) in PUBLIC:
        assert all(status < 500 or status == 503 for status in opened.values())
    else:
        assert not opened, f"{route} answers without credentials: name it in PUBLIC with the reason, or close it"


def test_every_named_address_exists():
    assert set(PUBLIC) <= {_named(route) for route in ROUTES}
