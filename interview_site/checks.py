"""Start-up checks: each names the setting and the remedy (design §8)."""

from django.conf import settings
from django.core.checks import Error, register


@register()
def broker_is_there(app_configs: object, **kwargs: object) -> list[Error]:
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    return [Error("REDIS_URL is empty.", hint="Production needs a Redis or Valkey: set REDIS_URL.", id="site.E001")]
