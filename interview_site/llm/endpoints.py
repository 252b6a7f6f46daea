"""Which server and model serve which purpose, from the settings."""

from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from interview_site.errors import Category, ProviderError

PROVIDER = "llm"


class Purpose(StrEnum):
    """What a model is asked for. Chat and studio are DIALOGUE."""

    DIALOGUE = "dialogue"
    EVALUATION = "evaluation"
    AUTHORING = "authoring"


@dataclass(frozen=True)
class Endpoint:
    base_url: str  # with its /v1
    api_key: str
    model: str
    is_local: bool  # runs inside the company: refusing cross-border transfer does not switch it off


def endpoint(purpose: Purpose) -> Endpoint:
    """The purpose's own server and model, else the common ones; the common key never goes to another server."""
    common = settings.LLM
    own = settings.LLM_OWN.get(purpose.value, {})
    elsewhere = bool(own.get("base_url")) and own["base_url"] != common["base_url"]
    return Endpoint(
        base_url=own.get("base_url") or common["base_url"],
        api_key=own.get("api_key") or ("" if elsewhere else common["api_key"]),
        model=own.get("model") or common["model"],
        is_local=own.get("is_local", False) if elsewhere else common["is_local"],
    )


def is_configured(purpose: Purpose) -> bool:
    found = endpoint(purpose)
    return bool(found.base_url and found.model)


def model_name(purpose: Purpose) -> str:
    """Empty when nothing is configured."""
    return endpoint(purpose).model


def is_local(purpose: Purpose) -> bool:
    return endpoint(purpose).is_local


def require(purpose: Purpose) -> Endpoint:
    """Raises ProviderError (not_configured)."""
    found = endpoint(purpose)
    if not (found.base_url and found.model):
        raise ProviderError(
            f"No language model is configured for {purpose}.",
            category=Category.INVALID_REQUEST,
            provider=PROVIDER,
            code="not_configured",
            person_text=_("No language model is configured. Set LLM_BASE_URL, LLM_MODEL and LLM_API_KEY (docs/models.md)."),
        )
    return found
