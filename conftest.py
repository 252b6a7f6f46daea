"""Tests are closed: a folder of their own, no broker, no mail server, no keys, whatever the machine's environment says."""

import os
import tempfile

os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="interviews-test-")
for name in ("REDIS_URL", "EMAIL_URL", "STT_BASE_URL", "STT_API_KEY", "STT_MODEL", "PUBLIC_BASE_URL"):
    os.environ[name] = ""
os.environ.setdefault("DATABASE_URL", "")
os.environ["SITE_MODE"] = "embedded"
os.environ["PORT"] = "8000"
