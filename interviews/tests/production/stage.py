"""The production profile on this machine: PostgreSQL, Redis, two web processes, workers and beat, each a process of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import redis
import requests
from django.conf import settings
from psycopg import sql

START_S = 60
POSTGRES = os.environ.get("PRODUCTION_TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("PRODUCTION_TEST_REDIS_URL", "redis://127.0.0.1:6379/13")
LEASE_S = 10  # longer than any task of the test takes on a busy machine, short enough to wait for
MARK = "interviews-production-test"  # stands in the Redis database while it is ours, also after a run that was killed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def missing(store: str = REDIS) -> str:
    """Why this machine cannot play production; empty when it can."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error as error:
        return f"no PostgreSQL at {urlsplit(POSTGRES).hostname} ({str(error).splitlines()[0]})"
    try:
        ours = redis.Redis.from_url(store, socket_connect_timeout=3)
        if ours.dbsize() and not ours.exists(MARK):
            return f"{urlsplit(store).path} of this Redis holds keys of others: name an empty one in PRODUCTION_TEST_REDIS_URL"
    except redis.RedisError as error:
        return f"no Redis at {urlsplit(REDIS).hostname} ({error})"
    return ""


def take_redis(store: str = REDIS) -> None:
    """Empty our Redis database and mark it as ours; `missing` has made sure that it holds nothing of others."""
    leave_redis(store)
    redis.Redis.from_url(store).set(MARK, os.getpid())


def leave_redis(store: str = REDIS) -> None:
    redis.Redis.from_url(store).flushdb()


def wait_for(what: str, condition: Callable[[], Any], *, most_s: float = START_S) -> Any:
    """The first true value of `condition`. Raises AssertionError after `most_s`."""
    end = time.monotonic() + most_s
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.1)
    raise AssertionError(f"waited {most_s:.0f} s for {what}")


@dataclass
class Stage:
    """`web` are the base addresses of two processes of one site; `origin` is the site's public address."""

    folder: Path
    smtp_port: int = 0
    name: str = field(default_factory=lambda: f"interviews_production_{os.getpid()}")
    ports: list[int] = field(default_factory=lambda: [free_port(), free_port()])
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    token: str = ""

    @property
    def web(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    @property
    def origin(self) -> str:
        return self.web[0]

    @property
    def database_url(self) -> str:
        return urlsplit(POSTGRES)._replace(path=f"/{self.name}").geturl()

    def environ(self) -> dict[str, str]:
        own = {
            "VAR_DIR": str(self.folder), "ENV_FILE": str(self.folder / "no.env"), "DATABASE_URL": self.database_url,
            "REDIS_URL": REDIS,
            "PORT": str(self.ports[0]), "HOST": "127.0.0.1", "PUBLIC_BASE_URL": self.origin, "WORK_LEASE_S": str(LEASE_S),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}" if self.smtp_port else "", "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        return {**os.environ, **own}

    def __enter__(self) -> "Stage":
        self._sql("CREATE DATABASE {}")
        take_redis()
        try:
            self.manage("migrate", "--verbosity", "0")
            self.token = self.python("interviews.tests.production.prepare")["token"]
            for index in (0, 1):
                self.start(f"web{index}")
            for name in ("worker0", "worker1", "beat"):
                self.start(name)
            for base_url in self.web:
                wait_for(f"{base_url} to answer", lambda base_url=base_url: _answers(base_url))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for name in list(self.processes):
            self.kill(name)
        leave_redis()
        self._sql("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def start(self, name: str) -> None:
        """web0, web1: Daphne; worker…: one Celery worker of one process; beat."""
        celery = [sys.executable, "-m", "celery", "-A", "interview_site"]
        if name.startswith("web"):
            argv = [
                sys.executable,
                "-m",
                "daphne",
                "-b",
                "127.0.0.1",
                "-p",
                str(self.ports[int(name[3:])]),
                "interview_site.asgi:application",
            ]
        elif name == "beat":
            argv = [*celery, "beat", "-s", str(self.folder / "beat-schedule"), "--pidfile", ""]
        else:
            argv = [*celery, "worker", "-n", f"{name}@%h", "-c", "1", "-Q", "default,live,render,recording", "--without-mingle"]
        log = (self.folder / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            argv, cwd=settings.BASE_DIR, env=self.environ(), stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str) -> None:
        """SIGKILL to the process and its children, at whatever point they are."""
        process = self.processes.pop(name)
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    def manage(self, *argv: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *argv],
            cwd=settings.BASE_DIR,
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def python(self, module: str, *argv: str) -> Any:
        """Run a module of ours beside the site and read the JSON it prints last."""
        return finish(self.begin(module, *argv))

    def begin(self, module: str, *argv: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", module, *argv], cwd=settings.BASE_DIR, env=self.environ(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def call(self, method: str, path: str, body: Any = None, *, process: int = 0) -> Any:
        """One call of the API at one of the two web processes; its JSON."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, f"{self.web[process]}/api/v1/{path}", json=body, headers=headers, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def rows(self, query: str) -> list[tuple]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query).fetchall()

    def _sql(self, statement: str) -> None:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self.name)))


def finish(process: subprocess.Popen) -> Any:
    output, errors = process.communicate(timeout=180)
    assert process.returncode == 0, errors[-3000:]
    return json.loads(output.splitlines()[-1])


def _answers(base_url: str) -> bool:
    try:
        return requests.get(f"{base_url}/readyz", timeout=5).ok
    except requests.RequestException:
        return False
