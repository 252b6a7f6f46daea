"""A company's network for tests: its proxy, through which alone the world is reached, and its own certificates."""

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class _Tunnel(BaseHTTPRequestHandler):
    """CONNECT to any name leads to `server.port`."""

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        with socket.create_connection(("127.0.0.1", self.server.port)) as far:
            self.send_response(200)
            self.end_headers()
            with selectors.DefaultSelector() as ends, contextlib.suppress(OSError):
                ends.register(self.connection, selectors.EVENT_READ, far)
                ends.register(far, selectors.EVENT_READ, self.connection)
                while True:
                    for key, _events in ends.select():
                        if not (piece := key.fileobj.recv(65536)):
                            return
                        key.data.sendall(piece)

    def log_message(self, *args: Any) -> None:
        pass


@contextlib.contextmanager
def behind_the_proxy(service: HTTPServer, settings: Any, folder: Path, name: str = "provider.test") -> Iterator[list[str]]:
    """`service` (already listening) speaks TLS as `name` from now on and is reached by OUTBOUND_PROXY only.

    Yields what the proxy was asked for, "provider.test:443" each time.
    """
    certificate = make_certificate(folder, name)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    service.socket = context.wrap_socket(service.socket, server_side=True)
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Tunnel)
    proxy.daemon_threads, proxy.asked, proxy.port = True, [], service.server_port
    threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.OUTBOUND_PROXY = f"http://127.0.0.1:{proxy.server_port}"
    settings.OUTBOUND_CA_FILE = str(certificate)
    try:
        yield proxy.asked
    finally:
        proxy.shutdown()
        proxy.server_close()


def make_certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate with its key in one file, valid for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(int(time.time()))
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "server.crt"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
