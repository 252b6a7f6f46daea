"""docker-compose.yml and what it points to fit together (design §8); Compose itself is asked where it is installed."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from interview_site import settings_reference
from interview_site.celery import app

ROOT = Path(__file__).resolve().parents[2]
FILLED = {
    "SECRET_KEY": "s" * 50,
    "LINK_KEY": "l" * 50,
    "PUBLIC_BASE_URL": "https://interviews.example.com",
    "POSTGRES_PASSWORD": "pw",
    "REDIS_PASSWORD": "pw",
    "FLOWER_BASIC_AUTH": "ops:pw",
}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_every_part_of_production_is_there(services: dict[str, Any]) -> None:
    assert {"migrate", "web", "beat", "flower", "postgres", "redis", "nginx"} <= set(services)


def test_every_queue_has_a_worker_and_there_is_one_beat(services: dict[str, Any]) -> None:
    served = set()
    for service in services.values():
        command = service.get("command") or []
        if "worker" in command:
            served |= set(command[command.index("-Q") + 1].split(","))
            assert "-B" not in command
    assert served == {"live", "render", "recording", "default"}
    assert [name for name, each in services.items() if "beat" in (each.get("command") or [])] == ["beat"]
    queues = {(entry.get("options") or {}).get("queue", "default") for entry in app.conf.beat_schedule.values()}
    assert queues <= served


def test_everything_but_the_one_off_migrate_has_a_health_check(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "healthcheck" not in each] == ["migrate"]


def test_only_nginx_is_open_to_the_network(services: dict[str, Any]) -> None:
    assert [name for name, each in services.items() if "ports" in each] == ["nginx"]


def test_the_broker_appends_and_evicts_nothing(services: dict[str, Any]) -> None:
    command = services["redis"]["command"]
    assert command[command.index("--appendonly") + 1] == "yes"
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"


def test_a_worker_s_stop_outlasts_its_longest_task(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name.startswith("worker"):
            assert int(service["stop_grace_period"].rstrip("s")) > app.conf.task_time_limit


def test_each_setting_it_gives_is_one_we_read(services: dict[str, Any]) -> None:
    known = {each.name for each in settings_reference.documented(settings_reference.EXAMPLE.read_text())}
    ours = {"SITE_PART", "WORKER_NAME"}
    for name in ("web", "worker-live", "beat", "flower", "migrate"):
        assert set(services[name]["environment"]) <= known | ours


def test_the_image_runs_as_its_own_user_and_holds_no_secret() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER site$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert {".env", "var", ".git", ".venv"} <= set((ROOT / ".dockerignore").read_text().split())


def test_nginx_upgrades_sockets_waits_long_and_keeps_media_internal(services: dict[str, Any]) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    socket = text[text.index("location ~ ^(/ws/|(/r)?/api/transcribe/ws$)") :]
    assert "Upgrade $http_upgrade" in socket
    assert "proxy_read_timeout 1h" in socket
    environment = services["web"]["environment"]
    for location, folder in (("/_media/", environment["MEDIA_ROOT"]), ("/_recordings/", environment["RECORDING_DIR"])):
        assert f"location {location} {{ internal; alias {folder}/; }}" in text
    assert text.count("{") == text.count("}")
    for mounted in services["nginx"]["volumes"][:2]:
        assert (ROOT / mounted.partition(":")[0]).exists()


@pytest.mark.skipif(not shutil.which("docker-compose"), reason="docker-compose is not installed")
def test_compose_itself_accepts_the_file_and_refuses_missing_secrets(tmp_path: Path) -> None:
    shutil.copy(ROOT / "docker-compose.yml", tmp_path)
    (tmp_path / ".env").touch()
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")}

    def config(**environ: str) -> subprocess.CompletedProcess[str]:
        argv = ["docker-compose", "-f", str(tmp_path / "docker-compose.yml"), "config"]
        return subprocess.run(argv, cwd=tmp_path, env={**clean, **environ}, capture_output=True, text=True, timeout=60)

    accepted = config(**FILLED)
    assert accepted.returncode == 0, accepted.stderr
    assert set(yaml.safe_load(accepted.stdout)["services"]) >= {"web", "worker-live", "beat"}
    for name in ("SECRET_KEY", "FLOWER_BASIC_AUTH"):
        missing = config(**{key: value for key, value in FILLED.items() if key != name})
        assert missing.returncode != 0
        assert f"fill in {name}" in missing.stderr
