"""WebSockets to others are guarded like every outbound call: checked addresses only, no redirects, faults as our own."""

from typing import Any

import pytest

from interview_site import outbound_websocket, stub_faults
from interview_site.errors import Category, ProviderError
from interview_site.outbound import AddressRefused
from interview_site.stub_server import Call, Reply, Routes, StubServer
from interview_site.stub_socket import StubSocket


def echo(line: StubSocket) -> None:
    for message in line:
        line.send(message)


@pytest.fixture
def server(settings: Any) -> Any:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
    routes = Routes()
    routes.add("GET", "/line", lambda call: Reply(talk=echo))
    routes.add("GET", "/secret", lambda call: Reply(talk=echo))
    with StubServer(routes) as running:
        yield running


def address(server: StubServer, path: str = "/line") -> str:
    return server.url.replace("http", "ws", 1) + path


def test_messages_go_and_come(server: StubServer) -> None:
    line = outbound_websocket.connect(address(server))
    line.send("Hello")
    assert line.recv(timeout=3) == "Hello"
    line.send(b"x" * 70_000)
    assert len(line.recv(timeout=3)) == 70_000
    line.close()


def test_a_private_network_is_refused_before_anything_is_sent(server: StubServer, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = []
    with pytest.raises(AddressRefused):
        outbound_websocket.connect(address(server))
    assert not server.ledger


def test_a_public_name_that_leads_inside_is_refused(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = []
    with pytest.raises(AddressRefused):
        outbound_websocket.connect("wss://room.example/line", resolver=lambda host, port: ["10.0.0.7"])


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "ws://", "ws://user:secret@127.0.0.1/", "ws://127.0.0.1:0/", "ws://127.0.0.1/a b", "ws://[::1", ""],
)
def test_what_is_no_plain_address_is_refused(url: str, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
    with pytest.raises(AddressRefused):
        outbound_websocket.connect(url)


def test_a_redirect_is_not_followed(server: StubServer) -> None:
    server.break_next("GET /line", stub_faults.redirect(address(server, "/secret")))
    with pytest.raises(ProviderError):
        outbound_websocket.connect(address(server))
    assert [call.path for call in server.ledger] == ["/line"]


@pytest.mark.parametrize(
    ("fault", "category"),
    [("status:401", Category.AUTHENTICATION), ("status:503", Category.SERVER), ("dropped", Category.CONNECTIVITY),
     ("page", Category.CONNECTIVITY), ("garbage", Category.CONNECTIVITY)],
)  # fmt: skip
def test_each_fault_is_one_of_ours_and_tells_no_token(server: StubServer, fault: str, category: Category) -> None:
    server.break_next("GET /line", stub_faults.named(fault))
    with pytest.raises(ProviderError) as caught:
        outbound_websocket.connect(address(server) + "?token=secret-word", provider="somebody")
    if fault not in ("page", "garbage"):
        assert caught.value.category == category
    assert caught.value.provider == "somebody" and "secret-word" not in caught.value.log_text


def test_a_silent_server_is_given_up(server: StubServer) -> None:
    server.break_next("GET /line", stub_faults.silent(30))
    with pytest.raises(ProviderError) as caught:
        outbound_websocket.connect(address(server), open_s=0.3)
    assert caught.value.category == Category.CONNECTIVITY


def test_a_stand_in_tells_who_asks_without_wishing_for_a_socket(server: StubServer) -> None:
    from interview_site import outbound

    assert outbound.request("GET", server.url + "/line").status == 426
    assert isinstance(server.ledger[0], Call)
