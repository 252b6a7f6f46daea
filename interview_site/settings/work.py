"""Work in the background: the broker, the channel layer, the cache and Celery."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from interview_site.envfile import read_secret
from interview_site.settings.environment import EMBEDDED, VAR_DIR, env

# --- Broker, channel layer, Celery -----------------------------------------------------------------------------------
_broker_file = VAR_DIR / "broker.url"  # the supervisor of embedded mode leaves its private server's address here
REDIS_URL = read_secret(env, "REDIS_URL")
if EMBEDDED and not REDIS_URL and _broker_file.exists():
    REDIS_URL = _broker_file.read_text().strip()
if REDIS_URL and urlsplit(REDIS_URL).scheme not in ("redis", "rediss"):
    raise ImproperlyConfigured("REDIS_URL has no known scheme: write redis://[:password@]host:6379/0 or rediss://….")
if REDIS_URL:
    # Redis publishes to all of a server, whatever the database: two sites on one server would hear each other's calls.
    _channels = f"asgi{urlsplit(REDIS_URL).path.strip('/') or 0}"
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": _channels},
        }
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
