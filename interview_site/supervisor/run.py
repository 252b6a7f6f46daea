"""Start, watch, restart and stop the parts in the foreground (design §8, embedded.md "Supervision")."""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from interview_site.envfile import read_secret
from interview_site.messages import compile_stale
from interview_site.supervisor import broker as private
from interview_site.supervisor.errors import CannotStart
from interview_site.supervisor.guards import lock, require_free_port
from interview_site.supervisor.parts import Log, Part, Watchdog

BROKER_WAIT_S = 60.0  # a long append-only file is read first
READY_WAIT_S = 60.0
TICK_S = 0.1
WORKER_STOP_S = 20.0
WEB_STOP_S = 8.0  # sockets flush and say goodbye first (interview_site.restart)
QUEUES = "live,render,recording,default"


def main(argv: list[str]) -> int:
    """Returns the exit code: 0 after a clean stop, 1 when something hindered the start, 2 for a wrong setting."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole site in the foreground.")
    parser.add_argument("--demo", action="store_true", help="make fresh demo interviews and print their links")
    wanted = parser.parse_args(argv)
    try:
        from interview_site import settings

        return Site(settings, fresh_demo=wanted.demo).run()
    except ImproperlyConfigured as error:
        print(f"A setting is wrong: {error}", file=sys.stderr)
        return 2
    except CannotStart as error:
        print(f"The site cannot start: {error}", file=sys.stderr)
        return 1


@dataclass
class Site:
    """`settings` is the settings module; `fresh_demo` makes new demo interviews."""

    settings: Any
    fresh_demo: bool = False
    log: Log = field(default_factory=Log)
    parts: list[Part] = field(default_factory=list)
    signals: int = 0  # 1: stop in order; 2 and more: at once

    def run(self) -> int:
        """1 lock, 2 broker, 3 migrate and first run, 4 web, 5 worker and beat, 6 watch, 7 stop in order."""
        os.umask(0o077)  # recordings, keys and the database belong to this user only
        held = lock(self.settings.VAR_DIR)
        require_free_port(self.settings.HOST, self.settings.PORT)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self.watchdog = Watchdog()
        self.environ = {**os.environ, "PYTHONUNBUFFERED": "1"}
        broker: private.Broker | None = None
        try:
            compile_stale()
            if self.settings.EMBEDDED and not read_secret(self.settings.env, "REDIS_URL"):
                broker = self._start_broker()
            prepared = self._prepare()
            if not self.signals:
                self._start_web()
                self._wait(self._web_answers, READY_WAIT_S)
            if not self.signals:
                self._start_workers()
                self._announce(prepared)
            while not self.signals:
                self._revive()
                time.sleep(TICK_S)
            return 0
        finally:
            self._stop()
            if broker:
                broker.withdraw()
            self.watchdog.dismiss()
            held.close()

    def _on_signal(self, number: int, frame: object) -> None:
        self.signals += 1

    # --- Starting ----------------------------------------------------------------------------------------------------

    def _part(self, name: str, argv: list[str], *, stop_s: float = 5.0) -> Part:
        part = Part(name, argv, {**self.environ, "SITE_PART": name}, self.log, self.watchdog, stop_s=stop_s)
        self.parts.append(part)
        part.start()
        return part

    def _start_broker(self) -> private.Broker:
        settings = self.settings
        broker = private.prepare(settings.VAR_DIR, private.find_binary(settings.env.str("REDIS_SERVER_BIN", default="")))
        self._part("broker", broker.argv)
        if not self._wait(broker.answers, BROKER_WAIT_S, every_s=0.02) and not self.signals:
            raise CannotStart(f"the broker did not answer within {BROKER_WAIT_S:.0f} s; its lines are above.")
        broker.publish()
        return broker

    def _prepare(self) -> dict[str, Any]:
        """`manage.py prepare_site` in a process of its own: migrations, the administrator, demo interviews."""
        if self.signals:
            return {}
        argv = [sys.executable, "manage.py", "prepare_site", *(["--demo"] if self.fresh_demo else [])]
        process = subprocess.Popen(
            argv, cwd=self.settings.BASE_DIR, env=self.environ, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.watchdog.tell(f"+{process.pid}")
        answer, _ = process.communicate()
        self.watchdog.tell(f"-{process.pid}")
        if process.returncode:
            raise CannotStart("preparing the database failed; the reason is above.")
        return json.loads(answer.splitlines()[-1])

    def _start_web(self) -> None:
        settings = self.settings
        self._part(
            "web",
            [
                *(sys.executable, "-m", "daphne", "-b", settings.HOST, "-p", str(settings.PORT)),
                *("-v", "0", "--no-server-name", "--http-timeout", "120", "--application-close-timeout", "10"),
                *("--websocket-max-message-size", str(settings.SOCKET_MESSAGE_MAX_BYTES)),
                *("--websocket-max-frame-size", str(settings.SOCKET_MESSAGE_MAX_BYTES)),
                "interview_site.asgi:application",
            ],
            stop_s=WEB_STOP_S,
        )

    def _start_workers(self) -> None:
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "interview_site"]
        self._part(
            "worker",
            [*celery, "worker", "-n", "all@%h", "-Q", QUEUES, "-P", "prefork", "-c", "2", "--without-gossip", "--without-mingle"],
            stop_s=WORKER_STOP_S,
        )
        schedule = self.settings.VAR_DIR / "beat" / "schedule"
        schedule.parent.mkdir(exist_ok=True)
        self._part("beat", [*celery, "beat", "--schedule", str(schedule), "--pidfile="])

    def _wait(self, is_there: Callable[[], bool], most_s: float, *, every_s: float = 0.05) -> bool:
        """Until `is_there()`; restarts what dies meanwhile. False after `most_s` seconds or when we are to stop."""
        end = time.monotonic() + most_s
        while not self.signals and time.monotonic() < end:
            if is_there():
                return True
            self._revive()
            time.sleep(every_s)
        return False

    def _web_answers(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.settings.HOST, self.settings.HOST)
        connection = http.client.HTTPConnection(host, self.settings.PORT, timeout=5)
        try:
            connection.request("GET", "/readyz", headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _announce(self, prepared: dict[str, Any]) -> None:
        """The stable lines a program can read (design §8); Ready comes only when the site answers."""
        if not self._web_answers():
            self.log.line("site", f"the web part has not become ready in {READY_WAIT_S:.0f} s; it goes on being tried")
            while not self.signals and not self._wait(self._web_answers, 5.0):
                pass
            if self.signals:
                return
        self.log.plain(f"Ready: {self.settings.PUBLIC_BASE_URL}")
        if admin := prepared.get("admin"):
            words = [f"Admin: {self.settings.PUBLIC_BASE_URL}/admin/", admin["user"], admin.get("password", "")]
            self.log.plain(" ".join(word for word in words if word))
        for language, url in prepared.get("interviews", []):
            self.log.plain(f"Interview ({language}): {url}")

    # --- Watching and stopping ---------------------------------------------------------------------------------------

    def _revive(self) -> None:
        for part in self.parts:
            if part.process is None:
                if time.monotonic() >= part.restart_at:
                    part.start()
            elif not part.running:
                part.bury()
                part.process = None

    def _stop(self) -> None:
        """web → worker (warm) → beat → broker; a second signal cuts the waiting short."""
        if self.parts:
            self.log.line("site", "stopping")
        for name in ("web", "worker", "beat", "broker"):
            for part in self.parts:
                if part.name == name:
                    part.stop(hurry=lambda: self.signals > 1)
        if self.parts:
            self.log.line("site", "stopped")
