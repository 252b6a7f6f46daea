"""The one settings module: every value comes from the environment (`.env.example` explains each), read once, here.

SITE_MODE=embedded (default) runs on one machine with nothing else installed; SITE_MODE=production refuses weak settings.
DEBUG is off in both. Which database or broker is used does not depend on the mode.

The site itself stands in this file; beside it, by subject and all part of this module: `environment` (mode and places),
`work` (broker, Celery), `people` (languages, accounts, the look of the admin), `speaking`, `listening`, `thinking`
(providers of each), `interfaces` (REST). Django, and everyone else, reads `django.conf.settings`.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from interview_site import keys, object_storage
from interview_site.envfile import read_secret
from interview_site.settings.environment import *  # noqa: F403
from interview_site.settings.environment import BASE_DIR, EMBEDDED, PORT, PUBLIC_BASE_URL, VAR_DIR, env
from interview_site.settings.interfaces import *  # noqa: F403
from interview_site.settings.listening import *  # noqa: F403
from interview_site.settings.people import *  # noqa: F403
from interview_site.settings.speaking import *  # noqa: F403
from interview_site.settings.thinking import *  # noqa: F403
from interview_site.settings.work import *  # noqa: F403

DEBUG = False

# --- Keys ------------------------------------------------------------------------------------------------------------
_embedded_keys = keys.load_or_create(VAR_DIR) if EMBEDDED else {}
SECRET_KEY = read_secret(env, "SECRET_KEY") or _embedded_keys.get("SECRET_KEY", "")
LINK_KEY = read_secret(env, "LINK_KEY") or _embedded_keys.get("LINK_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is empty: production needs one (50 or more random characters).")
if not LINK_KEY:
    raise ImproperlyConfigured("LINK_KEY is empty: production needs one (interview links are signed with it).")

# --- Hosts and origins -----------------------------------------------------------------------------------------------
_base_host = urlsplit(PUBLIC_BASE_URL).hostname or "localhost"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[]) or list(dict.fromkeys([_base_host, "localhost", "127.0.0.1"]))
_local_origins = [f"http://localhost:{PORT}", f"http://127.0.0.1:{PORT}"] if EMBEDDED else []
# The exact list a cookie-carrying socket's Origin is compared with (threats 26).
SOCKET_ORIGINS = list(dict.fromkeys([PUBLIC_BASE_URL, *_local_origins]))
CSRF_TRUSTED_ORIGINS = [origin for origin in SOCKET_ORIGINS if origin]
CORS_ALLOWED_ORIGINS = env.origins("CORS_ALLOWED_ORIGINS")
# The API, and what an embedded presenter fetches: speech, a photo presenter, its background (docs/embedding.md).
CORS_URLS_REGEX = r"^(/r)?/(api|speech|videos|presenters|pictures)/"
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
_https = PUBLIC_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # candidate pages send no-referrer themselves (threats 11)
CSRF_FAILURE_VIEW = "interview_site.views.csrf_failure"
METRICS_TOKEN = read_secret(env, "METRICS_TOKEN")  # for Prometheus; without it only staff see /metrics
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https and TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"

# --- Applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "simple_history",
    "import_export",
    "django_prometheus",
    "interview_site",
    "avatars",
    "transcription",
    "interviews",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "interview_site.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "interview_site.middleware.NoNul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "interview_site.middleware.ContentPolicy",  # inside CSPMiddleware, which reads on the way out what it set
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "interview_site.urls"
ASGI_APPLICATION = "interview_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Database --------------------------------------------------------------------------------------------------------
DATABASE_URL = read_secret(env, "DATABASE_URL")
if DATABASE_URL:
    if urlsplit(DATABASE_URL).scheme not in ("postgres", "postgresql", "sqlite"):
        raise ImproperlyConfigured("DATABASE_URL has no known scheme: write postgres://user:password@host:5432/name.")
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(VAR_DIR / "db.sqlite3")}}
DATABASES["default"]["ATOMIC_REQUESTS"] = False  # with IMMEDIATE every GET would take the write lock
# A new connection costs some milliseconds of processor, SQLite's too: a call stores something many times a minute.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60, least=0)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE a read that turns into a write fails at once with "database is locked" (voice_infra §3.3).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
        " PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16000;",
    }
    # A file, not memory: threads of the consumer and the storage pool must see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Files -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
if EMBEDDED:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: WhiteNoise only wants to see a folder
WHITENOISE_USE_FINDERS = EMBEDDED  # served straight from the sources: no collectstatic on one machine
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_S3_BUCKET = env.str("MEDIA_S3_BUCKET", default="")
MEDIA_S3_ENDPOINT = env.base_url("MEDIA_S3_ENDPOINT")  # empty: Amazon's own
MEDIA_S3_REGION = env.str("MEDIA_S3_REGION", default="")
# Browsers fetch finished media at signed links of ten minutes instead of through us; the bucket's CORS must allow our origin.
MEDIA_S3_REDIRECT = env.bool("MEDIA_S3_REDIRECT", default=False)
if MEDIA_S3_BUCKET:
    STORAGES["default"] = object_storage.backend(
        bucket=MEDIA_S3_BUCKET,
        endpoint=MEDIA_S3_ENDPOINT,
        region=MEDIA_S3_REGION,
        access_key=read_secret(env, "MEDIA_S3_ACCESS_KEY"),
        secret_key=read_secret(env, "MEDIA_S3_SECRET_KEY"),
        prefix=env.str("MEDIA_S3_PREFIX", default=""),
    )
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/no-direct-media/"  # never served by address: every file goes through a checked view (threats 60)
RECORDING_DIR = Path(env.str("RECORDING_DIR", default=str(VAR_DIR / "recordings")))
X_ACCEL = env.bool("X_ACCEL", default=False)  # nginx serves the checked files itself (interview_site.media)
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# One message of any socket: a whole recorded phrase on /api/transcribe/ws. The others refuse what is too big for them.
SOCKET_MESSAGE_MAX_BYTES = 4 * 1024 * 1024

# --- Mail ------------------------------------------------------------------------------------------------------------
# Without EMAIL_URL letters are kept in the outbox of the admin, readable, and not sent.
MAIL_IS_SENT = bool(env.str("EMAIL_URL", default=""))
if MAIL_IS_SENT:
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"interviews@{_base_host}")

# --- Outbound calls (threats 58–59) ----------------------------------------------------------------------------------
OUTBOUND_ALLOWED_CIDRS = env.networks("OUTBOUND_ALLOWED_CIDRS")
OUTBOUND_ALLOWED_PORTS = env.ports("OUTBOUND_ALLOWED_PORTS", default=[80, 443])
OUTBOUND_PROXY = env.base_url("OUTBOUND_PROXY")
OUTBOUND_CA_FILE = env.str("OUTBOUND_CA_FILE", default="")  # a company's own certificates, instead of the public ones

# --- Content security policy (design §9: Unfold's Alpine needs unsafe-eval, on /admin/ only) -------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'", *[o.replace("http", "ws", 1) for o in SOCKET_ORIGINS if o]],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

if MEDIA_S3_BUCKET and MEDIA_S3_REDIRECT:
    for _directive in ("media-src", "connect-src", "img-src"):
        CONTENT_SECURITY_POLICY["DIRECTIVES"][_directive].append(
            object_storage.origin(MEDIA_S3_ENDPOINT, MEDIA_S3_BUCKET, MEDIA_S3_REGION)
        )

# --- Logs: ids, never people (style §3) ------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "interview_site.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "daphne": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},  # whole addresses; every call has a line of our own
        # A tick every two seconds is no news; our own line per task comes from interview_site.celery.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.worker.request": {"level": "WARNING"},  # a tick that came too late is dropped on purpose: the next one is near
        "celery.app.trace": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        # It prints a traceback whenever the broker goes away; whoever is concerned says so in one line (`call.hints`, `notify`).
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
os.environ.setdefault("DO_NOT_TRACK", "1")
