"""A mail server of a few lines that can fall silent in the middle of a delivery."""

import socketserver
import threading


class MailServer(socketserver.ThreadingTCPServer):
    """`silent`: takes the connection and says nothing; else takes every letter. `connections` and `letters` count."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Delivery)
        self.silent = False
        self.connections = 0
        self.letters = 0
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class _Delivery(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: MailServer = self.server
        server.connections += 1
        if server.silent:
            server.closing.wait(60)
            return
        self._say("220 here")
        for line in self.rfile:
            word = line.strip().upper()[:4]
            if word == b"DATA":
                self._say("354 go on")
                while (self.rfile.readline() or b".\r\n") != b".\r\n":
                    pass
                server.letters += 1
            self._say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")
