"""What every address of the avatar service refuses alike, as answers and in the OpenAPI document."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

from avatars.engines import registry as engines
from avatars.providers import registry
from avatars.services.old_names import WrongWish
from avatars.speech.text import NothingToSay, TextTooLong
from interview_site.api.compat import CompatView, may_spend
from interview_site.api.problems import Problem
from interview_site.errors import Category, ProviderError

# What ordering speech or a video may raise; `as_problem` words it.
REFUSALS = (WrongWish, NothingToSay, TextTooLong, ProviderError)


class DetailSerializer(serializers.Serializer):
    detail = serializers.CharField()


def refused(**more: str) -> dict[int, OpenApiResponse]:
    """The refusals of a call for the document; `more`: "s400", "s503", … with their words."""
    words = {401: "No credentials, or a token that is not valid.", 403: "The scope is missing, or nobody here may spend."}
    words |= {int(status[1:]): text for status, text in more.items()}
    return {status: OpenApiResponse(DetailSerializer, text) for status, text in words.items()}


class ServiceView(CompatView):
    """A call of the avatar service: errors as `{"detail": …}`, a member of staff needs to see avatar profiles."""

    permission = "avatars.view_avatarsettings"
    error_key = "detail"


def may_cost(request: Request, settings: Mapping[str, Any], provider: str = "") -> None:
    """Raises Problem 403 where this order costs money and nobody showed credentials that may spend it."""
    if may_spend(request):
        return
    engine = str(settings.get("speech_engine") or "")
    spoken = engines.is_configured(engine) and engines.speech_engine(engine).capabilities.costs_money
    filmed = bool(provider) and registry.provider(provider).capabilities.costs_money
    if spoken or filmed:
        raise Problem(403, "may_not_spend", _("Nobody without credentials may spend money here: use an API token."))


def as_problem(error: Exception) -> Problem:
    """One of REFUSALS as the answer of this API."""
    if isinstance(error, WrongWish):
        return Problem(400, "invalid", f"{error.field}: {error.text}")
    if isinstance(error, NothingToSay):
        return Problem(400, "nothing_to_say", _("text: There is nothing in the text that can be spoken."))
    if isinstance(error, TextTooLong):
        return Problem(413, "too_large", _("The text is too long to be spoken."))
    assert isinstance(error, ProviderError)
    if error.category == Category.INVALID_REQUEST:
        return Problem(400, error.code or "refused", str(error.person_text))
    wait_s = max(1, round(error.retry_after_s or 5))
    return Problem(503, error.code or "unavailable", str(error.person_text), headers={"Retry-After": str(wait_s)})
