"""Who may open a socket of the compatible API, and who is turned away with which code (threats 26, 35)."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from interview_site.api import tokens
from interview_site.api.records import ApiToken
from interview_site.socket_callers import Caller, admitted, check_still
from interview_site.sockets import Close, Refused

pytestmark = pytest.mark.django_db
HERE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SOCKET_ORIGINS, settings.CORS_ALLOWED_ORIGINS = [HERE], ["https://chat.example"]
    settings.API_ALLOW_ANONYMOUS, settings.EMBEDDED = False, True


@pytest.fixture
def bob() -> Any:
    return get_user_model().objects.create_user("bob", password="x", is_staff=True)


def asked(*, query: str = "", read: Any = None, address: str = "192.0.2.7", **headers: str) -> Caller | Close:
    scope = {
        "type": "websocket", "query_string": query.encode(), "client": [address, 5],
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    try:
        return admitted(scope, needs="avatar", read_short_token=read)
    except Refused as refused:
        return refused.code


def token_of(bob: Any, *scopes: str) -> tuple[ApiToken, str]:
    return tokens.mint(name="Chat", owner=bob, scopes=list(scopes or ("avatar",)))


def test_a_token_with_the_scope_opens_and_says_who_it_is(bob: Any) -> None:
    token, secret = token_of(bob)
    assert asked(authorization=f"Bearer {secret}") == Caller(f"token:{token.pk}", f"token:{token.pk}")
    assert isinstance(asked(authorization=f"bearer {secret}", origin="https://chat.example"), Caller)
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_token_that_is_not_good_for_it_does_not(bob: Any, settings: Any) -> None:
    settings.API_ALLOW_ANONYMOUS = True  # a wrong token is not passed over
    _token, other = token_of(bob, "positions:read")
    _token, secret = token_of(bob)
    assert asked(authorization=f"Bearer {other}") == Close.FORBIDDEN
    assert asked(authorization=f"Bearer {secret}x") == Close.SESSION
    assert asked(authorization="Bearer") == Close.SESSION
    assert asked(authorization=f"Bearer {secret}", origin="https://evil.example") == Close.FORBIDDEN
    assert asked(query=f"token={secret}") == Close.SESSION, "an address is logged"
    bob.is_active = False
    bob.save()
    assert asked(authorization=f"Bearer {secret}") == Close.SESSION


def test_a_short_lived_token_of_the_address_stands_for_who_asked_for_it(bob: Any) -> None:
    token, _secret = token_of(bob)
    known = {"short": f"token:{token.pk}"}
    assert asked(query="token=short&x=1", read=known.get) == Caller(f"token:{token.pk}", f"token:{token.pk}")
    assert asked(query="token=other", read=known.get) == Close.SESSION
    assert asked(query="token=short&token=short", read=known.get) == Close.SESSION
    assert asked(query="token=short") == Close.SESSION


def test_a_session_of_staff_opens_from_our_own_pages_only(bob: Any) -> None:
    client = Client()
    client.force_login(bob)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    assert asked(cookie=cookie, origin=HERE) == Caller(f"user:{bob.pk}", f"user:{bob.pk}")
    assert asked(cookie=cookie) == Close.FORBIDDEN
    assert asked(cookie=cookie, origin="https://chat.example") == Close.FORBIDDEN
    assert asked(cookie="sessionid=guessed", origin=HERE) == Close.SESSION
    get_user_model().objects.filter(pk=bob.pk).update(is_staff=False)
    assert asked(cookie=cookie, origin=HERE) == Close.SESSION


def test_nobody_in_particular_opens_where_that_is_allowed(bob: Any, settings: Any) -> None:
    assert asked() == Close.SESSION
    settings.API_ALLOW_ANONYMOUS = True
    caller = asked()
    assert caller == Caller("anonymous", "address:192.0.2.7") and not caller.may_spend
    assert isinstance(asked(origin="https://chat.example"), Caller)
    assert asked(origin="https://evil.example") == Close.FORBIDDEN
    settings.API_ANONYMOUS_MAY_SPEND = True
    assert caller.may_spend
    settings.EMBEDDED = False
    assert asked() == Close.SESSION, "never in production"


def test_guessing_and_knocking_too_often_is_refused(bob: Any, settings: Any) -> None:
    settings.API_FAILED_TOKENS_PER_MINUTE, settings.API_CALLS_PER_MINUTE = 2, 2
    assert [asked(authorization="Bearer guess", address="192.0.2.99") for _ in range(4)][-1] == Close.TOO_FAST
    _token, secret = token_of(bob)
    assert [asked(authorization=f"Bearer {secret}") for _ in range(3)][-1] == Close.TOO_FAST


def test_who_was_let_in_is_looked_at_again(bob: Any, settings: Any) -> None:
    token, secret = token_of(bob)
    caller = asked(authorization=f"Bearer {secret}")
    check_still(caller, needs="avatar")
    tokens.revoke(token)
    with pytest.raises(Refused) as refused:
        check_still(caller, needs="avatar")
    assert refused.value.code == Close.SESSION


def test_staff_need_the_permission_the_calls_of_that_scope_need_and_so_do_their_tokens(bob: Any) -> None:
    scope = {"type": "websocket", "query_string": b"", "client": ["192.0.2.7", 5]}
    token, secret = token_of(bob)
    client = Client()
    client.force_login(bob)
    cookie = f"sessionid={client.cookies['sessionid'].value}"
    ways = [[(b"authorization", f"Bearer {secret}".encode())], [(b"cookie", cookie.encode()), (b"origin", HERE.encode())]]

    def opened() -> list[str]:
        found = []
        for headers in ways:
            try:
                found.append(admitted({**scope, "headers": headers}, needs="avatar", permission="auth.view_user").name)
            except Refused as refused:
                found.append(refused.code.name)
        return found

    assert opened() == ["FORBIDDEN", "FORBIDDEN"]
    bob.user_permissions.add(Permission.objects.get(codename="view_user"))
    assert opened() == [f"token:{token.pk}", f"user:{bob.pk}"]
    bob.user_permissions.clear()
    with pytest.raises(Refused):
        check_still(Caller(f"user:{bob.pk}", ""), needs="avatar", permission="auth.view_user")
