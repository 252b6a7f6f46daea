"""HR's side of recorded videos: how far, what went wrong, watching, trying again, a test order; and strangers."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from avatars.models import AvatarGeneration, AvatarSettings, ProviderHealth, Spending
from avatars.providers.fake import FakeProvider
from avatars.services.generation_states import State, move
from avatars.services.profiles import save_profile
from avatars.tests.generation_builders import order, polled, worked
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
LIST = "admin:avatars_avatargeneration_changelist"


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


@pytest.fixture
def charlie(client: Client) -> Client:
    """May look at videos, and nothing else."""
    user = User.objects.create_user("charlie", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_avatargeneration"))
    client.force_login(user)
    return client


def page(name: str, *args: object) -> str:
    return reverse(f"admin:avatars_avatargeneration_{name}", args=args)


def test_the_list_shows_states_and_the_page_what_went_wrong(alice: Client, fake: FakeProvider) -> None:
    fake.on_create.append(ProviderError("scripted", category=Category.QUOTA))
    generation = worked(order("Первый вопрос"))
    assert "Первый вопрос" in alice.get(reverse(LIST)).content.decode()
    shown = alice.get(page("change", generation.pk)).content.decode()
    assert "balance or quota" in shown and "scripted" in shown


def test_the_number_of_queries_of_the_list_does_not_grow(alice: Client, django_assert_max_num_queries: object) -> None:
    for number in range(30):
        order(f"Вопрос {number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        alice.get(reverse(LIST))


def test_a_finished_video_is_played_by_ranges(alice: Client) -> None:
    generation = polled(worked(order()))
    assert page("media", generation.pk, "mp4") in alice.get(page("change", generation.pk)).content.decode()
    answer = alice.get(page("media", generation.pk, "mp4"), headers={"range": "bytes=4-7"})
    assert (answer.status_code, b"".join(answer)) == (206, b"ftyp") and answer["Content-Type"] == "video/mp4"
    assert alice.get(page("media", generation.pk, "wav")).status_code == 200
    assert alice.get(page("media", generation.pk, "exe")).status_code == 404


def test_the_page_of_a_video_in_the_making_looks_again_by_itself(alice: Client) -> None:
    generation = order()
    assert alice.get(page("change", generation.pk)).headers["Refresh"] == "3"
    polled(worked(generation))
    assert "Refresh" not in alice.get(page("change", generation.pk)).headers


def test_a_link_changes_nothing_and_a_post_does(alice: Client) -> None:
    generation = order()
    assert alice.get(page("cancel_this", generation.pk)).status_code == 200
    generation.refresh_from_db()
    assert generation.state == State.QUEUED
    alice.post(page("cancel_this", generation.pk))
    generation.refresh_from_db()
    assert generation.state == State.CANCELLED and generation.passages.last().by.username == "alice"
    alice.post(page("retry_this", generation.pk))
    generation.refresh_from_db()
    assert generation.state == State.QUEUED


def test_only_what_can_be_done_is_offered(alice: Client) -> None:
    generation = order()
    waiting = alice.get(page("change", generation.pk)).content.decode()
    assert page("cancel_this", generation.pk) in waiting and page("retry_this", generation.pk) not in waiting
    polled(worked(generation))
    made = alice.get(page("change", generation.pk)).content.decode()
    assert page("cancel_this", generation.pk) not in made and page("retry_this", generation.pk) not in made
    # It should answer an older page in words all the same.
    told = alice.post(page("retry_this", generation.pk), follow=True).content.decode()
    assert "can be tried again" in told


def test_the_cost_stands_beside_the_video_for_those_who_may_see_it(alice: Client) -> None:
    generation = polled(worked(order("Расскажите о себе.")))
    AvatarGeneration.objects.filter(pk=generation.pk).update(submission=3)
    Spending.objects.create(reference=f"gen-{generation.public_id}-3", kind="video", provider="fake", amount=Decimal("1.5"))
    assert "≈ 1.50 USD" in alice.get(reverse(LIST)).content.decode()
    assert "≈ 1.50 USD" in alice.get(page("change", generation.pk)).content.decode()
    assert alice.get(f"{reverse(LIST)}?o=-6").status_code == 200
    charlie = User.objects.create_user("charlie", is_staff=True)
    charlie.user_permissions.add(Permission.objects.get(codename="view_avatargeneration"))
    alice.force_login(charlie)
    for address in (reverse(LIST), page("change", generation.pk)):
        assert "1.50" not in alice.get(address).content.decode()


def test_several_are_tried_again_at_once(alice: Client) -> None:
    rows = [order("Раз"), order("Два")]
    for row in rows:
        move(row, State.FAILED)
    alice.post(reverse(LIST), {"action": "retry_chosen", "_selected_action": [row.pk for row in rows]})
    assert AvatarGeneration.objects.filter(state=State.QUEUED).count() == 2


def test_a_test_video_is_ordered_from_a_profile(alice: Client) -> None:
    profile = save_profile(AvatarSettings(name="Standard", language="kk"))
    assert "Сәлеметсіз бе" in alice.get(f"{page('order_test')}?profile={profile.pk}").content.decode()
    answer = alice.post(page("order_test"), {"profile": profile.pk, "text": "Сәлем!"})
    generation = AvatarGeneration.objects.get()
    assert answer.url == page("change", generation.pk) and generation.provider == "local" and generation.language == "kk"


@pytest.mark.parametrize("values", [{"text": "🙂"}, {"text": ""}, {"profile": "0"}, {"profile": "x"}, {"text": "а" * 6_000}])
def test_a_bad_test_order_is_explained(alice: Client, values: dict[str, str]) -> None:
    profile = save_profile(AvatarSettings(name="Standard"))
    answer = alice.post(page("order_test"), {"profile": profile.pk, "text": "Привет", **values})
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode() and not AvatarGeneration.objects.exists()


@pytest.mark.parametrize("profile", ["", "x", "-1", "9" * 40, "²"])
def test_any_profile_in_the_address_is_taken_calmly(alice: Client, profile: str) -> None:
    assert alice.get(page("order_test"), {"profile": profile}).status_code == 200


def test_who_may_only_look_orders_nothing(charlie: Client) -> None:
    generation = order()
    assert charlie.get(page("change", generation.pk)).status_code == 200
    for name, args in (("cancel_this", [generation.pk]), ("retry_this", [generation.pk]), ("order_test", [])):
        assert charlie.post(page(name, *args)).status_code == 403
    generation.refresh_from_db()
    assert generation.state == State.QUEUED


def test_a_stranger_sees_nothing(client: Client) -> None:
    generation = polled(worked(order()))
    for address in (page("media", generation.pk, "mp4"), page("change", generation.pk), reverse(LIST)):
        assert client.get(address).status_code == 302


def test_the_health_of_providers_is_shown(alice: Client) -> None:
    ProviderHealth.objects.create(provider="a2e", last_error="status 502")
    assert "status 502" in alice.get(reverse("admin:avatars_providerhealth_changelist")).content.decode()


def test_a_page_tells_the_state_in_words(alice: Client, fake: FakeProvider) -> None:
    health = ProviderHealth.objects.create(provider="fake")
    for address in (page("change", order("Первый").pk), reverse("admin:avatars_providerhealth_change", args=[health.pk])):
        shown = alice.get(address).content.decode()
        assert "(&#x27;" not in shown and ("queued" in shown or "in use" in shown)
