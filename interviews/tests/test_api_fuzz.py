"""Odd input at every call of the API, as four roles: never an answer of 500, never a way in (threats 36, 13)."""

import itertools

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache

from interview_site.api.scopes import Scope
from interviews.api.urls import urlpatterns
from interviews.models import Decision
from interviews.tests.api_client import ApiClient, program_of
from interviews.tests.builders import make_alice, make_interview

pytestmark = pytest.mark.django_db
NAMES = [
    "name",
    "title",
    "position",
    "guests",
    "questions",
    "criteria",
    "email",
    "reason",
    "opens_at",
    "avatar",
    "candidate",
    "anchors",
]
VALUES = [
    None, True, 0, -1, 10**17, 1e300, "", " ", "x" * 5000, "\u202e", "\ufeff", "😀" * 300, "=1+1", "0", "9999-12-31T23:59:59Z",
    [], [[]], [None], [{}], {}, {"a": {}},
    [{"name": {}, "text": [], "uuid": "x", "email": 5, "criteria": [1], "anchors": [None] * 5, "candidate": -1}],
]  # fmt: skip
BODIES = [
    b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff", b'{"a":NaN}', b'{"name":"\\u0000"}', b'{"name":"\\ud800"}', b"[" * 5000,
    b'{"name":1,"name":2}', b'{"' + b"k" * 9000 + b'":1}', b'{"\\u202e~/":1}',
]  # fmt: skip
IDS = ["1", "0", "999999999999999999999999", "-1", "%00", "%ff", "..", "x" * 500, "😀", "1'%20OR%20'1'='1"]
QUERIES = [
    "", "?cursor=x", "?cursor=" + "A" * 400, "?page_size=-1", "?state[]=x", "?position=NaN", "?created_from=0000-00-00",
    "?email=%ff",
]  # fmt: skip


def roles():
    yield "stranger", ApiClient()
    reviewer = make_alice(username="reviewer", is_superuser=False)
    reviewer.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    yield "reviewer", program_of(reviewer)
    alice = make_alice()
    yield "reader", program_of(alice, [Scope.INTERVIEWS_READ])
    yield "administrator", program_of(alice)


def paths(entry, own):
    """The route with its own id first, then with odd ones."""
    route = str(entry.pattern)
    for value in [own, *IDS] if "<" in route else [""]:
        yield route.replace("<int:pk>", value).replace("<str:public_id>", value)


@pytest.mark.parametrize("entry", urlpatterns, ids=lambda entry: entry.name)
def test_odd_input_is_never_a_fault_of_ours(entry, settings):
    settings.API_CALLS_PER_MINUTE = settings.API_FAILED_TOKENS_PER_MINUTE = 10**6
    cache.clear()
    interview = make_interview()
    own = interview.public_id if "public_id" in str(entry.pattern) else str(interview.version.position_id)
    bodies = [*BODIES, *({name: value} for name, value in itertools.product(NAMES, VALUES))]
    for role, program in roles():
        for path in paths(entry, own):
            for query in QUERIES:
                check(role, program.call("GET", path + query), path + query)
        method = next(iter(set(entry.callback.view_class.needs) - {"GET"}), "POST")
        for body in bodies if role == "administrator" else BODIES:
            path = next(iter(paths(entry, own)))
            check(
                role,
                program.call(method, path, body, if_match="*", idempotency_key="k" if body == b"[]" else "j"),
                f"{path} {body!r:.200}",
            )
    assert not Decision.objects.exists()


def check(role, answer, what):
    assert answer.status_code < 500, (role, what, answer.content[:300])
    if role == "stranger":
        assert answer.status_code in (401, 404, 405), (what, answer.status_code)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", (role, what)
        assert answer.json()["code"], (role, what)
