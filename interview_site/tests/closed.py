"""Tests are closed: a folder of their own, no broker, no mail server, no keys, whatever the machine's environment says.

TEST_DATABASE_URL runs them against another database than SQLite (PostgreSQL; Django makes `test_<name>` there),
TEST_REDIS_URL with a real channel layer, cache and broker; of several, separated by commas, each test process takes its own.
A plugin named in pyproject.toml and not a conftest.py: pytest-django reads the settings before any conftest is loaded.
"""

import os
import shutil
import tempfile

_OURS = os.getpid()
os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="interviews-test-")
os.environ["ENV_FILE"] = os.path.join(os.environ["VAR_DIR"], "no.env")
for name in list(os.environ):
    if name.endswith(("_API_KEY", "_BASE_URL", "_TOKEN")) or name.startswith(("STT_", "OUTBOUND_", "LLM_", "EMAIL_", "HEYGEN_")):
        os.environ[name] = ""
for name in (
    *("REDIS_URL", "EMAIL_URL", "STT_BASE_URL", "STT_API_KEY", "STT_MODEL", "PUBLIC_BASE_URL", "HOST", "SECRET_KEY"),
    *("LINK_KEY", "SITE_PART", "ALLOWED_HOSTS", "CORS_ALLOWED_ORIGINS", "TRUSTED_PROXIES", "X_ACCEL", "LANGUAGE_CODE"),
):
    os.environ[name] = ""
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_stores = os.environ.get("TEST_REDIS_URL", "").split(",")
os.environ["REDIS_URL"] = _stores[_process % len(_stores)]
os.environ["SITE_MODE"] = "embedded"
os.environ["PORT"] = "8000"


def pytest_configure() -> None:
    from django.conf import settings

    settings.WHITENOISE_AUTOREFRESH = True  # else each test's client reads through all static files anew
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # many users are made, none is kept


def pytest_unconfigure() -> None:
    if os.getpid() == _OURS:
        shutil.rmtree(os.environ["VAR_DIR"], ignore_errors=True)
