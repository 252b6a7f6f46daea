"""What a provider offers: read by a worker, kept with its age, never lost by a bad day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from avatars.models import AvatarSettings, CatalogueItem, CatalogueList
from avatars.providers.base import Character, Origin, Voice
from avatars.providers.fake import FakeProvider
from avatars.services import catalogue
from avatars.services.profiles import for_provider
from avatars.tests.generation_builders import order
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
Kind = catalogue.Kind


def read() -> CatalogueList:
    """As a worker does after somebody asked."""
    row = catalogue.ask_for_refresh("fake")
    catalogue.refresh_due(row.pk)
    return CatalogueList.objects.get(pk=row.pk)


def names(what: str = Kind.CHARACTER) -> list[str]:
    return [row.item_id for row in catalogue.items("fake", what)]


def test_both_lists_are_kept_in_the_providers_order() -> None:
    row = read()
    assert names() == ["anna", "boris"] and names(Kind.VOICE) == ["v1"]
    assert row.is_fresh() and row.due_at > timezone.now() + timedelta(hours=23)


def test_public_own_and_cloned_are_told_apart(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    fake._voices = lambda: (Voice("a", "A", "ru"), Voice("b", "B", "ru", origin=Origin.CLONED))  # type: ignore[method-assign]
    fake._characters = lambda: (Character("c", "C", origin=Origin.OWN),)  # type: ignore[method-assign]
    read()
    assert catalogue.counts()["fake"] == catalogue.Counts(characters=1, voices=2, own=2)


def test_a_provider_that_is_down_leaves_the_last_list(fake: FakeProvider) -> None:
    fetched_at = read().fetched_at

    def down() -> tuple[Character, ...]:
        raise ProviderError("away", category=Category.CONNECTIVITY)

    fake._characters = down  # type: ignore[method-assign]
    row = read()
    assert names() == ["anna", "boris"] and row.fetched_at == fetched_at
    assert row.error_category == "connectivity" and not row.is_fresh() and row.due_at > timezone.now()


def test_a_new_list_takes_the_place_of_the_old_one(fake: FakeProvider) -> None:
    read()
    kept = catalogue.item("fake", Kind.CHARACTER, "boris")
    CatalogueItem.objects.filter(pk=kept.pk).update(copy="catalogue/boris.webp")
    fake._characters = lambda: (Character("zoe", "Zoe"), Character("boris", "Boris II"))  # type: ignore[method-assign]
    read()
    assert names() == ["zoe", "boris"]
    kept.refresh_from_db()
    assert (kept.name, kept.copy) == ("Boris II", "catalogue/boris.webp")


@pytest.mark.parametrize(
    "bad", [Character("", "no id"), Character("x" * 300, "long"), Character("n\0ul", "nul"), Character("dup", "1")], ids=str
)
def test_what_a_provider_says_is_taken_with_care(fake: FakeProvider, bad: Character) -> None:
    fake._characters = lambda: (bad, Character("dup", "2", picture_url="javascript:alert(1)"))  # type: ignore[method-assign]
    read()
    assert catalogue.item("fake", Kind.CHARACTER, "dup").picture_url == ""
    assert CatalogueItem.objects.filter(item_id="").count() == 0


def test_only_a_fresh_list_is_held_against_an_id() -> None:
    assert catalogue.is_offered("fake", Kind.CHARACTER, "nobody") is None
    row = read()
    assert catalogue.is_offered("fake", Kind.CHARACTER, "anna") is True
    assert catalogue.is_offered("fake", Kind.CHARACTER, "nobody") is False
    CatalogueList.objects.filter(pk=row.pk).update(fetched_at=timezone.now() - timedelta(days=3))
    assert catalogue.is_offered("fake", Kind.CHARACTER, "nobody") is None


def test_asking_twice_reads_once(fake: FakeProvider) -> None:
    calls: list[int] = []
    fake._voices = lambda: calls.append(1) or ()  # type: ignore[method-assign,func-returns-value]
    row = catalogue.ask_for_refresh("fake")
    catalogue.ask_for_refresh("fake")
    for _run in range(2):
        catalogue.refresh_due(row.pk)
    assert calls == [1]


def test_each_provider_of_the_order_gets_its_own_avatar() -> None:
    settings = {
        "recorded_avatar": "plain", "characters": {"fake": {"recorded": "anna"}, "a2e": {"live": "alice"}},
        "providers": ["heygen", "fake", "a2e"],
    }  # fmt: skip
    assert for_provider(settings, "fake")["recorded_avatar"] == "anna"
    assert for_provider(settings, "heygen")["recorded_avatar"] == "plain"
    # It should not film with another provider's id.
    assert for_provider(settings, "a2e") == {**settings, "recorded_avatar": "", "live_avatar": "alice"}
    assert for_provider({"recorded_avatar": "plain", "providers": []}, "a2e")["recorded_avatar"] == "plain"
    assert order(**settings).settings["recorded_avatar"] == "anna"


def test_the_plain_field_is_the_first_providers() -> None:
    settings = {"recorded_avatar": "new", "characters": {"fake": {"recorded": "old"}}, "providers": ["fake"]}
    assert for_provider(settings, "fake")["recorded_avatar"] == "new"


def test_an_avatar_of_another_provider_is_another_video() -> None:
    first = order(characters={"fake": {"recorded": "anna"}})
    assert order(characters={"fake": {"recorded": "boris"}}).pk != first.pk
    assert order(characters={"fake": {"recorded": "anna"}, "a2e": {"recorded": "x"}}).pk == first.pk


def test_a_snapshot_says_whose_budget_it_spends() -> None:
    profile = AvatarSettings.objects.create(name="Standard")
    assert profile.snapshot()["profile"] == profile.pk
