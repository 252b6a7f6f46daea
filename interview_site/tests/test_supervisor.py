"""The supervisor as a real process (embedded.md "Supervision"): start, refuse, restart, stop, leave nothing."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from interview_site.supervisor.guards import free_port
from interview_site.tests.supervised import ROOT, RunningSite, descendants, environment, eventually, is_alive

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("site"))
    yield running
    running.kill()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_prints_the_lines_a_program_reads_once_it_answers(site: RunningSite) -> None:
    assert site.line("Ready: ") == f"Ready: http://localhost:{site.port}"
    assert site.get("/readyz") == 200
    _word, url, user, password = site.line("Admin: ").split()
    assert (url, user) == (f"http://localhost:{site.port}/admin/", "admin")
    assert len(password) >= 12


def test_the_first_password_and_the_broker_s_address_are_private(site: RunningSite) -> None:
    password = site.line("Admin: ").split()[-1]
    assert password in (site.var_dir / "first-run.txt").read_text()
    for name in ("first-run.txt", "broker.url", "keys.json", "broker/valkey.conf", "db.sqlite3"):
        assert mode(site.var_dir / name) == 0o600, name
    assert not any((site.var_dir / "broker.url").read_text().strip() in line for line in site.lines)


def test_a_second_start_on_the_same_folder_is_refused(site: RunningSite) -> None:
    site.line("Ready: ")
    second = subprocess.run(
        [sys.executable, "-m", "interview_site.supervisor"],
        cwd=ROOT,
        env=environment(site.var_dir, site.port + 1),
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert second.returncode == 1
    assert f"already runs on {site.var_dir} (process {site.process.pid})" in second.stderr
    assert "Traceback" not in second.stderr
    assert site.get("/healthz") == 200


def test_a_killed_worker_is_started_again_and_leaves_no_pool_behind(site: RunningSite) -> None:
    worker = site.part("celery", " worker ")
    pool = eventually(lambda: descendants(worker))
    os.kill(worker, signal.SIGKILL)
    eventually(lambda: site.part("celery", " worker ") not in {worker, *pool})
    eventually(lambda: not any(map(is_alive, pool)))
    assert any("worker ended by signal 9; it is started again" in line for line in site.lines)


def test_a_killed_broker_comes_back_at_the_same_address(site: RunningSite) -> None:
    before = (site.var_dir / "broker.url").read_text()
    broker = site.part("-server", "127.0.0.1:")
    os.kill(broker, signal.SIGKILL)
    eventually(lambda: site.part("-server", "127.0.0.1:") != broker)
    eventually(lambda: site.get("/readyz") == 200)
    assert (site.var_dir / "broker.url").read_text() == before


def test_flower_sees_the_worker_and_asks_for_a_login(site: RunningSite) -> None:
    site.part("celery", " worker ")
    port = free_port()
    environ = {**environment(site.var_dir, site.port), "FLOWER_PORT": str(port)}
    argv = [sys.executable, "-m", "interview_site.flower"]
    flower = subprocess.Popen(argv, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        _word, url, user, password = flower.stdout.readline().split()
        session = requests.Session()
        session.trust_env = False

        def workers() -> dict[str, object]:
            try:
                answer = session.get(f"{url}api/workers", params={"refresh": 1}, auth=(user, password), timeout=10)
            except requests.RequestException:
                return {}
            return answer.json() if answer.ok else {}

        assert [name.partition("@")[0] for name in eventually(workers)] == ["all"]
        assert session.get(f"{url}api/workers", timeout=10).status_code == 401
        assert mode(site.var_dir / "flower.txt") == 0o600
    finally:
        flower.terminate()
        flower.wait(10)


def test_ctrl_c_stops_everything_and_the_next_start_keeps_the_administrator(site: RunningSite) -> None:
    site.line("Ready: ")
    site.part("celery", " beat ")
    eventually(lambda: len(descendants(site.process.pid)) >= 7)  # broker, web, worker, its pool of two, beat, watchdog
    below = descendants(site.process.pid)
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(40) == 0
    eventually(lambda: not any(map(is_alive, below)), 5)
    assert not (site.var_dir / "broker.url").exists()
    assert site.lines[-1].endswith("stopped")


def test_nothing_is_left_when_the_supervisor_itself_is_killed(site: RunningSite) -> None:
    again = RunningSite(site.var_dir)  # the folder of the stopped site: a second run
    try:
        again.line("Ready: ")
        assert again.line("Admin: ").split()[1:] == [f"http://localhost:{again.port}/admin/", "admin"]
        pool = again.part("celery", " worker ")
        eventually(lambda: descendants(pool))
        below = descendants(again.process.pid)
        again.process.kill()
        again.process.wait()
        eventually(lambda: not any(map(is_alive, below)))
    finally:
        again.kill()
