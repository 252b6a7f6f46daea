"""What an operator can get wrong about language models, with its remedy (style §6)."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from interview_site.checks import TAG
from interview_site.llm import capabilities
from interview_site.llm.endpoints import Purpose, endpoint


@register(TAG)
def models_are_right(app_configs: object = None, **kwargs: object) -> list[CheckMessage]:
    return [*_addresses(), *_profiles(), *_prices()]


def _addresses() -> Iterator[CheckMessage]:
    for purpose in Purpose:
        own = settings.LLM_OWN.get(purpose.value, {})
        if purpose != Purpose.DIALOGUE and not (own.get("base_url") or own.get("model")):
            continue
        prefix = "LLM" if purpose == Purpose.DIALOGUE else f"LLM_{purpose.upper()}"
        found = endpoint(purpose)
        if found.base_url and not (_is_address(found.base_url)):
            yield Error(
                f"{prefix}_BASE_URL is no address.", hint="Write it with http(s):// and its /v1: https://api.openai.com/v1.",
                id="site.E012",
            )  # fmt: skip
        if bool(found.base_url) != bool(found.model):
            missing = f"{prefix}_MODEL" if found.base_url else f"{prefix}_BASE_URL"
            yield Warning(f"{missing} is empty.", hint="A language model needs both its address and its name.", id="site.W003")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _profiles() -> Iterator[CheckMessage]:
    for fault in capabilities.faults_of(settings.LLM_PROFILES):
        yield Error(
            f"LLM_PROFILES: {fault}.", hint='Write JSON such as {"gpt-6-luna": {"reasoning_effort": "none"}}.', id="site.E013"
        )


def _prices() -> Iterator[CheckMessage]:
    prices = settings.LLM_PRICES
    if not isinstance(prices, dict) or not all(_is_price(price) for price in prices.values()):
        hint = 'Write JSON such as {"gpt-6-luna": {"input": 0.1, "output": 0.5}}: prices of a million tokens.'
        yield Error("LLM_PRICES cannot be read.", hint=hint, id="site.E014")
        return
    has_budget = settings.LLM_MONTHLY_BUDGET or settings.LLM_SUBJECT_BUDGET
    for purpose in Purpose:
        model = endpoint(purpose).model
        if has_budget and model and model not in prices and "*" not in prices:
            yield Warning(
                f"A budget is set and {model} has no price: its requests cost nothing and are never refused.",
                hint="Add it to LLM_PRICES.", id="site.W004",
            )  # fmt: skip
            return


def _is_price(price: object) -> bool:
    if not isinstance(price, dict) or price.keys() - {"input", "output"}:
        return False
    try:
        amounts = [Decimal(str(amount)) for amount in price.values()]
    except InvalidOperation:
        return False
    return all(amount.is_finite() and amount >= 0 for amount in amounts) and not any(isinstance(v, bool) for v in price.values())
