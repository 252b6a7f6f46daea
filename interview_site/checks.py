"""Start-up checks: each names the setting and the remedy (design §8, threats 5 and 74).

They run with every `manage.py` command; web, worker and beat call `refuse_unsafe_start()` themselves, because Daphne and
Celery do not run Django's checks.
"""

import logging
from collections.abc import Iterator

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured

TAG = "site"
# What starts or reads something large: with `check --deploy`, and one by one with `manage.py doctor`. The name of such a
# check is the claim that doctor prints when it finds nothing.
SLOW = "slow"
log = logging.getLogger(__name__)
_WEAK = ("django-insecure", "change", "secret", "example", "test", "your-")


@register(TAG)
def production_is_safe(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """What threats 74 names, and the two addresses without which production would silently be embedded."""
    return [] if settings.EMBEDDED else list(_production_faults())


def _production_faults() -> Iterator[CheckMessage]:
    if not settings.REDIS_URL:
        yield Error("REDIS_URL is empty.", hint="Production needs a Redis or Valkey: set REDIS_URL.", id="site.E001")
    if not settings.DATABASE_URL:
        yield Error("DATABASE_URL is empty.", hint="Set it to postgres://user:password@host:5432/name.", id="site.E002")
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        yield Error(
            f"PUBLIC_BASE_URL is {settings.PUBLIC_BASE_URL or 'empty'}.",
            hint="Set it to the https:// address people open; browsers give the microphone to https pages only.",
            id="site.E003",
        )
    for number, name in ((4, "SECRET_KEY"), (5, "LINK_KEY")):
        if is_weak(getattr(settings, name)):
            yield Error(
                f"{name} is short or a known default.",
                hint='Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"',
                id=f"site.E00{number}",
            )
    if settings.SECRET_KEY == settings.LINK_KEY:
        yield Error("LINK_KEY is the same as SECRET_KEY.", hint="Give LINK_KEY a value of its own.", id="site.E006")
    if any(host.startswith("*") for host in settings.ALLOWED_HOSTS):
        yield Error("ALLOWED_HOSTS holds *.", hint="List the exact host names, or leave it empty.", id="site.E007")
    if settings.DEBUG:
        yield Error("DEBUG is on.", hint="Leave DEBUG out of the settings.", id="site.E008")
    if getattr(settings, "API_ALLOW_ANONYMOUS", False):
        yield Error("API_ALLOW_ANONYMOUS is on.", hint="Remove it and mint an API token instead.", id="site.E009")
    if not settings.MAIL_IS_SENT:
        yield Warning("EMAIL_URL is empty.", hint="Letters are kept in the admin and not sent.", id="site.W001")
    if not settings.TRUSTED_PROXIES:
        yield Warning(
            "TRUSTED_PROXIES is empty.",
            hint="Behind a reverse proxy list its networks, or every visitor counts as one address.",
            id="site.W002",
        )


@register(TAG)
def limits_fit_together(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    """A task must end before the broker thinks its worker is dead (threats 5)."""
    visible_s = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    if settings.CELERY_TASK_TIME_LIMIT * 2 > visible_s:
        return [
            Error(
                f"CELERY_TASK_TIME_LIMIT ({settings.CELERY_TASK_TIME_LIMIT} s) is more than half of the broker's"
                f" visibility timeout ({visible_s} s).",
                hint="Tasks would run twice: raise visibility_timeout or lower the limit.",
                id="site.E010",
            )
        ]
    return []


def is_weak(key: str) -> bool:
    """Short, of few letters, or beginning like a placeholder."""
    return len(key) < 40 or len(set(key)) < 10 or key.lower().startswith(_WEAK)


def eviction_fault(url: str) -> CheckMessage | None:
    """An evicting broker loses tasks without a word (threats 74). None when it is fine or cannot be asked."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except redis.RedisError as error:
        log.warning("the broker could not be asked for its eviction policy", extra={"fault": type(error).__name__})
        return None
    if policy == "noeviction":
        return None
    return Error(
        f"The broker behind REDIS_URL evicts keys (maxmemory-policy {policy}).",
        hint="Set `maxmemory-policy noeviction` on it, or use another instance for the cache.",
        id="site.E011",
    )


def refuse_unsafe_start() -> None:
    """Called by web, worker and beat. Raises ImproperlyConfigured listing every fault with its remedy."""
    faults = [fault for fault in run_checks(tags=[TAG]) if fault.is_serious()]
    if not settings.EMBEDDED and settings.REDIS_URL and (fault := eviction_fault(settings.REDIS_URL)):
        faults.append(fault)
    if faults:
        raise ImproperlyConfigured("\n".join(f"{fault.id}: {fault.msg} {fault.hint}" for fault in faults))
