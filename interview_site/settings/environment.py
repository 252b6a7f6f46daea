"""Where the values come from, and what everything else hangs on: the mode, the places, the address of the site."""

import os
from pathlib import Path

from interview_site.envfile import Env
from interview_site.startup import require_public_url

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Env()
Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")

# --- Mode and places -------------------------------------------------------------------------------------------------
SITE_MODE = env.choice("SITE_MODE", ["embedded", "production"], default="embedded")
EMBEDDED = SITE_MODE == "embedded"
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000, least=1, most=65535)
PUBLIC_BASE_URL = env.base_url("PUBLIC_BASE_URL")
require_public_url(HOST, PUBLIC_BASE_URL)
PUBLIC_BASE_URL = PUBLIC_BASE_URL or (f"http://localhost:{PORT}" if EMBEDDED else "")
