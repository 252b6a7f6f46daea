"""Budgets: what a request may cost is set aside before it, and corrected after it (issue of spending caps, threats 53, 70).

LLM_MONTHLY_TOKENS and LLM_MONTHLY_BUDGET bound everything; LLM_SUBJECT_TOKENS and LLM_SUBJECT_BUDGET one interview or draft.
0 means no limit. A process that dies in between leaves what it set aside counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interview_site.errors import Category, ProviderError
from interview_site.llm.endpoints import PROVIDER, Endpoint, Purpose
from interview_site.llm.records import ModelMonth, ModelUsage

_MOST_TOKENS = 10_000_000  # of one request: a server that counts more lies
_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Usage:
    """Tokens; `is_estimate` when the server did not count them."""

    input_tokens: int = 0
    output_tokens: int = 0
    is_estimate: bool = True

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.is_estimate or other.is_estimate,
        )


def estimated_tokens(characters: int) -> int:
    """A cautious guess: Cyrillic is cut into shorter pieces than English."""
    return characters // 2 + 8


def counted(value: object, otherwise: Usage) -> Usage:
    """The server's own count (a `usage` object), when it makes sense."""
    found = value if isinstance(value, dict) else {}
    asked, said = found.get("prompt_tokens"), found.get("completion_tokens")
    if not all(type(number) is int and 0 <= number <= _MOST_TOKENS for number in (asked, said)):
        return otherwise
    return Usage(asked, said, False)


def cost_of(model: str, usage: Usage) -> Decimal:
    """In LLM_CURRENCY; 0 for a model without a price."""
    price = settings.LLM_PRICES.get(model) or settings.LLM_PRICES.get("*") or {}
    per_token = [Decimal(str(price.get(side, 0))) / _MILLION for side in ("input", "output")]
    cost = usage.input_tokens * per_token[0] + usage.output_tokens * per_token[1]
    return min(cost, Decimal(1_000_000)).quantize(Decimal("0.000001"))


class Spending:
    """One request under way; say what it used before the `with` ends."""

    def __init__(self, endpoint: Endpoint, set_aside: Usage) -> None:
        self._endpoint = endpoint
        self.usage = set_aside

    @property
    def cost(self) -> Decimal:
        return cost_of(self._endpoint.model, self.usage)

    def used(self, usage: Usage) -> None:
        self.usage = usage


@contextmanager
def spending(endpoint: Endpoint, purpose: Purpose, subject: str, set_aside: Usage) -> Iterator[Spending]:
    """Set aside what the request may use, then count what it used. Raises ProviderError: budget, or storage without a database.

    A request that ends with an exception counts with what `used` was told, or not at all when it was told nothing.
    """
    under_way = Spending(endpoint, Usage())
    month = month_began()
    row = _open(endpoint, purpose, subject[:80], set_aside, month)
    state = ModelUsage.State.FAILED
    try:
        yield under_way
        state = ModelUsage.State.DONE
    finally:
        _settle(row, month, set_aside, under_way, state)


def _open(endpoint: Endpoint, purpose: Purpose, subject: str, usage: Usage, month: date) -> ModelUsage:
    cost = cost_of(endpoint.model, usage)
    try:
        _require_subject_budget(subject, usage, cost)
        if not _take(month, usage.tokens, cost):
            raise _over(_("The budget for language models of this month is used up. Raise LLM_MONTHLY_BUDGET or wait."))
        return ModelUsage.objects.create(
            purpose=purpose, subject=subject, model=endpoint.model[:200], input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens, cost=cost,
        )  # fmt: skip
    except DatabaseError as error:
        raise ProviderError(
            "llm: the budget cannot be asked", category=Category.SERVER, provider=PROVIDER, code="storage"
        ) from error


def _require_subject_budget(subject: str, usage: Usage, cost: Decimal) -> None:
    if not subject or not (settings.LLM_SUBJECT_TOKENS or settings.LLM_SUBJECT_BUDGET):
        return
    spent = spent_on(subject)
    over_tokens = settings.LLM_SUBJECT_TOKENS and spent.usage.tokens + usage.tokens > settings.LLM_SUBJECT_TOKENS
    over_money = settings.LLM_SUBJECT_BUDGET and spent.cost + cost > Decimal(str(settings.LLM_SUBJECT_BUDGET))
    if over_tokens or over_money:
        raise _over(_("The budget for language models of this interview or draft is used up."))


def _take(began: date, tokens: int, cost: Decimal) -> bool:
    """Count on the month's row, unless that would go over a limit."""
    month = _months().filter(pk=began)
    if settings.LLM_MONTHLY_TOKENS:
        month = month.filter(tokens__lte=settings.LLM_MONTHLY_TOKENS - tokens)
    if settings.LLM_MONTHLY_BUDGET:
        month = month.filter(cost__lte=Decimal(str(settings.LLM_MONTHLY_BUDGET)) - cost)
    for _try in range(2):
        if month.update(tokens=F("tokens") + tokens, cost=F("cost") + cost) == 1:
            return True
        _months().get_or_create(pk=began)  # the month's first request
    return False


def month_began() -> date:
    """The first day of this month in the site's time zone: the budget begins anew then, as that of the avatars does."""
    return timezone.localdate().replace(day=1)


def this_month() -> ModelMonth:
    """What this month has used so far, requests under way included."""
    return _months().filter(pk=month_began()).first() or ModelMonth()


def month_is_spent() -> bool:
    """Whether this month's limit of tokens or money is reached."""
    month = this_month()
    over_tokens = settings.LLM_MONTHLY_TOKENS and month.tokens >= settings.LLM_MONTHLY_TOKENS
    over_money = settings.LLM_MONTHLY_BUDGET and month.cost >= Decimal(str(settings.LLM_MONTHLY_BUDGET))
    return bool(over_tokens or over_money)


def _settle(row: ModelUsage, month: date, set_aside: Usage, under_way: Spending, state: str) -> None:
    used, cost = under_way.usage, under_way.cost
    try:
        if state == ModelUsage.State.FAILED and not used.tokens:
            row.delete()
        else:
            ModelUsage.objects.filter(pk=row.pk).update(
                state=state, input_tokens=used.input_tokens, output_tokens=used.output_tokens, cost=cost,
                is_estimate=used.is_estimate,
            )  # fmt: skip
        _months().filter(pk=month).update(
            tokens=F("tokens") + (used.tokens - set_aside.tokens), cost=F("cost") + (cost - row.cost)
        )
    except DatabaseError:
        pass  # what was set aside stays counted; the answer itself is not lost for it


@dataclass(frozen=True)
class Spent:
    requests: int
    usage: Usage
    cost: Decimal


def spent_on(subject: str, purpose: Purpose | None = None) -> Spent:
    """What one interview or draft has used, requests under way included."""
    rows = ModelUsage.objects.filter(subject=subject[:80], **({"purpose": purpose} if purpose else {}))
    return _sum(rows)


def _sum(rows: QuerySet) -> Spent:
    total = rows.aggregate(asked=Sum("input_tokens"), said=Sum("output_tokens"), cost=Sum("cost"))
    return Spent(rows.count(), Usage(total["asked"] or 0, total["said"] or 0), total["cost"] or Decimal(0))


def _months() -> QuerySet:
    return ModelMonth.objects.order_by()


def _over(person_text: object) -> ProviderError:
    return ProviderError(
        "llm: over budget", category=Category.QUOTA, provider=PROVIDER, code="budget", person_text=person_text
    )
