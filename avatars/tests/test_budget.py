"""A profile's monthly budget: nothing paid is sent past it, and nothing that is free stops."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from avatars.checks import prices_can_be_read
from avatars.engines import registry as engines
from avatars.engines.base import Capabilities
from avatars.engines.fake import FakeEngine
from avatars.models import AvatarGeneration, AvatarSettings, Spending
from avatars.providers.fake import FakeProvider
from avatars.services import budget
from avatars.services.generation_states import State
from avatars.services.generations import retry
from avatars.services.profiles import save_profile
from avatars.services.speech import for_settings
from avatars.tests.generation_builders import order, polled, worked
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


@pytest.fixture(autouse=True)
def prices(settings: Any) -> None:
    settings.PROVIDER_PRICES = {"fake": {"unit": 0.5, "video_second": 1, "speech_1000": 10}}


def profile(limit: str | None, name: str = "Standard") -> AvatarSettings:
    return save_profile(AvatarSettings(name=name, monthly_budget=None if limit is None else Decimal(limit)))


def paid(text: str, of: AvatarSettings) -> AvatarGeneration:
    return worked(order(text, profile=of.pk, name=of.name))


def amounts() -> list[Decimal]:
    return list(Spending.objects.order_by("pk").values_list("amount", flat=True))


def test_the_cost_is_taken_before_the_order_is_sent_and_settled_after() -> None:
    generation = paid("Здравствуйте! Расскажите о себе.", profile("10"))
    assert Spending.objects.get().estimated and Spending.objects.get().amount > 0
    polled(generation)
    # It cost one unit of the provider's, which is worth 0.5.
    assert (Spending.objects.get().amount, Spending.objects.get().estimated) == (Decimal("0.5"), False)


def test_an_order_past_the_budget_is_blocked_with_a_remedy_and_never_sent(fake: FakeProvider) -> None:
    generation = paid("а" * 140, profile("2"))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "budget")
    assert "budget" in generation.error_message and fake.asked == [] and amounts() == []


def test_a_raised_budget_lets_a_person_try_again(fake: FakeProvider) -> None:
    standard = profile("0.1")
    generation = paid("а" * 140, standard)
    AvatarSettings.objects.filter(pk=standard.pk).update(monthly_budget=100)
    retry(generation)
    assert worked(generation).state == State.SUBMITTED and len(fake.orders) == 1


def test_what_costs_nothing_goes_on(media: object) -> None:
    standard = profile("0")
    settings = {**standard.snapshot(), "style": "local"}
    assert for_settings(settings, "Здравствуйте", "ru").engine == "espeak"
    assert amounts() == []


def test_without_a_budget_spending_is_written_down_all_the_same() -> None:
    paid("Здравствуйте", profile(None))
    assert len(amounts()) == 1


def test_each_profile_has_its_own_month() -> None:
    paid("Здравствуйте", profile(None, "Rich"))
    poor = profile("0.5", "Poor")
    assert paid("Здравствуйте!", poor).state == State.BLOCKED
    assert budget.standing(poor).spent == 0
    assert dict((row.name, standing.spent > 0) for row, standing in budget.standings()) == {"Rich": True, "Poor": False}


def test_last_month_is_not_counted() -> None:
    standard = profile("5")
    paid("а" * 42, standard)
    Spending.objects.update(at=budget.month_began() - timedelta(seconds=1))
    assert budget.standing(standard).spent == 0


def test_an_order_that_was_surely_not_taken_costs_nothing(fake: FakeProvider) -> None:
    fake.on_create.append(ProviderError("no", category=Category.INVALID_REQUEST))
    assert paid("Здравствуйте", profile("10")).state == State.FAILED
    assert amounts() == [Decimal(0)]


def test_an_order_that_failed_there_keeps_its_estimate(fake: FakeProvider) -> None:
    generation = paid("Здравствуйте", profile("10"))
    polled(generation)
    assert amounts() != [Decimal(0)]


def test_trying_again_at_the_same_provider_takes_the_money_once(fake: FakeProvider) -> None:
    standard = profile("10")
    fake.on_create.append(ProviderError("slow down", category=Category.RATE_LIMIT))
    generation = paid("Здравствуйте", standard)
    AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    assert worked(generation).state == State.SUBMITTED and len(amounts()) == 1


@pytest.mark.parametrize(("spent", "near", "used_up"), [("7.9", False, False), ("8", True, False), ("10", True, True)])
def test_it_warns_at_eighty_percent(spent: str, near: bool, used_up: bool) -> None:
    standing = budget.Standing(Decimal(spent), Decimal(10))
    assert (standing.is_near, standing.is_used_up) == (near, used_up)


def test_a_snapshot_without_a_profile_spends_its_namesakes_or_the_defaults_budget() -> None:
    default, other = profile("1"), profile("2", "Other")
    assert budget.payer({"name": "Other"}) == other
    assert budget.payer({"profile": 10**9, "name": "gone"}) == budget.payer({}) == default


# --- Paid speech ---


@pytest.fixture
def paid_voice() -> Any:
    engine = FakeEngine()
    engine.capabilities = Capabilities(("ru", "en", "kk"), needs_key=True, costs_money=True)
    engines._instances["fake"] = engine
    yield engine
    engines._instances.pop("fake", None)


def test_a_paid_sentence_is_counted_once_and_found_again_for_nothing(paid_voice: FakeEngine) -> None:
    settings = {**profile("10").snapshot(), "speech_engine": "fake"}
    for _time in range(2):
        assert for_settings(settings, "а" * 100, "ru").engine == "fake"
    assert amounts() == [Decimal("1")]


def test_past_the_budget_the_built_in_voice_speaks(paid_voice: FakeEngine) -> None:
    settings = {**profile("0.5").snapshot(), "speech_engine": "fake"}
    assert for_settings(settings, "Здравствуйте " * 10, "ru").engine == "espeak"
    assert amounts() == []


# --- At once ---


@pytest.mark.django_db(transaction=True)
def test_two_orders_at_once_do_not_both_take_the_last_money() -> None:
    standard = profile("1")
    outcomes: list[str] = []

    def take(number: int) -> None:
        try:
            budget.reserve(f"r{number}", kind="video", provider="fake", amount=Decimal("0.6"), settings={"profile": standard.pk})
            outcomes.append("taken")
        except budget.OverBudget:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 3 + ["taken"]


@pytest.mark.parametrize(
    ("value", "good"),
    [({}, True), ({"a2e": {"unit": 0.01}}, True), ([], False), ({"a2e": 1}, False), ({"a2e": {"unit": -1}}, False),
     ({"a2e": {"coin": 1}}, False), ({"a2e": {"unit": "1"}}, False)],
)  # fmt: skip
def test_prices_that_cannot_be_read_are_named_at_start(settings: Any, value: object, good: bool) -> None:
    settings.PROVIDER_PRICES = value
    assert (prices_can_be_read(None) == []) is good
