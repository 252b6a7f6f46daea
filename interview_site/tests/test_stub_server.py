"""The stand-in server does what its script says, over real HTTP, through the client that everything else uses."""

from collections.abc import Iterator
from typing import Any

import pytest

from interview_site import outbound, stub_faults
from interview_site.errors import Category, ProviderError
from interview_site.stub_server import Call, Reply, Routes, StubServer, events


@pytest.fixture
def stub() -> Iterator[StubServer]:
    routes = Routes()
    made: list[str] = []

    @routes.on("GET", "/things/{id}")
    def thing(call: Call) -> Reply:
        return Reply({"id": call.names["id"], "q": call.query.get("q", ""), "made": len(made)})

    @routes.on("POST", "/things")
    def make(call: Call) -> Reply:
        made.append(call.json()["name"])
        return Reply({"made": len(made)}, status=201)

    @routes.on("GET", "/stream")
    def stream(call: Call) -> Reply:
        return Reply(events([{"n": 1}, {"n": 2}]))

    with StubServer(routes) as server:
        yield server


def ask(stub: StubServer, method: str, path: str, **options: Any) -> outbound.Answer:
    return outbound.request(method, stub.url + path, trusted=True, **{"total_s": 5.0, **options})


def test_it_answers_by_route_and_writes_every_request_down(stub: StubServer) -> None:
    answer = ask(stub, "GET", "/things/7?q=%D0%B0", headers={"X-Key": "k"})
    assert (answer.status, answer.json()) == (200, {"id": "7", "q": "а", "made": 0})
    assert ask(stub, "POST", "/things", json={"name": "x"}).status == 201
    assert ask(stub, "PUT", "/things").status == 404
    assert [(call.line, call.status) for call in stub.ledger] == [
        ("GET /things/7", 200),
        ("POST /things", 201),
        ("PUT /things", 404),
    ]
    assert stub.calls("GET /things/*")[0].headers["x-key"] == "k" and stub.calls("POST *")[0].json() == {"name": "x"}


def test_a_stream_comes_in_pieces_and_ends(stub: StubServer) -> None:
    answer = ask(stub, "GET", "/stream")
    assert answer.body == b'data: {"n": 1}\n\ndata: {"n": 2}\n\ndata: [DONE]\n\n'
    assert answer.headers["Content-Type"] == "text/event-stream"
    stub.break_next("GET /stream", stub_faults.cut(5))
    with pytest.raises(ProviderError):
        ask(stub, "GET", "/stream")


def test_faults_come_in_their_order_and_end(stub: StubServer) -> None:
    stub.break_next("GET /things/{id}", stub_faults.status(502), stub_faults.busy(7), stub_faults.redirect())
    stub.break_next("POST /things", stub_faults.status(503), times=2)
    answers = [ask(stub, "GET", "/things/1") for _time in range(4)]
    assert [answer.status for answer in answers] == [502, 429, 302, 200]
    assert answers[1].headers["Retry-After"] == "7" and "text/html" in answers[0].headers["Content-Type"]
    assert [ask(stub, "POST", "/things", json={"name": "x"}).status for _time in range(3)] == [503, 503, 201]


@pytest.mark.parametrize(("fault", "done"), [("lost", 1), ("dropped", 0), ("cut", 1)])
def test_a_connection_that_breaks_is_noticed_and_the_work_done_or_not(stub: StubServer, fault: str, done: int) -> None:
    stub.break_next("POST /things", stub_faults.named(fault))
    with pytest.raises(ProviderError) as caught:
        ask(stub, "POST", "/things", json={"name": "x"})
    assert caught.value.category == Category.CONNECTIVITY
    assert ask(stub, "GET", "/things/1").json()["made"] == done


@pytest.mark.parametrize("fault", ["slow:20", "silent"])
def test_a_slow_answer_is_not_waited_for_when_the_server_closes(stub: StubServer, fault: str) -> None:
    stub.break_next("*", stub_faults.named(fault), times=-1)
    with pytest.raises(ProviderError):
        ask(stub, "GET", "/things/1", total_s=0.2)
    stub.heal()
    assert ask(stub, "GET", "/things/1").status == 200


@pytest.mark.parametrize("fault", ["garbage", "page", "wrong_media"])
def test_noise_is_no_json(stub: StubServer, fault: str) -> None:
    stub.break_next("*", stub_faults.named(fault))
    answer = ask(stub, "GET", "/things/1")
    assert answer.status == 200
    with pytest.raises(ProviderError):
        answer.json()


def test_services_stand_side_by_side_below_their_prefixes(stub: StubServer) -> None:
    other = Routes()
    other.add("GET", "/things/{id}", lambda call: Reply({"other": call.names["id"], "at": other.url("/x")}))
    base = stub.mount(other, "/other")
    assert base == stub.url + "/other"
    assert ask(stub, "GET", "/other/things/9").json() == {"other": "9", "at": f"{base}/x"}


def test_an_unknown_fault_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="lost"):
        stub_faults.named("explode")
    with pytest.raises(ValueError, match="number"):
        stub_faults.named("slow:soon")
    assert all(stub_faults.named(name) for name in stub_faults.NAMES)
