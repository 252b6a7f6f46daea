"""The overview of videos, and ordering a list of texts."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from avatars import charts
from avatars.admin.ordering import paragraphs
from avatars.engines.base import Capabilities
from avatars.models import AvatarGeneration, AvatarSettings, Spending
from avatars.providers.fake import FakeProvider
from avatars.services import budget, dashboard
from avatars.services.generation_states import State, move
from avatars.services.generations import generate
from avatars.services.order_advice import before_ordering
from avatars.services.profiles import save_profile
from avatars.tests.generation_builders import order

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
PAID_VOICE = Capabilities(("ru",), costs_money=True)
OVERVIEW = "admin:avatars_avatargeneration_overview"
TEXTS = "admin:avatars_avatargeneration_order_texts"


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


@pytest.fixture
def profile() -> AvatarSettings:
    return save_profile(AvatarSettings(name="Standard", style="recorded", providers=["fake"], recorded_avatar="anna"))


def ended(text: str, state: str, *, days_ago: float = 0, took_s: float = 60, provider: str = "fake") -> None:
    asked_at = timezone.now() - timedelta(days=days_ago, seconds=took_s)
    AvatarGeneration.objects.filter(pk=order(text).pk).update(
        state=state, provider=provider, created_at=asked_at, finished_at=asked_at + timedelta(seconds=took_s), video="x.mp4"
    )


def test_it_counts_states_success_and_the_usual_time() -> None:
    for number, took_s in enumerate((10, 20, 300)):
        ended(f"Раз {number}", State.SUCCEEDED, took_s=took_s)
    ended("Два", State.FAILED)
    ended("Давно", State.SUCCEEDED, days_ago=40)
    ended("Другой", State.BLOCKED, provider="other")
    seen = dashboard.overview()
    fake, other = seen.providers
    assert (fake.kind, fake.asked, fake.succeeded, fake.failed, fake.success_percent) == ("fake", 4, 3, 1, 75)
    assert fake.median_s == pytest.approx(20, abs=1) and other.median_s is None
    assert seen.states[State.SUCCEEDED] == 4 and seen.total == 6 and seen.success_percent == 60
    assert len(seen.days) == 30 and sum(day.succeeded for day in seen.days) == 3 and sum(day.failed for day in seen.days) == 2


def test_money_is_summed_by_month_and_says_when_it_is_guessed(profile: AvatarSettings) -> None:
    for number, (amount, estimated) in enumerate([("1.5", True), ("2", False)]):
        Spending.objects.create(
            reference=f"r{number}", kind="video", provider="fake", profile=profile, amount=Decimal(amount), estimated=estimated
        )
    months = dashboard.overview().months
    assert len(months) == 12 and (months[-1].spent, months[-1].estimated) == (Decimal("3.5"), True) and months[0].spent == 0


def test_the_page_asks_a_constant_number_of_queries(alice: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(25):
        ended(f"Текст {number}", State.SUCCEEDED, provider=f"p{number % 5}")
    with django_assert_max_num_queries(13):
        page = alice.get(reverse(OVERVIEW)).content.decode()
    assert "<svg" in page and "100 %" in page


def test_an_empty_site_has_a_page_too(alice: Client) -> None:
    assert "No video was ordered yet" in alice.get(reverse(OVERVIEW)).content.decode()


def test_money_is_for_those_who_may_see_it(client: Client, profile: AvatarSettings) -> None:
    charlie = User.objects.create_user("charlie", is_staff=True)
    client.force_login(charlie)
    assert client.get(reverse(OVERVIEW)).status_code == 404
    charlie.user_permissions.add(Permission.objects.get(codename="view_avatargeneration"))
    assert "Spent by month" not in client.get(reverse(OVERVIEW)).content.decode()


def test_bars_stand_on_each_other_and_reach_the_top() -> None:
    chart = charts.stacked([("a", "", [("good", 3), ("bad", 1)]), ("b", "", [("good", 0), ("bad", 0)])])
    good, bad = chart.bars[0].pieces
    assert good.y + good.height == charts.HEIGHT and bad.y == 0 and bad.y + bad.height == good.y and chart.bars[1].pieces == ()
    assert charts.stacked([]).is_empty


# --- A list of texts ---


@pytest.mark.parametrize(("text", "count"), [
    ("Раз\nДва", 2), ("Раз\nещё раз\n\nДва", 2), ("Раз\r\n \r\nДва\r\n\r\n\r\nТри", 3), ("  \n \n", 0), ("Один", 1),
])  # fmt: skip
def test_paragraphs(text: str, count: int) -> None:
    assert len(paragraphs(text)) == count


def test_texts_become_rows_after_the_cost_was_confirmed(alice: Client, profile: AvatarSettings) -> None:
    values = {"profile": profile.pk, "text": "Здравствуйте!\n\nРасскажите о себе.\n\nЗдравствуйте!"}
    asked = alice.post(reverse(TEXTS), values).content.decode()
    assert "is paid: about" in asked and "2 videos will be made" in asked and not AvatarGeneration.objects.exists()
    alice.post(reverse(TEXTS), {**values, "sure": "1"})
    assert set(AvatarGeneration.objects.values_list("text", flat=True)) == {"Здравствуйте!", "Расскажите о себе."}
    page = alice.post(reverse(TEXTS), {**values, "back": "1"}).content.decode()
    assert "<textarea" in page


def test_what_is_there_already_is_not_paid_and_what_failed_is_ordered_anew(alice: Client, profile: AvatarSettings) -> None:
    made, failed = (generate(text=text, settings=profile.snapshot()) for text in ("Здравствуйте!", "Расскажите о себе."))
    copy = default_storage.save("v.mp4", ContentFile(b"v"))
    AvatarGeneration.objects.filter(pk=made.pk).update(state=State.SUCCEEDED, video=copy)
    move(failed, State.FAILED)
    both = {"profile": profile.pk, "text": "Здравствуйте!\n\nРасскажите о себе."}
    assert "1 of them is there already" in alice.post(reverse(TEXTS), both).content.decode()
    said = alice.post(reverse(TEXTS), {**both, "sure": "1"}, follow=True).content.decode()
    failed.refresh_from_db()
    assert failed.state == State.QUEUED and "1 videos are ordered. 1 were there already." in said
    # It should not ask to confirm what costs nothing.
    again = alice.post(reverse("admin:avatars_avatargeneration_order_test"), {"profile": profile.pk, "text": "Здравствуйте!"})
    assert again.url == reverse("admin:avatars_avatargeneration_change", args=[made.pk])


def test_a_paid_voice_is_part_of_the_price(profile: AvatarSettings, monkeypatch: pytest.MonkeyPatch, fake: FakeProvider) -> None:
    text = "Расскажите о себе. " * 20
    without = before_ordering([text], profile.snapshot()).cost
    profile.speech_engine = "elevenlabs"
    monkeypatch.setattr("avatars.services.order_advice.speech_engine", lambda kind: SimpleNamespace(capabilities=PAID_VOICE))
    assert before_ordering([text], profile.snapshot()).cost == without + budget.speech_estimate("elevenlabs", text)


@pytest.mark.parametrize(
    "text", ["", "Раз\n\n🙂", "Раз\n\n" + "а" * 6_000, "\n".join(f"Текст {number}" for number in range(101))], ids=lambda t: t[:9]
)
def test_a_list_that_cannot_be_made_names_what_is_wrong(alice: Client, profile: AvatarSettings, text: str) -> None:
    page = alice.post(reverse(TEXTS), {"profile": profile.pk, "text": text, "sure": "1"}).content.decode()
    assert 'role="alert"' in page and not AvatarGeneration.objects.exists()


def test_another_language_is_told_before_paying(alice: Client, profile: AvatarSettings, fake: FakeProvider) -> None:
    url = reverse("admin:avatars_avatargeneration_order_test")
    asked = alice.post(url, {"profile": profile.pk, "text": "Hello! Please tell me about your work."})
    assert asked.status_code == 200 and "looks like English" in asked.content.decode()
    assert alice.post(url, {"profile": profile.pk, "text": "Hello! Please tell me.", "sure": "1"}).status_code == 302
