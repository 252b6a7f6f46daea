"""Requests to models are forgotten after their days; the months' totals stay."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from interview_site.llm.records import ModelUsage

log = logging.getLogger(__name__)
BATCH = 5_000


def forget_old_usage() -> int:
    """Delete rows older than LLM_USAGE_DAYS, in batches; returns how many. May run twice at once and be cut anywhere."""
    latest = timezone.now() - timedelta(days=settings.LLM_USAGE_DAYS)
    forgotten = 0
    while keys := list(ModelUsage.objects.filter(at__lt=latest).order_by("at").values_list("pk", flat=True)[:BATCH]):
        forgotten += ModelUsage.objects.filter(pk__in=keys).delete()[0]
    if forgotten:
        log.info("model requests forgotten", extra={"count": forgotten})
    return forgotten
