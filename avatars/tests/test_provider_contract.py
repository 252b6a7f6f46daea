"""What the protocol of `avatars.providers.base` promises, proved for every provider; a new one joins by one line.

Those elsewhere are asked over real HTTP, at their stand-ins.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from avatars.models import AvatarGeneration
from avatars.providers import registry
from avatars.providers.base import AvatarProvider, NoBreaker, Origin, OwnAudio, VideoJob, VideoState, VideoStatus
from avatars.services.generation_files import checked_duration_ms
from avatars.services.generation_states import State
from avatars.services.generations import cancel, generate
from avatars.services.speech import speak
from avatars.tests.generation_builders import due_now, polled, worked
from interview_site import stub_faults
from interview_site.errors import Category, ProviderError

pytest_plugins = [
    "avatars.tests.generation_fixtures", "avatars.tests.a2e_fixtures", "avatars.tests.heygen_fixtures",
    "avatars.tests.live_provider_fixtures",
]  # fmt: skip
pytestmark = pytest.mark.django_db


@dataclass
class Contract:
    """A provider as the suite meets it. `server`: its stand-in. `avatar`: one that it has. `paid`: films paid so far.

    `key`: what must stay between it and us.
    """

    kind: str
    avatar: str = ""
    server: Any = None
    paid: Callable[[], int] = lambda: 0
    key: str = ""

    @property
    def provider(self) -> AvatarProvider:
        return registry.provider(self.kind)

    @property
    def profile(self) -> dict[str, Any]:
        return {
            "style": "recorded" if self.kind != "local" else "local", "providers": [self.kind], "speech_engine": "espeak",
            "language": "ru", "recorded_avatar": self.avatar, "captions": False, "aspect": "square", "resolution": 720,
        }  # fmt: skip


def _fake(request: Any) -> Contract:
    fake = request.getfixturevalue("fake")
    return Contract("fake", "anna", None, lambda: len(fake.orders))


def _a2e(request: Any) -> Contract:
    stub = request.getfixturevalue("a2e")
    return Contract("a2e", stub.characters()[0]["_id"], stub.server, lambda: len(stub.paid_videos), stub.token)


def _heygen(request: Any) -> Contract:
    heygen = request.getfixturevalue("heygen")
    return Contract("heygen", "lk_emma", heygen.server, lambda: len(heygen.stub.paid), heygen.stub.token)


def _liveavatar(request: Any) -> Contract:
    live = request.getfixturevalue("liveavatar")
    return Contract("liveavatar", live.avatar, live.server, live.paid, live.stub.token)


CONTRACTS: dict[str, Callable[[Any], Contract]] = {
    "local": lambda request: Contract("local"),
    "fake": _fake,
    "a2e": _a2e,
    "heygen": _heygen,
}
LISTING: dict[str, Callable[[Any], Contract]] = {"liveavatar": _liveavatar}
listed = pytest.mark.parametrize("contract", [*CONTRACTS, *LISTING], indirect=True)
elsewhere = pytest.mark.parametrize("contract", ["a2e", "heygen"], indirect=True)  # those with a network between them and us


@pytest.fixture(params=CONTRACTS)
def contract(request: Any, media: Path) -> Contract:
    return (CONTRACTS | LISTING)[request.param](request)


@pytest.fixture
def job(contract: Contract, tmp_path: Path) -> VideoJob:
    """An order as the worker hands it over: our sound where the provider takes it, else its own."""
    speech = speak(text="Мама, привет! Как дела?", language="ru")
    order = VideoJob("gen-contract-1", speech.text, "ru", contract.profile, video_path=tmp_path / "video.mp4")
    if contract.provider.takes_our_sound(contract.profile):
        return replace(order, audio=OwnAudio(Path(speech.audio.path), speech.duration_ms, speech.timeline))
    return replace(order, provider_audio=contract.provider.speak(order).audio)


def finished(provider: AvatarProvider, state: VideoState) -> VideoState:
    for _question in range(30):
        if state.status in (VideoStatus.SUCCEEDED, VideoStatus.FAILED):
            return state
        state = provider.video_state(state.provider_id)
    raise AssertionError(f"still {state.status}")


# --- The catalogue ----------------------------------------------------------------------------------------------------


@listed
def test_the_catalogue_is_there_exactly_where_the_capabilities_say_so(contract: Contract) -> None:
    provider = contract.provider
    characters, voices = provider.characters(), provider.voices()
    assert bool(characters) is provider.capabilities.catalogue and bool(voices) is provider.capabilities.speech
    for listed in (characters, voices):
        assert len({one.id for one in listed}) == len(listed) and all(one.id and one.name for one in listed)
        assert {one.origin for one in listed} <= set(Origin)
    assert {voice.language for voice in voices} <= {"", "ru", "en", "kk"} or provider.kind in ("heygen", "liveavatar")


@listed
def test_a_balance_is_an_amount_with_its_unit_where_something_is_paid(contract: Contract) -> None:
    balance = contract.provider.balance()
    assert balance is None or (isinstance(balance.amount, Decimal) and balance.unit)
    assert (balance is not None) is contract.provider.capabilities.costs_money


def test_a_language_is_one_of_ours_or_unknown(contract: Contract) -> None:
    assert contract.provider.detected_language("Расскажите о себе, пожалуйста") in ("", "ru")


# --- An order ---------------------------------------------------------------------------------------------------------


def test_an_order_becomes_a_proper_film_as_long_as_its_sound(contract: Contract, job: VideoJob, tmp_path: Path) -> None:
    provider, path = contract.provider, tmp_path / "video.mp4"
    state = finished(provider, provider.create_video(job))
    assert state.status == VideoStatus.SUCCEEDED and state.provider_id and state.progress == 100
    if not provider.capabilities.renders_here:
        provider.fetch_video(state, path)
    sound_ms = job.audio.duration_ms if job.audio and contract.kind != "fake" else 0
    assert checked_duration_ms(path, provider=contract.kind, sound_ms=sound_ms) > 500


def test_the_same_order_twice_is_one_film_or_can_be_found(contract: Contract, job: VideoJob) -> None:
    provider, able = contract.provider, contract.provider.capabilities
    first = provider.create_video(job)
    if able.create_is_idempotent:
        assert provider.create_video(job).provider_id == first.provider_id and contract.paid() <= 1
    elif able.finds_by_reference:
        found = provider.find_video(job.reference)
        assert found and found.provider_id == first.provider_id
    else:
        assert not able.costs_money, "a lost answer could be paid twice"
    if able.finds_by_reference:
        assert provider.find_video("gen-of-somebody-else-1") is None


def test_a_provider_that_records_nothing_is_asked_for_no_video(settings: Any) -> None:
    settings.LIVEAVATAR_API_KEY = "a key"
    generation = generate(text="Здравствуйте!", settings={"providers": ["liveavatar"], "style": "recorded", "language": "ru"})
    assert generation.provider == "local"


@elsewhere
def test_a_question_about_nobody_s_order_is_answered_or_refused_in_our_words(contract: Contract) -> None:
    try:
        state = contract.provider.video_state("0" * 24)
    except ProviderError as error:
        assert error.category != Category.AUTHENTICATION
    else:
        assert state.status != VideoStatus.SUCCEEDED


@pytest.mark.parametrize("contract", ["fake", "a2e", "heygen"], indirect=True)
def test_several_orders_are_told_about_together(contract: Contract, job: VideoJob) -> None:
    ids = [contract.provider.create_video(replace(job, reference=f"gen-{number}-1")).provider_id for number in range(2)]
    assert set(contract.provider.video_states(ids)) == set(ids)


def test_cancelling_forgives_what_is_not_there(contract: Contract) -> None:
    if contract.provider.capabilities.cancels:
        contract.provider.cancel_video("0" * 24)


# --- Faults -----------------------------------------------------------------------------------------------------------


@elsewhere
@pytest.mark.parametrize("fault", ["status:500", "garbage", "page", "cut", "lost", "redirect", "status:401", "busy"])
def test_every_fault_of_every_call_is_one_of_ours(contract: Contract, job: VideoJob, fault: str) -> None:
    provider = contract.provider
    provider.breaker = NoBreaker()
    contract.server.break_next("*", stub_faults.named(fault), times=-1)
    for call in (
        provider.characters,
        provider.balance,
        lambda: provider.create_video(job),
        lambda: provider.video_state("0" * 24),
    ):
        with pytest.raises(ProviderError) as caught:
            call()
        assert caught.value.provider == contract.kind and str(caught.value.person_text)
        if fault == "status:401":
            assert caught.value.category == Category.AUTHENTICATION and caught.value.permanent
        if fault == "busy":
            assert caught.value.category == Category.RATE_LIMIT and caught.value.retry_after_s == 17


@elsewhere
def test_a_resting_provider_is_not_called(contract: Contract) -> None:
    class Resting(NoBreaker):
        def before(self, provider: str) -> None:
            raise ProviderError("rests", category=Category.CONNECTIVITY, provider=provider, code="breaker_open")

    contract.provider.breaker = Resting()
    asked = len(contract.server.ledger)
    for call in (contract.provider.characters, contract.provider.balance, lambda: contract.provider.video_state("x")):
        with pytest.raises(ProviderError):
            call()
    assert len(contract.server.ledger) == asked


@elsewhere
def test_the_key_never_stands_in_an_address(contract: Contract, job: VideoJob) -> None:
    finished(contract.provider, contract.provider.create_video(job))
    calls = contract.server.calls()
    assert contract.key and any(contract.key in value for call in calls for value in call.headers.values())
    assert not any(contract.key in f"{call.path} {call.query} {call.body!r}" for call in calls)


# --- The whole way ----------------------------------------------------------------------------------------------------


def test_a_row_goes_its_whole_way_and_an_equal_wish_costs_nothing(contract: Contract) -> None:
    text = "Здравствуйте! Расскажите о себе."
    generation = generate(text=text, settings=contract.profile, provider=contract.kind)
    for _round in range(20):
        if generation.is_finished:
            break
        ours = generation.state in AvatarGeneration.OURS or generation.renders_here
        generation = worked(due_now(generation)) if ours else polled(generation)
    assert generation.state == State.SUCCEEDED, generation.last_error
    assert generation.video.name and generation.duration_ms and generation.progress == 100 and contract.paid() <= 1
    assert generate(text=text, settings=contract.profile, provider=contract.kind).pk == generation.pk
    assert contract.paid() <= 1


def test_a_row_that_was_cancelled_stays_so(contract: Contract) -> None:
    generation = generate(text="Спасибо за ваше время.", settings=contract.profile, provider=contract.kind)
    assert cancel(generation)
    assert worked(due_now(generation)).state == State.CANCELLED and contract.paid() == 0


def test_every_provider_of_the_registry_is_in_this_suite() -> None:
    # Those that record nothing have only a catalogue and a balance here; their rooms are in test_live_providers.
    assert set(registry._CLASSES) == {*CONTRACTS, *LISTING}
