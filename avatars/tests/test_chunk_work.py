"""What workers do for chunks: leases, crashes, faults, waiting readers, hostile texts."""

import asyncio
import io
import random
import threading
from datetime import timedelta

import av
import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client
from django.utils import timezone

from avatars.api.waiting import chunk_when
from avatars.engines.registry import speech_engine
from avatars.models import AvatarSettings, Speech, VideoChunk
from avatars.services import chunk_work, chunks
from avatars.services.chunk_cleanup import delete_old_chunks
from avatars.services.chunks import order_chunks, order_whole
from avatars.tasks import render_chunk
from avatars.tests.chunk_helpers import TEXT, api_client, post, work_until_done
from interview_site.errors import Category, ProviderError
from interview_site.notify import chunk_group

pytestmark = pytest.mark.django_db(transaction=True)


def make_chunk(text: str = "Здравствуйте!", **settings: object) -> VideoChunk:
    return order_chunks(text=text, language="ru", size=15, settings={"presenter": "aliya"} | settings)[0]


def set_row(chunk: VideoChunk, **fields: object) -> None:
    VideoChunk.objects.filter(pk=chunk.pk).update(**fields)


def lost_worker(chunk: VideoChunk) -> None:
    """A worker took it and was killed."""
    assert VideoChunk.claim(chunk.pk)
    set_row(chunk, state="rendering", lease_until=timezone.now() - timedelta(seconds=1))


def opened(chunk: VideoChunk) -> av.container.InputContainer:
    with chunk.video.open("rb") as file:
        return av.open(io.BytesIO(file.read()))


def test_a_chunk_is_made_once_however_often_the_task_comes():
    chunk = make_chunk()
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    name = chunk.video.name
    render_chunk(chunk.pk)
    render_chunk(10**9)
    chunk.refresh_from_db()
    assert (chunk.state, chunk.video.name, chunk.attempts, chunk.due_at) == ("ready", name, 1, None)


def test_a_chunk_held_by_another_worker_is_left_alone():
    chunk = make_chunk()
    VideoChunk.claim(chunk.pk)
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == "queued"


def test_a_killed_worker_is_replaced():
    chunk = make_chunk()
    lost_worker(chunk)
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert (chunk.state, chunk.crashes) == ("ready", 1)


def test_a_chunk_that_kills_its_workers_fails_and_the_next_ones_are_made():
    ordered = order_chunks(text=TEXT, language="ru", size=8, settings={})
    poison = ordered[0]
    for _crash in range(3):
        lost_worker(poison)
        if _crash < 2:
            set_row(poison, crashes=_crash + 1)
    render_chunk(poison.pk)
    poison.refresh_from_db()
    assert poison.state == "failed" and "lost" in poison.last_error
    work_until_done()
    assert set(VideoChunk.objects.exclude(pk=poison.pk).values_list("state", flat=True)) == {"ready"}


def test_a_voice_that_is_away_for_a_moment_is_asked_again():
    AvatarSettings.objects.create(name="Fake", is_default=True, speech_engine="fake")
    chunk = make_chunk(speech_engine="fake")
    Speech.objects.all().delete()
    engine, espeak = speech_engine("fake"), speech_engine("espeak")
    engine.failures.append(ProviderError("away", category=Category.CONNECTIVITY, permanent=True))
    usual = espeak.__dict__.get("_synthesize")

    def away(request):
        raise ProviderError("away", category=Category.CONNECTIVITY)

    espeak._synthesize = away
    try:
        render_chunk(chunk.pk)
    finally:
        espeak.__dict__.pop("_synthesize", None) if usual is None else None
        engine.failures.clear()
    chunk.refresh_from_db()
    assert chunk.state == "queued" and chunk.due_at > timezone.now() and chunk.last_error == "away"
    set_row(chunk, due_at=timezone.now())
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == "ready"


def test_a_full_disk_is_tried_again_and_then_fails(monkeypatch):
    chunk = make_chunk()

    def full(order, file, *, stop):
        raise OSError("no space left")

    monkeypatch.setattr(chunk_work, "render_clip", full)
    for _try in range(3):
        set_row(chunk, due_at=timezone.now())
        render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert (chunk.state, chunk.audio.name, chunk.video.name) == ("failed", "", "")


@pytest.mark.parametrize(("limit", "value"), [("TIME_LIMIT_S", -1), ("MAX_BYTES", 10_000)])
def test_a_clip_beyond_its_limits_fails_at_once(monkeypatch, limit, value):
    monkeypatch.setattr(chunk_work, limit, value)
    chunk = make_chunk(TEXT)
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == "failed" and chunk.attempts == 1


def test_a_row_deleted_while_it_is_rendered_leaves_no_files(monkeypatch):
    from django.core.files.storage import default_storage

    chunk = make_chunk(TEXT)
    monkeypatch.setattr(chunk_work, "RENEW_EVERY_S", 0)
    voice_of = chunk_work._voice_of

    def gone(speech):
        VideoChunk.objects.filter(pk=chunk.pk).delete()
        return voice_of(speech)

    monkeypatch.setattr(chunk_work, "_voice_of", gone)
    before = set(_files(default_storage))
    render_chunk(chunk.pk)
    assert set(_files(default_storage)) == before


def _files(storage) -> list[str]:
    found = []
    if storage.exists("chunks"):
        for day in storage.listdir("chunks")[0]:
            found += storage.listdir(f"chunks/{day}")[1]
    return found


def test_a_lost_speech_is_made_again():
    chunk = make_chunk()
    speech = Speech.objects.get()
    speech.audio.delete(save=False)
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == "ready"


def test_what_did_not_fit_the_budget_is_spoken_by_the_worker(monkeypatch):
    monkeypatch.setattr(chunks, "SPEAKING_BUDGET_S", -1)
    ordered = order_chunks(text=TEXT, language="ru", size=8, settings={})
    assert [chunk.speech is not None for chunk in ordered] == [True] + [False] * (len(ordered) - 1)
    estimated = {chunk.pk: chunk.duration_ms for chunk in ordered}
    work_until_done()
    for chunk in VideoChunk.objects.all():
        assert chunk.state == "ready"
        assert chunk.duration_ms == pytest.approx(estimated[chunk.pk], rel=0.5)


def test_a_whole_text_longer_than_one_breath_is_one_clip():
    chunk = order_whole(text=TEXT * 5, language="ru", settings={})
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    with opened(chunk) as container:
        assert container.duration / 1000 == pytest.approx(chunk.duration_ms, rel=0.02)
    assert chunk.duration_ms > 50_000


def test_captions_size_and_presenter_are_as_ordered():
    plain = make_chunk("Добрый день, как дела?", presenter="timur", chunk_size="720x1280", background="#ffffff")
    lettered = make_chunk(
        "Добрый день, как дела?", presenter="timur", chunk_size="720x1280", background="#ffffff", chunk_captions=True
    )
    pictures = []
    for chunk in (plain, lettered):
        render_chunk(chunk.pk)
        chunk.refresh_from_db()
        with opened(chunk) as container:
            pictures.append([frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)][20].astype(int))
    assert pictures[0].shape == (1280, 720, 3)
    assert abs(pictures[0][1100:1250] - pictures[1][1100:1250]).mean() > 10


# --- Waiting ---------------------------------------------------------------------------------------------------------


def test_a_reader_waits_for_a_chunk_in_the_making():
    chunk = make_chunk()
    answers = []
    reader = threading.Thread(target=lambda: answers.append(Client().get(f"/api/chunk/video/{chunk.public_id}")))
    reader.start()
    render_chunk(chunk.pk)
    reader.join(timeout=60)
    assert answers[0].status_code == 200


def test_a_wait_ends_by_itself_with_503(monkeypatch):
    from avatars.api import views

    monkeypatch.setattr(views, "chunk_when", lambda name, there: chunk_when(name, there, wait_s=0.05))
    chunk = make_chunk()
    answer = Client().get(f"/api/chunk/video/{chunk.public_id}")
    assert answer.status_code == 503 and answer["Retry-After"] and answer.json()["success"] is False


async def test_a_hint_ends_the_wait_at_once(monkeypatch):
    from avatars.api import waiting

    monkeypatch.setattr(waiting, "LOOK_WITHOUT_BROKER_S", 30)
    chunk, loop = await sync_to_async(make_chunk)(), asyncio.get_running_loop()
    look, looks, hints = waiting.find_chunk, [], []

    def counted(name):
        looks.append(name)
        found = look(name)
        if len(looks) == 2:  # the reader has begun to wait: the worker finishes
            set_row(chunk, state="failed")
            sending = get_channel_layer().group_send(chunk_group(name), {"type": "chunk.changed"})
            hints.append(asyncio.run_coroutine_threadsafe(sending, loop))
        return found

    monkeypatch.setattr(waiting, "find_chunk", counted)
    found = await asyncio.wait_for(chunk_when(chunk.public_id, lambda found: False), 20)
    assert found.state == "failed" and len(looks) == 3


def test_the_sweep_takes_rows_without_files_and_many_at_once(monkeypatch):
    from avatars.services import chunk_cleanup

    monkeypatch.setattr(chunk_cleanup, "AT_ONCE", 2)
    for _chunk in range(5):
        make_chunk()
    VideoChunk.objects.update(expires_at=timezone.now())
    assert delete_old_chunks() == 0
    assert not VideoChunk.objects.exists()


# --- Hostile texts ---------------------------------------------------------------------------------------------------

HOSTILE = [
    "🙂👩‍👩‍👧‍👦🇰🇿 да 🙂", "مرحبا بالعالم", "\u202eовтсйотс\u202c шалом שלום", "\u200b\u200d\ufeff\u0007\u001b[31m да",
    '<speak><prosody rate="x-slow">Да</prosody><break time="99999s"/></speak>', "<audio src='file:///etc/passwd'/> нет",
    "[[_^_EN h@'loU]] [[voice=x]]", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "Привет hello сәлем 你好 こんにちは γειά", "%s %n {0} ${x} `id` '; DROP TABLE",
    "9" * 90, "1 " * 300, "аб" * 2000, "." * 500 + "а", "a\n" * 400, "\\\\\\ /// |||| а", "�\uffff\ue000 да", "ᚠᛇᚻ да",
    "ﷺ" * 50 + " да", "\u0301" * 500 + "а", "A" + "\u0488" * 300, "&#x41; &lt;b&gt; &nbsp; да", "1e309 -0 NaN Infinity",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_a_hostile_text_is_refused_or_becomes_a_proper_clip(text, language):
    answer = post(api_client(), text=text, language=language, chunk_size=12, captions=True)
    assert answer.status_code in (200, 400, 413), answer.content
    if answer.status_code != 200:
        return
    assert "".join(chunk["text"] for chunk in answer.json()["chunks"]) == text
    # One of several is enough: what they have in common is the text's kind.
    chunk = VideoChunk.objects.order_by("pk").first()
    render_chunk(chunk.pk)
    chunk.refresh_from_db()
    assert chunk.state == "ready", chunk.last_error
    with opened(chunk) as container:
        assert container.duration / 1000 == pytest.approx(chunk.duration_ms, rel=0.02)


def test_random_characters_never_break_the_api():
    rnd, client = random.Random(11), api_client()
    planes = [(0x20, 0x7F), (0x400, 0x52F), (0x590, 0x6FF), (0x1F300, 0x1FAFF), (0x1, 0x1F), (0x2000, 0x206F), (0x4E00, 0x4EFF)]
    for _round in range(25):
        text = "".join(chr(rnd.randint(*rnd.choice(planes))) for _ in range(rnd.randint(1, 400)))
        answer = post(client, text=text, language=rnd.choice(["ru", "en", "kk"]), chunk_size=rnd.randint(1, 100))
        assert answer.status_code in (200, 400, 413), (text, answer.content)
        if answer.status_code == 200:
            assert "".join(chunk["text"] for chunk in answer.json()["chunks"]) == text


def test_ten_thousand_characters_are_taken():
    text = (TEXT + " ") * 40
    answer = post(api_client(), text=text[:10_000], chunk_size=100)
    assert answer.status_code == 200
    assert "".join(chunk["text"] for chunk in answer.json()["chunks"]) == text[:10_000]
