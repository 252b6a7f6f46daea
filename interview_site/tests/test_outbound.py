"""The guarded client against a real server on loopback; the name server is the stub at the border (threats 58–59)."""

import gzip
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from interview_site import outbound
from interview_site.errors import Category, ProviderError
from interview_site.outbound import AddressRefused, TooLarge
from interview_site.tests.house_network import make_certificate


class Handler(BaseHTTPRequestHandler):
    """Answers by path; what it was asked is kept in `server.asked`."""

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, self.headers["Host"]))
        getattr(self, f"answer_{self.path.rpartition('/')[2] or 'plain'}")()

    do_POST = do_GET

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_plain(self) -> None:
        self.send(200, b'{"a": 1}')

    def answer_echo(self) -> None:
        self.send(200, self.rfile.read(int(self.headers["Content-Length"])))

    def answer_moved(self) -> None:
        self.send(302, b"", Location="http://127.0.0.1/secret")

    def answer_large(self) -> None:
        self.send(200, b"x" * 300_000)

    def answer_bomb(self) -> None:
        self.send(200, gzip.compress(b"\0" * 5_000_000), Content_Encoding="gzip")

    def answer_cut(self) -> None:
        self.send(200, b"half", Content_Length="4000")
        self.close_connection = True

    def answer_slow(self) -> None:
        self.send(429, b"", Retry_After="17")

    def answer_trickle(self) -> None:
        """No length: an end of file would look like the end of the body."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.closing.wait(0.05):
                self.wfile.write(b".")
        except OSError:
            pass
        self.server.left.set()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    yield from serve()


def serve(context: ssl.SSLContext | None = None) -> Iterator[ThreadingHTTPServer]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.asked, httpd.closing, httpd.left = [], threading.Event(), threading.Event()
    if context:
        httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield httpd
    httpd.closing.set()
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def url(server: ThreadingHTTPServer, path: str = "", scheme: str = "http") -> str:
    return f"{scheme}://provider.test:{server.server_port}/{path}"


def test_it_connects_to_the_checked_address_and_keeps_the_host(server: ThreadingHTTPServer) -> None:
    answer = outbound.request("GET", url(server), resolver=here)
    assert (answer.status, answer.json()) == (200, {"a": 1})
    assert server.asked == [("GET", "/", f"provider.test:{server.server_port}")]


def test_it_sends_json(server: ThreadingHTTPServer) -> None:
    assert outbound.request("POST", url(server, "echo"), json={"x": "ы"}, resolver=here).json() == {"x": "ы"}


@pytest.mark.parametrize(
    "answers",
    [["10.0.0.5"], ["8.8.8.8", "169.254.169.254"], ["::1"], ["::ffff:192.168.0.1"], ["64:ff9b::a00:1"], ["fe80::1%lo"]],
)
def test_one_address_that_is_not_public_refuses_them_all(answers: list[str]) -> None:
    with pytest.raises(AddressRefused) as refused:
        outbound.request("GET", "https://provider.test/", resolver=lambda host, port: answers)
    assert refused.value.permanent
    assert refused.value.person_text


@pytest.mark.parametrize(
    "address", ["http://2130706434/", "http://0x7f000002/", "http://127.2/", "http://[::1]/", "http://１２７.0.0.2/", "http://0/"]
)
def test_other_spellings_of_a_private_address_are_refused(address: str) -> None:
    with pytest.raises(AddressRefused):
        outbound.request("GET", address)


@pytest.mark.parametrize(
    "address",
    [
        "ftp://provider.test/", "file:///etc/passwd", "gopher://provider.test/", "//provider.test/", "provider.test", "",
        "http:///x", "http://user:pw@provider.test/", "http://provider.test:0/", "http://provider.test:99999/",
        "http://provider.test:x/", "http://pro vider.test/", "http://provider.test/\r\nX: y", "http://[::1/",
        "http://provider.test\\@127.0.0.1/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_http_is_refused(address: str) -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("it must be refused before it is resolved")

    with pytest.raises(AddressRefused):
        outbound.request("GET", address, resolver=never)


def test_another_port_of_the_public_internet_is_refused() -> None:
    with pytest.raises(AddressRefused, match="Port 22"):
        outbound.request("GET", "http://provider.test:22/", resolver=lambda host, port: ["8.8.8.8"])


def test_a_private_network_needs_the_explicit_setting(server: ThreadingHTTPServer, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = []
    with pytest.raises(AddressRefused):
        outbound.request("GET", url(server), resolver=here)
    assert server.asked == []
    assert outbound.request("GET", url(server), resolver=here, trusted=True).status == 200


def test_the_name_is_resolved_once_so_it_cannot_change_its_mind(server: ThreadingHTTPServer) -> None:
    calls: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        calls.append(host)
        return ["127.0.0.1"] if len(calls) == 1 else ["10.0.0.1"]

    assert outbound.request("GET", url(server), resolver=rebinding).status == 200
    assert calls == ["provider.test"]


def test_the_next_checked_address_is_tried_when_one_refuses(server: ThreadingHTTPServer, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.0/8"]
    answer = outbound.request("GET", url(server), resolver=lambda host, port: ["127.9.9.9", "127.0.0.1"])
    assert answer.status == 200


def test_a_redirect_comes_back_and_is_not_followed(server: ThreadingHTTPServer) -> None:
    answer = outbound.request("GET", url(server, "moved"), resolver=here)
    assert answer.status == 302
    assert len(server.asked) == 1
    with pytest.raises(ProviderError):
        outbound.raise_for_status(answer)


@pytest.mark.parametrize("path", ["large", "bomb"])
def test_a_body_is_counted_while_it_is_read_and_after_decompression(server: ThreadingHTTPServer, path: str) -> None:
    with pytest.raises(TooLarge):
        outbound.request("GET", url(server, path), max_bytes=200_000, resolver=here)


def test_a_body_that_was_cut_is_not_taken_for_whole(server: ThreadingHTTPServer) -> None:
    with pytest.raises(ProviderError) as cut:
        outbound.request("GET", url(server, "cut"), resolver=here)
    assert cut.value.category is Category.CONNECTIVITY


def test_a_server_that_trickles_is_left_at_the_deadline(server: ThreadingHTTPServer) -> None:
    with pytest.raises(ProviderError, match="longer than allowed"):
        outbound.request("GET", url(server, "trickle"), total_s=0.3, resolver=here)
    assert server.left.wait(5)


def test_a_resolver_that_is_silent_does_not_hold_us(server: ThreadingHTTPServer) -> None:
    release = threading.Event()

    def silent(host: str, port: int) -> list[str]:
        release.wait(10)
        return []

    with pytest.raises(ProviderError) as late:
        outbound.request("GET", url(server), connect_s=0.1, resolver=silent)
    release.set()
    assert late.value.category is Category.CONNECTIVITY


def test_an_unknown_name_and_a_closed_port_are_connectivity() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    for address, resolver in (("http://provider.test/", unknown), ("http://provider.test:1/", here)):
        with pytest.raises(ProviderError) as fault:
            outbound.request("GET", address, resolver=resolver)
        assert fault.value.category is Category.CONNECTIVITY
        assert not fault.value.permanent


def test_the_environment_s_proxies_and_netrc_do_not_count(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert outbound.request("GET", url(server), resolver=here).status == 200


def test_a_proxy_of_the_settings_is_used_and_the_target_still_judged(server: ThreadingHTTPServer, settings: Any) -> None:
    settings.OUTBOUND_PROXY = f"http://127.0.0.1:{server.server_port}"
    with pytest.raises(AddressRefused):
        outbound.request("GET", "http://provider.test/", resolver=lambda host, port: ["10.0.0.1"])
    assert server.asked == []
    public = outbound.request("GET", "http://provider.test/plain", resolver=lambda host, port: ["8.8.8.8"])
    assert public.status == 200
    assert server.asked == [("GET", "http://provider.test/plain", "provider.test")]


def test_a_download_is_renamed_when_whole_and_leaves_nothing_when_not(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    outbound.download(url(server, "large"), tmp_path / "a.mp4", max_bytes=outbound.MIB, resolver=here)
    assert (tmp_path / "a.mp4").stat().st_size == 300_000
    for path in ("cut", "slow", "bomb"):
        with pytest.raises(ProviderError):
            outbound.download(url(server, path), tmp_path / "b.mp4", max_bytes=1000, resolver=here)
    assert [each.name for each in tmp_path.iterdir()] == ["a.mp4"]


def test_retry_after_reaches_the_caller(server: ThreadingHTTPServer) -> None:
    answer = outbound.request("GET", url(server, "slow"), resolver=here)
    with pytest.raises(ProviderError) as slow:
        outbound.raise_for_status(answer, provider="a2e")
    assert (slow.value.category, slow.value.retry_after_s) == (Category.RATE_LIMIT, 17.0)


@pytest.mark.parametrize(
    ("status", "category"),
    [
        (401, "authentication"), (403, "authentication"), (402, "quota"), (429, "rate_limit"), (400, "invalid_request"),
        (404, "invalid_request"), (422, "invalid_request"), (408, "server"), (500, "server"), (503, "server"), (302, "server"),
    ],
)  # fmt: skip
def test_each_status_has_its_category(status: int, category: str) -> None:
    assert outbound.category_of(status) == category


@pytest.mark.parametrize("value", ["", "soon", "-5", "²", "Wed, 99 Foo 2026 00:00:00 GMT"])
def test_a_retry_after_it_cannot_read_counts_as_none(value: str) -> None:
    assert outbound.retry_after_s({"Retry-After": value}) is None


def test_a_body_that_is_not_json_is_the_provider_s_fault() -> None:
    for body in (b"<html>", b"\xff", b"[" * 200_000):
        with pytest.raises(ProviderError) as fault:
            outbound.Answer(200, {}, body).json()
        assert fault.value.category is Category.SERVER


def test_the_certificate_must_be_the_host_s_and_the_name_is_sent(tmp_path: Path, settings: Any) -> None:
    certificate = make_certificate(tmp_path, "provider.test")
    names: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda sock, name, ctx: names.append(name)
    settings.OUTBOUND_CA_FILE = str(certificate)
    for server in serve(context):
        assert outbound.request("GET", url(server, scheme="https"), resolver=here).status == 200
        assert names == ["provider.test"]
        with pytest.raises(ProviderError) as other:
            outbound.request("GET", f"https://other.test:{server.server_port}/", resolver=here)
        assert other.value.category is Category.CONNECTIVITY
        settings.OUTBOUND_CA_FILE = ""
        with pytest.raises(ProviderError):
            outbound.request("GET", url(server, scheme="https"), resolver=here)
