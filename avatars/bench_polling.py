"""Over HeyGen's stand-in: a poll round of a hundred due videos, with ten thousand that wait and with none; and what is ours
between the moment the provider has a film and the moment its clip plays (design §10)."""

import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import av
from django.core.files.storage import default_storage
from django.test.utils import override_settings
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.provider_stub.heygen import HeyGenStub, Job
from avatars.providers import registry
from avatars.providers.heygen.api import Configuration
from avatars.providers.heygen.provider import HeyGenProvider
from avatars.services.generation_polling import poll_due, ring_bell
from avatars.services.generation_work import work
from avatars.services.generations import generate
from interview_site import outbound
from interview_site.bench import Figure, in_ms
from interview_site.stub_server import StubServer

DUE, WAITING, ROUNDS = 100, 10_000, 5


def bench_poll_round() -> Figure:
    """Writes rows and removes them at the end. Needs a migrated database and nothing of HeyGen's that is due."""
    stub, mark = HeyGenStub(), f"bench-{os.urandom(4).hex()}"

    def add(count: int, name: str) -> None:
        later = timezone.now() + timedelta(days=1)
        AvatarGeneration.objects.bulk_create(
            AvatarGeneration(
                fingerprint=f"{mark}-{name}-{number}", text="bench", language="ru", settings={}, provider="heygen",
                provider_id=f"{mark}-{name}-{number}", state=AvatarGeneration.State.PROCESSING, due_at=later, deadline_at=later,
            )
            for number in range(count)
        )  # fmt: skip

    def all_due() -> None:
        mine = AvatarGeneration.objects.filter(fingerprint__startswith=f"{mark}-due-")
        mine.update(due_at=timezone.now(), lease_until=None)

    def median_ms() -> float:
        return round(_median_ms(poll_due, all_due), 1)

    before = registry._instances.get("heygen")
    with StubServer(stub) as server, override_settings(HEYGEN_API_KEY=stub.token):
        registry._instances["heygen"] = HeyGenProvider(Configuration(stub.token, server.url))
        try:
            add(DUE, "due")
            for number in range(DUE):
                key = f"{mark}-due-{number}"
                stub.jobs[key] = Job(key, {}, None, step=1, ending="stuck")
            baseline = median_ms()
            add(WAITING, "later")
            value = median_ms()
        finally:
            AvatarGeneration.objects.filter(fingerprint__startswith=mark).delete()
            registry._instances.pop("heygen", None)
            if before is not None:
                registry._instances["heygen"] = before
    return in_ms("poll round: 100 due of 10,100 videos at HeyGen (baseline: of 100)", value, baseline, 1000.0)


def bench_ready_to_playable() -> Figure:
    """The provider rings: its film is asked after, fetched, judged, kept, published, and its first picture is there.

    Baseline: a bare download of the same film. What a provider without a bell adds is the wait for the next question
    (`providers.base.Polling`). Writes rows and files; they are removed at the end.
    """
    stub = HeyGenStub(plain=True)
    mine = AvatarGeneration.objects.none()
    before, kept = registry._instances.get("heygen"), []
    profile = {"style": "recorded", "providers": ["heygen"], "speech_engine": "espeak", "language": "en",
               "recorded_avatar": "lk_emma", "resolution": 720}  # fmt: skip
    text = f"What would you change in that system if you could start again, option {os.urandom(2).hex()}?"
    with StubServer(stub) as server, override_settings(HEYGEN_API_KEY=stub.token, OUTBOUND_ALLOWED_CIDRS=["127.0.0.1/32"]):
        provider = registry._instances["heygen"] = HeyGenProvider(Configuration(stub.token, server.url, server.url))
        try:
            order = generate(text=text, settings=profile)
            mine = AvatarGeneration.objects.filter(pk=order.pk)
            work(order.pk)
            stub.finish()
            provider_id = mine.values_list("provider_id", flat=True).get()

            def bare() -> None:
                outbound.request("GET", provider.video_state(provider_id).video_url, max_bytes=500 * outbound.MIB)

            def whole() -> None:
                ring_bell("heygen", provider_id)
                poll_due()
                film = mine.get().video
                kept.append(film.name)
                with film.open("rb") as file, av.open(file) as opened:
                    next(opened.decode(video=0))

            def again() -> None:
                mine.update(state=AvatarGeneration.State.PROCESSING, video="", lease_until=None, due_at=timezone.now())

            bare()  # the stand-in films it once
            value, baseline = _median_ms(whole, again), _median_ms(bare)
        finally:
            for name in filter(None, [*kept, *mine.values_list("audio", flat=True)]):
                default_storage.delete(name)
            mine.delete()
            registry._instances.pop("heygen", None)
            if before is not None:
                registry._instances["heygen"] = before
    name = "the provider has the film → its clip plays, our own part (baseline: a bare download of it)"
    return {"name": name, "value": round(value / 1000, 3), "unit": "s", "baseline": round(baseline / 1000, 3), "bar": 2.0}


def _median_ms(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    took = []
    for _round in range(ROUNDS):
        before()
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def run() -> list[Figure]:
    return [bench_poll_round(), bench_ready_to_playable()]
