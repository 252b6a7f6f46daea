"""HeyGen behind our protocol, over real HTTP to its stand-in (docs/contracts/heygen.md)."""

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from avatars.models import AvatarGeneration
from avatars.provider_stub.heygen import LOOKS, OWN_LOOKS, VOICES, HeyGenStub
from avatars.providers import registry, remedies
from avatars.providers.base import Origin, OwnAudio, VideoJob, VideoStatus
from avatars.providers.heygen import api, faults
from avatars.providers.heygen.provider import OFTEN, HeyGenProvider
from avatars.services.generation_states import State
from avatars.services.pictures import keep_background
from avatars.synthetic import AI_NOTICE, TRAINED
from avatars.tests.a2e_helpers import shows_captions
from avatars.tests.generation_builders import polled, worked
from avatars.tests.heygen_fixtures import PROFILE, HeyGen, order
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db

# Contract §2–§6: the documented paths, and no others.
REAL_PATHS = {
    "GET /v3/users/me", "GET /v3/avatars/looks", "GET /v3/voices", "POST /v3/voices/speech", "POST /v3/assets", "POST /v3/videos",
    "GET /v3/videos",
    "GET /v3/videos/statuses", "GET /v3/videos/{id}", "DELETE /v3/videos/{id}", "POST /v3/webhooks/endpoints",
    "GET /v3/webhooks/endpoints", "DELETE /v3/webhooks/endpoints/{id}",
}  # fmt: skip


def made(heygen: HeyGen, **settings: Any) -> AvatarGeneration:
    """A video from the wish to our copy."""
    generation = worked(order(**settings))
    heygen.stub.finish()
    return polled(generation)


def picture_of(generation: AvatarGeneration) -> tuple[int, int]:
    with generation.video.open("rb") as file, av.open(file, format="mp4") as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


# --- The account ------------------------------------------------------------------------------------------------------


def test_the_stand_in_has_exactly_the_documented_paths() -> None:
    assert {path for path in HeyGenStub().paths() if "/files/" not in path} == REAL_PATHS


def test_without_a_key_there_is_no_heygen(settings: Any) -> None:
    settings.HEYGEN_API_KEY = ""
    assert "heygen" not in registry.configured_kinds()


def test_own_and_public_avatars_come_apart_and_unready_ones_not_at_all(heygen: HeyGen) -> None:
    found = {character.id: character for character in heygen.provider.characters()}
    assert set(found) == {*LOOKS, "lk_hr"} and "lk_new" in OWN_LOOKS
    assert found["lk_hr"].origin == Origin.CLONED and found["lk_emma"].origin == Origin.PUBLIC
    assert found["lk_emma"].gender == "female" and found["lk_emma"].picture_url.startswith("http")


def test_voices_of_every_page_are_read_with_our_languages(heygen: HeyGen, monkeypatch: pytest.MonkeyPatch) -> None:
    real = api.HeyGenApi.pages
    monkeypatch.setattr(api.HeyGenApi, "pages", lambda self, path, *, limit, **params: real(self, path, limit=2, **params))
    found = {voice.id: voice for voice in heygen.provider.voices()}
    assert set(found) == {*VOICES, "vo_clone"} and found["vo_clone"].origin == Origin.CLONED
    assert [found[key].language for key in ("vo_maria", "vo_anna", "vo_aigul", "vo_luz")] == ["ru", "en", "kk", "Spanish"]
    assert len(heygen.server.calls("GET /v3/voices")) > 2


def test_the_balance_is_the_wallets(heygen: HeyGen) -> None:
    balance = heygen.provider.balance()
    assert balance and (balance.amount, balance.unit) == (Decimal("100.0"), "USD")


@pytest.mark.parametrize(
    ("data", "amount"),
    [
        ({"subscription": {"credits": {"premium_credits": {"remaining": 7}, "add_on_credits": {"remaining": 3}}}}, 10),
        ({"usage_based": {"remaining_credits": 4}}, 4),
        ({"wallet": {"remaining_balance": "NaN"}, "usage_based": None}, None),
        ({}, None),
    ],
)
def test_whichever_balance_is_there_is_shown(heygen: HeyGen, data: dict[str, Any], amount: int | None) -> None:
    from avatars.providers.heygen.answers import balance

    found = balance(data)
    assert (int(found.amount) if found else None) == amount


# --- The order --------------------------------------------------------------------------------------------------------


def test_a_video_is_made_from_our_own_sound_and_kept_as_our_copy(heygen: HeyGen) -> None:
    generation = made(heygen)
    assert generation.state == State.SUCCEEDED and generation.progress == 100
    [body] = heygen.bodies()
    assert body["audio_asset_id"] in heygen.stub.assets and not {"script", "voice_id", "audio_url"} & set(body)
    with generation.audio.open("rb") as file:
        assert heygen.stub.assets[body["audio_asset_id"]] == (file.read(), "audio/wav")
    assert heygen.stub.paid == [generation.reference]
    assert heygen.server.calls("POST /v3/videos")[0].headers["idempotency-key"] == generation.reference
    with generation.video.open("rb") as film:
        kept = film.read()
    # It should say that it is synthetic, also where the provider's own file does not (hiring_law 2).
    assert TRAINED.encode() in kept and AI_NOTICE.encode() in kept


@pytest.mark.parametrize(
    ("aspect", "resolution", "size", "words"),
    [
        ("vertical", 720, (720, 1280), ("9:16", "720p")),
        ("horizontal", 720, (1280, 720), ("16:9", "720p")),
        ("square", 1080, (1080, 1080), ("1:1", "1080p")),
    ],
)
def test_shape_and_resolution_reach_the_order_and_the_film(
    heygen: HeyGen, aspect: str, resolution: int, size: tuple[int, int], words: tuple[str, str]
) -> None:
    generation = made(heygen, aspect=aspect, resolution=resolution)
    body = heygen.bodies()[0]
    assert (body["aspect_ratio"], body["resolution"]) == words and picture_of(generation) == size


def test_captions_are_asked_for_and_the_captioned_file_is_fetched(heygen: HeyGen) -> None:
    assert not shows_captions(Path(made(heygen).video.path)) and "caption" not in heygen.bodies()[0]
    assert shows_captions(Path(made(heygen, captions=True).video.path))
    assert heygen.bodies()[1]["caption"] == {"file_format": "srt", "style": "default"}
    assert "captions" in [call for call in heygen.server.calls("GET /files/*")][-1].query


def test_a_colour_a_picture_and_a_drawn_room_as_background(heygen: HeyGen) -> None:
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "red").save(file, "PNG")
    picture = keep_background(file.getvalue(), by=None)
    for background in ("#37187f", picture.name, "office"):
        worked(order(background=background))
    colour, uploaded, room = heygen.bodies()
    assert colour["background"] == {"type": "color", "value": "#37187f"} and "background" not in room
    content, kind = heygen.stub.assets[uploaded["background"]["asset_id"]]
    assert kind == "image/jpeg" and Image.open(io.BytesIO(content)).format == "JPEG"


def test_their_own_voice_says_prepared_text_at_the_profiles_speed(heygen: HeyGen) -> None:
    generation = made(heygen, text="# Привет, *мир*! https://x.kz", speech_engine="heygen", voice="vo_maria", speed=2.0)
    [body] = heygen.bodies()
    assert (body["script"], body["voice_id"], body["voice_settings"]) == ("Привет, мир!", "vo_maria", {"speed": 1.5})
    assert generation.state == State.SUCCEEDED and not generation.audio and not heygen.stub.assets


def test_expressiveness_is_sent_only_where_there_is_such_a_word(heygen: HeyGen) -> None:
    worked(order(emotion="high")), worked(order(emotion="friendly"))
    assert [body.get("expressiveness") for body in heygen.bodies()] == ["high", None]


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"recorded_avatar": ""}, remedies.AVATAR_NOT_CHOSEN),
        ({"recorded_avatar": "lk_nobody"}, remedies.AVATAR_MISSING),
        ({"speech_engine": "heygen", "voice": ""}, remedies.VOICE_MISSING),
        ({"speech_engine": "heygen", "voice": "vo_nobody"}, remedies.VOICE_MISSING),
    ],
)
def test_a_wrong_choice_fails_with_its_remedy_and_costs_nothing(heygen: HeyGen, chosen: dict[str, Any], code: str) -> None:
    generation = worked(order(**chosen))
    assert (generation.state, generation.error_code) == (State.FAILED, code) and not heygen.stub.paid
    assert generation.error_message == remedies.remedy(code) != remedies.remedy("server")


def test_a_sound_that_is_too_long_is_refused_before_anything_is_sent(heygen: HeyGen, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    path.write_bytes(b"RIFF")
    job = VideoJob("gen-1", "", "ru", PROFILE, OwnAudio(path, 600_001, {}))
    with pytest.raises(ProviderError) as caught:
        heygen.provider.create_video(job)
    assert caught.value.code == remedies.SOUND_TOO_LONG and caught.value.permanent and not heygen.server.ledger


def test_a_large_sound_is_not_held_in_memory_while_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(bytes(300_000))
    with api.OneFile(path, "sound.wav", "audio/wav") as body:
        pieces = list(body)
    assert sum(map(len, pieces)) == len(body) and max(map(len, pieces)) <= 64 * 1024
    assert pieces[0].startswith(b"--") and pieces[-1].endswith(b"--\r\n")


def test_the_deadline_grows_with_the_clip_and_a_webhook_makes_asking_seldom(heygen: HeyGen, settings: Any) -> None:
    assert OFTEN.deadline_for(10.0) == 45 * 60 + 30
    settings.HEYGEN_WEBHOOK_SECRET = "whsec_x"
    assert HeyGenProvider().polling.wait_s(20) == 120 and HeyGenProvider().polling.deadline_for(0) == 45 * 60


def test_a_deleted_video_is_gone_and_deleting_twice_is_forgiven(heygen: HeyGen) -> None:
    generation = worked(order())
    provider = heygen.provider
    assert isinstance(provider, HeyGenProvider)
    provider.delete_video(generation.provider_id)
    provider.delete_video(generation.provider_id)
    assert (polled(generation).state, generation.error_code) == (State.FAILED, remedies.GONE)


# --- Their words ------------------------------------------------------------------------------------------------------


def test_every_code_of_the_contract_has_a_category_and_where_needed_a_remedy() -> None:
    for code in faults.known_codes():
        error = faults.fault(code, Category.SERVER)
        assert error.provider == "heygen" and remedies.remedy(remedies.code_of(error))
    assert faults.fault("nobody_knows", Category.RATE_LIMIT).category == Category.RATE_LIMIT
    assert faults.fault("invalid_parameter", Category.SERVER, field="voice_id").code == remedies.VOICE_MISSING


@pytest.mark.parametrize(
    ("body", "category"),
    [
        ({"data": None, "error": {"code": "unauthorized", "message": "x"}}, Category.AUTHENTICATION),
        ({"error": "insufficient_credit"}, Category.QUOTA),
        ({"error": "something went wrong"}, Category.SERVER),
        ({"code": 400123, "message": "slow down"}, Category.RATE_LIMIT),
        ({"code": 40119, "message": "too long", "data": None}, Category.INVALID_REQUEST),
    ],
)
def test_an_error_under_status_200_is_an_error(heygen: HeyGen, body: dict[str, Any], category: Category) -> None:
    from interview_site.stub_faults import instead
    from interview_site.stub_server import Reply

    heygen.server.break_next("GET /v3/users/me", instead(Reply(body)))
    with pytest.raises(ProviderError) as caught:
        heygen.provider.balance()
    assert caught.value.category == category


def test_no_key_and_no_word_of_a_person_reaches_the_log(heygen: HeyGen, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    made(heygen, text="Совершенно секретные слова")
    told = json.dumps([[str(value) for value in vars(record).values()] for record in caplog.records], ensure_ascii=False)
    assert heygen.stub.token not in told and "секретные" not in told and "req-" in told


@pytest.mark.parametrize("word", ["waiting", "pending", "queued", "processing", "rendering", "", None])
def test_an_unknown_word_means_it_goes_on(word: object) -> None:
    from avatars.providers.heygen.answers import state_of

    assert state_of("x", {"status": word}).status in (VideoStatus.ACCEPTED, VideoStatus.PROCESSING)


# --- The retired paths ------------------------------------------------------------------------------------------------


def test_the_retired_paths_work_only_when_they_are_chosen(old_heygen: HeyGen) -> None:
    generation = worked(order(aspect="vertical"))
    old_heygen.stub.finish()
    assert polled(generation).state == State.SUCCEEDED and picture_of(generation) == (720, 1280)
    assert {call.path.split("/")[1] for call in old_heygen.server.calls("* /v*")} == {"v1", "v2"}
    provider = old_heygen.provider
    assert provider.characters() and provider.voices() and provider.balance()
    assert not provider.capabilities.create_is_idempotent and not provider.capabilities.finds_by_reference


def test_the_retired_status_names_the_download_fault_of_the_old_client(old_heygen: HeyGen) -> None:
    old_heygen.stub.ends("HTTP_DOWNLOAD_FAILED")
    generation = worked(order())
    old_heygen.stub.finish()
    assert (polled(generation).state, generation.error_code) == (State.FAILED, remedies.SOURCE_UNREACHABLE)
