"""Wrong settings are refused by name with a remedy; production refuses what threats 74 names."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from interview_site import checks, settings_reference
from interview_site.envfile import Env
from interview_site.startup import require_public_url

ROOT = Path(__file__).resolve().parents[2]
STRONG = "kJ3vQ9xT2mW7pL5nR8sB4cD6fG1hZ0yAeXuViNoQ"


@pytest.mark.parametrize(
    ("reader", "value", "says"),
    [
        (lambda env: env.int("X", default=1, least=1, most=9), "ten", "a whole number from 1 to 9"),
        (lambda env: env.int("X", default=1, least=1, most=9), "10", "from 1 to 9"),
        (lambda env: env.float("X", default=1.0, least=0), "nan", "a number of at least 0"),
        (lambda env: env.bool("X"), "maybe", "true or false"),
        (lambda env: env.choice("X", ["a", "b"], default="a"), "c", "a or b"),
        (lambda env: env.base_url("X"), "example.com", "https://host"),
        (lambda env: env.base_url("X"), "https://example.com/path", "https://host"),
        (lambda env: env.base_url("X"), "https://[bad", "https://host"),
        (lambda env: env.base_url("X"), "https://user:pw@example.com", "https://host"),
        (lambda env: env.api_url("X"), "tts.internal:8000/v1", "https://api.openai.com/v1"),
        (lambda env: env.api_url("X"), "https://user:pw@example.com/v1", "https://api.openai.com/v1"),
        (lambda env: env.api_url("X"), "http://[bad/v1", "https://api.openai.com/v1"),
        (lambda env: env.origins("X"), "https://a.example,*", "https://host"),
        (lambda env: env.json("X", default={}), "{first: 1}", "not JSON"),
        (lambda env: env.ports("X", default=[80]), "80,https", "80,443"),
        (lambda env: env.ports("X", default=[80]), "70000", "80,443"),
        (lambda env: env.networks("X"), "10.0.0.0/8,office", "10.0.0.0/8"),
    ],
)
def test_a_value_it_cannot_understand_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, reader: Any, value: str, says: str
) -> None:
    monkeypatch.setenv("X", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        reader(Env())
    assert "X " in str(refused.value)
    assert says in str(refused.value)


def test_the_address_of_a_service_keeps_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "http://127.0.0.1:8000/v1/")
    assert (Env().api_url("X"), Env().api_url("NOT_SET")) == ("http://127.0.0.1:8000/v1", "")


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "")
    env = Env()
    assert (env.int("X", default=5), env.bool("X", default=True), env.str("X", default="d")) == (5, True, "d")
    assert (env.networks("X"), env.base_url("X", default="http://a")) == ([], "http://a")


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(" inside \n")
    monkeypatch.setenv("X_FILE", str(tmp_path / "key"))
    assert Env().secret("X") == "inside"
    monkeypatch.setenv("X_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match="X_FILE"):
        Env().secret("X")


def test_an_open_host_needs_a_public_address() -> None:
    with pytest.raises(ImproperlyConfigured, match="Set PUBLIC_BASE_URL"):
        require_public_url("0.0.0.0", "")
    require_public_url("0.0.0.0", "https://interviews.example.com")
    require_public_url("127.0.0.1", "")
    require_public_url("::1", "")


@pytest.fixture
def production(settings: Any) -> Any:
    settings.EMBEDDED, settings.DEBUG = False, False
    settings.REDIS_URL, settings.DATABASE_URL = "redis://redis:6379/0", "postgres://db/site"
    settings.PUBLIC_BASE_URL = "https://interviews.example.com"
    settings.SECRET_KEY, settings.LINK_KEY = STRONG, STRONG[::-1]
    settings.ALLOWED_HOSTS, settings.MAIL_IS_SENT = ["interviews.example.com"], True
    settings.TRUSTED_PROXIES, settings.API_ALLOW_ANONYMOUS = ["10.0.0.0/8"], False
    return settings


def ids() -> list[str]:
    return [fault.id for fault in checks.production_is_safe()]


def test_a_sound_production_has_nothing_to_say(production: Any) -> None:
    assert ids() == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("REDIS_URL", "", "site.E001"),
        ("DATABASE_URL", "", "site.E002"),
        ("PUBLIC_BASE_URL", "http://interviews.example.com", "site.E003"),
        ("PUBLIC_BASE_URL", "", "site.E003"),
        ("SECRET_KEY", "short", "site.E004"),
        ("SECRET_KEY", "django-insecure-" + STRONG, "site.E004"),
        ("LINK_KEY", "a" * 64, "site.E005"),
        ("LINK_KEY", STRONG, "site.E006"),
        ("ALLOWED_HOSTS", ["*"], "site.E007"),
        ("DEBUG", True, "site.E008"),
        ("API_ALLOW_ANONYMOUS", True, "site.E009"),
        ("MAIL_IS_SENT", False, "site.W001"),
        ("TRUSTED_PROXIES", [], "site.W002"),
    ],
)
def test_production_refuses_a_weak_setting(production: Any, name: str, value: Any, fault: str) -> None:
    setattr(production, name, value)
    found = [each for each in checks.production_is_safe() if each.id == fault]
    assert found
    assert found[0].hint


def test_embedded_mode_asks_for_none_of_it(settings: Any) -> None:
    settings.EMBEDDED, settings.SECRET_KEY = True, "short"
    assert ids() == []


def test_a_task_limit_above_half_the_visibility_timeout_is_refused(settings: Any) -> None:
    settings.CELERY_TASK_TIME_LIMIT = 600
    assert [fault.id for fault in checks.limits_fit_together()] == ["site.E010"]


def test_a_part_refuses_to_start_and_says_why(production: Any) -> None:
    production.REDIS_URL, production.DEBUG = "", True
    with pytest.raises(ImproperlyConfigured, match=r"site\.E001.*REDIS_URL(.|\n)*site\.E008"):
        checks.refuse_unsafe_start()


def test_settings_and_their_documentation_are_in_step() -> None:
    """A new setting needs a line in .env.example; then run `python -m interview_site.settings_reference`."""
    text = settings_reference.EXAMPLE.read_text()
    names = [setting.name for setting in settings_reference.documented(text)]
    assert len(names) == len(set(names))
    files = (ROOT / "interview_site" / "settings").glob("*.py")
    in_code = set().union(*(settings_reference.read_by(file.read_text()) for file in files))
    elsewhere = {"REDIS_SERVER_BIN", "FLOWER_PORT", "FLOWER_BASIC_AUTH", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}
    assert set(names) - elsewhere == in_code
    assert all(setting.text and setting.section for setting in settings_reference.documented(text))
    assert settings_reference.PAGE.read_text() == settings_reference.page(text)


def test_the_example_file_as_it_stands_changes_nothing() -> None:
    result = run_manage("check", ENV_FILE=str(settings_reference.EXAMPLE))
    assert result.returncode == 0, result.stderr


def run_manage(*argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {**os.environ, "DJANGO_SETTINGS_MODULE": "interview_site.settings", **environ}
    return subprocess.run(
        [sys.executable, "manage.py", *argv], cwd=ROOT, env=clean, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'"),
        ({"SITE_MODE": "prod"}, "SITE_MODE is 'prod'"),
        ({"SITE_MODE": "production"}, "SECRET_KEY is empty"),
        ({"HOST": "0.0.0.0"}, "PUBLIC_BASE_URL"),
        ({"TIME_ZONE": "Mars/Base"}, "TIME_ZONE is 'Mars/Base'"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL has no known scheme"),
        ({"EMAIL_URL": "carrier-pigeon://x"}, "EMAIL_URL cannot be read"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL has no known scheme"),
    ],
)
def test_a_command_prints_one_sentence_and_no_traceback(environ: dict[str, str], says: str) -> None:
    result = run_manage("check", **environ)
    assert result.returncode != 0
    assert says in result.stderr
    assert "Traceback" not in result.stderr
