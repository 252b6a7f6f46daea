"""The one settings module: every value comes from the environment (`.env.example` explains each), read once, here.

SITE_MODE=embedded (default) runs on one machine with nothing else installed; SITE_MODE=production refuses weak settings.
DEBUG is off in both. Which database or broker is used does not depend on the mode.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from interview_site import keys, object_storage
from interview_site.envfile import Env, read_secret
from interview_site.startup import known_time_zone, require_public_url

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
Env.read_env(os.environ.get("ENV_FILE") or BASE_DIR / ".env")

# --- Mode and places -------------------------------------------------------------------------------------------------
SITE_MODE = env.choice("SITE_MODE", ["embedded", "production"], default="embedded")
EMBEDDED = SITE_MODE == "embedded"
DEBUG = False
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000, least=1, most=65535)
PUBLIC_BASE_URL = env.base_url("PUBLIC_BASE_URL")
require_public_url(HOST, PUBLIC_BASE_URL)
PUBLIC_BASE_URL = PUBLIC_BASE_URL or (f"http://localhost:{PORT}" if EMBEDDED else "")

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
CORS_URLS_REGEX = r"^(/r)?/api/"
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
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60, least=0)
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- Broker, channel layer, Celery -----------------------------------------------------------------------------------
_broker_file = VAR_DIR / "broker.url"  # the supervisor of embedded mode leaves its private server's address here
REDIS_URL = read_secret(env, "REDIS_URL")
if EMBEDDED and not REDIS_URL and _broker_file.exists():
    REDIS_URL = _broker_file.read_text().strip()
if REDIS_URL and urlsplit(REDIS_URL).scheme not in ("redis", "rediss"):
    raise ImproperlyConfigured("REDIS_URL has no known scheme: write redis://[:password@]host:6379/0 or rediss://….")
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
# Counters of the API's throttles. A silent Redis costs a call half a second at most, and lets it through.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Without the two restore options a killed worker's task returns after 100 s or an hour (voice_infra §4.2).
    "visibility_timeout": 900,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
    "global_keyprefix": "av:",
}
# How long a claimed row belongs to its task, which renews it; a killed worker's work comes back after it (threats 3).
WORK_LEASE_S = env.int("WORK_LEASE_S", default=60, least=1, most=600)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"

# --- Languages and time ----------------------------------------------------------------------------------------------
LANGUAGES = [("ru", "Русский"), ("en", "English"), ("kk", "Қазақша")]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", [code for code, _name in LANGUAGES], default="en")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["interview_site.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = known_time_zone(env.str("TIME_ZONE", default="UTC"))

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
SOCKET_MESSAGE_MAX_BYTES = 256 * 1024  # one message of a page's socket (threats 25)

# --- People ----------------------------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
COMPANY_NAME = env.str("COMPANY_NAME", default="")

# --- The conversation ------------------------------------------------------------------------------------------------
# Numbers of patience that replace the usual ones, as JSON: {"first_offer_s": 40} (fields of interviews.conversation.policy).
INTERVIEW_POLICY = env.json("INTERVIEW_POLICY", default={})
# A call that was begun and left counts as not finished after so many hours of silence, and never before its deadline.
INTERVIEW_ABANDON_AFTER_H = env.int("INTERVIEW_ABANDON_AFTER_H", default=48)

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

# --- Recognition (any OpenAI-compatible /audio/transcriptions) -------------------------------------------------------
STT_BASE_URL = env.str("STT_BASE_URL", default="")
STT_API_KEY = read_secret(env, "STT_API_KEY")
STT_MODEL = env.str("STT_MODEL", default="")
STT_TIMEOUT_S = env.int("STT_TIMEOUT_S", default=60, least=1, most=250)
# "local" when the recogniser runs inside the company: then a refusal of cross-border transfer does not switch it off.
STT_IS_LOCAL = env.bool("STT_IS_LOCAL", default=False)

# --- Recording (transcription.policy; docs/voice.md) -----------------------------------------------------------------
RECORDING_MOST_MINUTES = env.int("RECORDING_MOST_MINUTES", default=240, least=1, most=1440)
RECORDING_LATE_HOURS = env.int("RECORDING_LATE_HOURS", default=24, least=1, most=720)

# --- Voices besides the built-in one (docs/voices.md) ----------------------------------------------------------------
RHVOICE_BIN = env.str("RHVOICE_BIN", default="RHVoice-test")
RHVOICE_VOICES_DIR = env.str("RHVOICE_VOICES_DIR", default="")
PIPER_BIN = env.str("PIPER_BIN", default="piper")
PIPER_VOICES_DIR = env.str("PIPER_VOICES_DIR", default="")
ELEVENLABS_API_KEY = read_secret(env, "ELEVENLABS_API_KEY")
ELEVENLABS_VOICES = env.list("ELEVENLABS_VOICES", default=[])
ELEVENLABS_BASE_URL = env.base_url("ELEVENLABS_BASE_URL", default="https://api.elevenlabs.io")
ELEVENLABS_MODEL = env.str("ELEVENLABS_MODEL", default="eleven_multilingual_v2")
ELEVENLABS_TIMEOUT_S = env.int("ELEVENLABS_TIMEOUT_S", default=20, least=1, most=120)
TTS_BASE_URL = env.str("TTS_BASE_URL", default="")
TTS_API_KEY = read_secret(env, "TTS_API_KEY")
TTS_MODEL = env.str("TTS_MODEL", default="")
TTS_VOICES = env.list("TTS_VOICES", default=[])
TTS_LANGUAGES = env.list("TTS_LANGUAGES", default=["ru", "en"])
TTS_TIMEOUT_S = env.int("TTS_TIMEOUT_S", default=20, least=1, most=120)

# --- REST ------------------------------------------------------------------------------------------------------------
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=600, least=1)  # per token, person or address
API_FAILED_TOKENS_PER_MINUTE = env.int("API_FAILED_TOKENS_PER_MINUTE", default=30, least=1)  # per address
# The compatible API (docs/contracts/compat_api.md). Without credentials only on a trusted network, never in production.
API_ALLOW_ANONYMOUS = env.bool("API_ALLOW_ANONYMOUS", default=False)
API_ANONYMOUS_MAY_SPEND = env.bool("API_ANONYMOUS_MAY_SPEND", default=False)
API_CHUNKS_PER_MINUTE = env.int("API_CHUNKS_PER_MINUTE", default=300, least=1)  # per token, person or address
CHUNK_VIDEO_SIZE = env.choice("CHUNK_VIDEO_SIZE", ["480x480", "720x720", "1280x720", "720x1280"], default="480x480")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "interview_site.api.authentication.TokenAuthentication",
        "interview_site.api.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["interview_site.api.permissions.MayDo"],
    "DEFAULT_THROTTLE_CLASSES": ["interview_site.api.throttles.CallerThrottle"],
    "DEFAULT_SCHEMA_CLASS": "interview_site.api.schema.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["interview_site.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "interview_site.api.pagination.NewestFirst",
    "EXCEPTION_HANDLER": "interview_site.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` would be one more way to choose what a client asked for in Accept
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AI-avatar interviews",
    "DESCRIPTION": "Positions, candidates, invitations, interviews and what people decided about them. docs/api.md is the guide.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "InterviewState": "interviews.models.Interview.State",
        "InterviewKind": "interviews.models.Interview.Kind",
        "PositionState": "interviews.models.Position.State",
        "DecisionOutcome": "interviews.models.Decision.Outcome",
        "TurnKind": "interviews.models.Turn.Kind",
        "Language": "interviews.models.Language",
    },
    "PREPROCESSING_HOOKS": ["avatars.api.schema.without_prefix"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "avatars.api.schema.add_files",
        "interview_site.api.schema.add_problems",
    ],
}

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

# --- Admin look ------------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": _("AI-avatar interviews"),
    "SITE_HEADER": COMPANY_NAME or _("AI-avatar interviews"),
    "SITE_SUBHEADER": _("AI-avatar interviews") if COMPANY_NAME else None,
    "SITE_SYMBOL": "record_voice_over",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "BORDER_RADIUS": "8px",
    "STYLES": [lambda request: static("css/admin.css")],
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("icons/icon.svg")}],
    "DASHBOARD_CALLBACK": "interviews.admin.dashboard.dashboard_callback",
    "SIDEBAR": {"show_search": True, "navigation": "interviews.admin.dashboard.navigation"},
    "COLORS": {
        # The blue of the candidate's pages, from pale to deep.
        "primary": {
            "50": "oklch(97.2% .014 268)",
            "100": "oklch(94.2% .03 268)",
            "200": "oklch(88.8% .058 268)",
            "300": "oklch(80.5% .1 268)",
            "400": "oklch(69.5% .152 268)",
            "500": "oklch(59.5% .195 267)",
            "600": "oklch(51% .207 266)",
            "700": "oklch(44.5% .185 266)",
            "800": "oklch(38.5% .15 266)",
            "900": "oklch(33.5% .115 267)",
            "950": "oklch(25% .085 268)",
        },
    },
}
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = False  # our own resources neutralise more than formulae (interviews.admin.base)

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
        # A tick every two seconds is no news; our own line per task comes from interview_site.celery.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        # It prints a traceback whenever the broker goes away; whoever is concerned says so in one line (`call.hints`, `notify`).
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
os.environ.setdefault("DO_NOT_TRACK", "1")
