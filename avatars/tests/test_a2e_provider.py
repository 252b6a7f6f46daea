"""A2E as a provider, over real HTTP: what it is asked for and what its answers mean (docs/contracts/a2e.md)."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import av
import pytest
from django.core.files.base import ContentFile
from django.test import Client

from avatars.models import BackgroundPicture
from avatars.provider_stub import faults as stub_faults_of
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import remedies
from avatars.providers.a2e import api, orders
from avatars.providers.a2e.provider import A2EProvider
from avatars.providers.base import Origin, OwnAudio
from avatars.services.generation_work import work
from avatars.services.generations import generate
from avatars.tests.a2e_helpers import GENERATE, asked, job, made, shows_captions
from avatars.tests.generation_builders import PROFILE
from avatars.tests.test_provider_stub import REAL_PATHS
from interview_site import own_address, stub_faults
from interview_site.errors import Category, ProviderError
from interview_site.stub_server import Reply

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db


# --- Paths ------------------------------------------------------------------------------------------------------------


def test_the_client_knows_the_documented_paths_and_no_others() -> None:
    paths = {value for name, value in vars(api).items() if name.isupper() and isinstance(value, str)}
    assert paths == {line.partition(" ")[2] for line in REAL_PATHS}


# --- The catalogue ----------------------------------------------------------------------------------------------------


def test_public_and_cloned_voices_stand_apart(provider: A2EProvider, a2e: A2EStub) -> None:
    voices = provider.voices()
    clones = [voice for voice in voices if voice.origin == Origin.CLONED]
    assert [voice.id for voice in clones] == ["clone:spk_0001~71b2c3d4e5f60718293a4b5c", "clone:71b2c3d4e5f60718293a4b5d"]
    russian = {voice.name: voice.gender for voice in voices if voice.language == "ru"}
    assert (
        russian["Anna"] == "female"
        and russian["Marat"] == "male"
        and {voice.language for voice in voices} == {"", "ru", "en", "kk"}
    )
    assert a2e.server.calls("GET /api/v1/anchor/voice_list")[0].query == {
        "country": "ru", "region": "RU", "voice_map_type": "ru-RU",
    }  # fmt: skip


def test_own_avatars_are_told_from_public_ones(provider: A2EProvider) -> None:
    found = [one for one in provider.characters() if one.recorded]
    assert [(one.name, one.origin) for one in found] == [
        ("Emma", Origin.PUBLIC), ("Oliver", Origin.PUBLIC), ("Own avatar 3", Origin.OWN),
    ]  # fmt: skip
    assert all(one.picture_url.startswith("http") and not one.live for one in found)


def test_an_older_service_is_asked_by_post(provider: A2EProvider, a2e: A2EStub) -> None:
    a2e.server.break_next("GET /api/v1/anchor/character_list", stub_faults.status(405), times=-1)
    a2e.add("POST", "/api/v1/anchor/character_list", a2e.character_list)
    assert len([one for one in provider.characters() if one.recorded]) == 3


def test_an_account_without_clones_still_has_its_public_voices(provider: A2EProvider, a2e: A2EStub) -> None:
    a2e.server.break_next("GET /api/v1/userVoice/*", stub_faults_of.a2e_error(1, "no records"))
    assert {voice.origin for voice in provider.voices()} == {Origin.PUBLIC}


@pytest.mark.parametrize("data", [None, {}, "x", [None, 7, {"children": None}, {"children": [{}, 3]}]])
def test_a_catalogue_of_another_shape_is_a_fault_or_empty_and_no_crash(provider: A2EProvider, a2e: A2EStub, data: object) -> None:
    a2e.server.break_next("GET *", stub_faults.instead(Reply({"code": 0, "data": data})), times=-1)
    for ask in (provider.voices, provider.characters):
        try:
            assert ask() == ()
        except ProviderError as error:
            assert error.category == Category.SERVER


def test_the_balance_is_read_and_a_strange_one_refused(provider: A2EProvider, a2e: A2EStub) -> None:
    balance = provider.balance()
    assert balance and (balance.amount, balance.unit) == (Decimal(1000), "coins")
    a2e.server.break_next("*", stub_faults.instead(Reply({"code": 0, "data": {"coins": None}})))
    with pytest.raises(ProviderError):
        provider.balance()


@pytest.mark.parametrize(
    ("text", "language"), [("Расскажите о себе", "ru"), ("Tell me about it", "en"), ("Өзіңіз туралы айтыңыз", "kk")]
)
def test_it_says_which_language_a_text_is_in(provider: A2EProvider, text: str, language: str) -> None:
    assert provider.detected_language(text) == language


@pytest.mark.parametrize(
    ("word", "language"), [("ru-RU", "ru"), ("Kazakh", "kk"), ("EN", "en"), ("Klingon", ""), (None, ""), (7, "")]
)
def test_a_language_is_known_by_any_of_its_names(word: object, language: str) -> None:
    assert orders.language_named(word) == language


# --- Speech -----------------------------------------------------------------------------------------------------------


def test_the_profile_s_voice_and_speed_reach_the_request(provider: A2EProvider, a2e: A2EStub) -> None:
    voice = a2e.voice_id("ru", "Marat")
    provider.speak(job(speech_engine="a2e", voice=f"ru-{voice}", speed=1.4))
    assert asked(a2e, "POST *send_tts") == [{"msg": "Привет!", "speechRate": 1.4, "tts_id": voice}]


def test_a_faster_voice_makes_a_shorter_sound(provider: A2EProvider, a2e: A2EStub) -> None:
    text = "Расскажите, пожалуйста, о вашем последнем проекте."
    lengths = []
    for speed in (0.7, 1.6):
        spoken = provider.speak(job(text, speed=speed))
        lengths.append(a2e._speech[spoken.audio.rpartition("/")[2]][0].duration_ms)
    assert lengths[1] < lengths[0] * 0.7


def test_a_profile_with_another_engine_gets_the_usual_voice_of_the_language_and_gender(
    provider: A2EProvider, a2e: A2EStub
) -> None:
    for language, presenter, name in (("ru", "aliya", "Anna"), ("kk", "timur", "Daulet")):
        provider.speak(job("Сәлем", language, speech_engine="espeak", voice="ru-male-1", presenter=presenter))
        assert asked(a2e, "POST *send_tts")[-1]["tts_id"] == a2e.voice_id(language, name)


def test_a_clone_is_tried_by_its_speaker_id_and_then_by_its_record(provider: A2EProvider, a2e: A2EStub) -> None:
    voice = "kk-clone:spk_0001~71b2c3d4e5f60718293a4b5c"
    a2e.server.break_next("POST *send_tts", stub_faults_of.a2e_error(400, "user_voice_id is wrong", status=400))
    provider.speak(job("Сәлем", "kk", speech_engine="a2e", voice=voice))
    bodies = asked(a2e, "POST *send_tts")
    assert [body["user_voice_id"] for body in bodies] == ["spk_0001", "71b2c3d4e5f60718293a4b5c"]
    assert {(body["country"], body["region"]) for body in bodies} == {("kk", "KZ")} and len(a2e.paid) == 1


def test_a_text_beyond_the_plan_s_limit_is_refused_before_it_costs(provider: A2EProvider, a2e: A2EStub) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.speak(job("слово " * 200))
    assert caught.value.code == remedies.NEEDS_PUBLIC_SITE and not a2e.paid


# --- Settings and the film --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profile", "fields", "size"),
    [
        ({"resolution": 720}, {"resolution": 720, "web_bg_width": 0, "web_people_x": 0}, (1280, 720)),
        ({"resolution": 1080}, {"resolution": 1080}, (1920, 1080)),
        ({"aspect": "vertical", "background": "#102030"}, {"web_bg_width": 480, "web_bg_height": 853, "color": "rgb(16,32,48)"},
         (720, 1280)),
        ({"aspect": "square", "background": "#102030"}, {"web_bg_width": 480, "web_people_width": 853, "web_people_x": -187},
         (720, 720)),
        ({"aspect": "horizontal", "background": "#102030", "resolution": 1080}, {"web_bg_width": 853}, (1920, 1080)),
        ({"aspect": "vertical", "background": "office"}, {"web_bg_width": 0}, (1280, 720)),
        ({"captions": True}, {"isCaptionEnabled": True}, None),
        ({"captions": False}, {"isCaptionEnabled": False}, None),
        ({"lip_sync": "best"}, {"isSkipRs": False}, None),
        ({"lip_sync": "fast"}, {"isSkipRs": True}, None),
    ],
)  # fmt: skip
def test_each_setting_changes_the_order_and_the_film(
    provider: A2EProvider, a2e: A2EStub, tmp_path: Path, profile: dict[str, Any], fields: dict[str, Any], size: Any
) -> None:
    provider_id = made(provider, job(**profile))
    body = asked(a2e, GENERATE)[0]
    assert {name: body[name] for name in fields} == fields
    assert ("captionAlign" in body) is body["isCaptionEnabled"]
    provider.video_state(provider_id)
    state = provider.video_state(provider_id)
    provider.fetch_video(state, tmp_path / "film.mp4")
    assert shows_captions(tmp_path / "film.mp4") is body["isCaptionEnabled"]
    if size:
        with av.open(str(tmp_path / "film.mp4")) as film:
            picture = film.streams.video[0]
            assert (picture.width, picture.height) == size and film.streams.audio
            assert abs(picture.frames * 40 - a2e.jobs[provider_id].sound.duration_ms) <= 80


def test_captions_are_asked_for_in_the_language_of_the_text(provider: A2EProvider, a2e: A2EStub) -> None:
    made(provider, job("Сәлем", "kk"))
    assert asked(a2e, GENERATE)[0]["captionAlign"]["language"] == "kk-KZ"


def test_the_chosen_avatar_is_ordered_with_its_type(provider: A2EProvider, a2e: A2EStub) -> None:
    rows = a2e.characters()
    for row, kind in ((rows[1], 0), (rows[2], 1)):
        made(provider, job(recorded_avatar=row["_id"]))
        body = asked(a2e, GENERATE)[-1]
        assert (body["anchor_id"], body["anchor_type"], body["title"]) == (row["_id"], kind, "gen-abc-1")


def test_an_avatar_of_another_account_is_refused_before_it_costs(provider: A2EProvider, a2e: A2EStub) -> None:
    with pytest.raises(ProviderError) as caught:
        provider.create_video(
            replace(job(recorded_avatar="68af59a86eeedd0042ca7e27"), provider_audio=a2e.url("/files/tts/x.wav"))
        )
    assert caught.value.code == remedies.AVATAR_MISSING and not a2e.server.calls(GENERATE)


def test_our_sound_is_given_by_an_address_where_the_site_can_be_reached(
    provider: A2EProvider, a2e: A2EStub, settings: Any, tmp_path: Path
) -> None:
    assert not provider.takes_our_sound({})
    settings.PUBLIC_BASE_URL = "https://interviews.example.org"
    own_address.forget()
    own_address.others_can_fetch(lambda host, port: ["93.184.216.34"])
    assert provider.takes_our_sound({})
    audio = OwnAudio(tmp_path / "x.wav", 1000, {}, "https://interviews.example.org/order-sound/signed.wav")
    picture = BackgroundPicture.objects.create(file=ContentFile(b"x", "x.webp"), sha256="0" * 64, width=640, height=480)
    provider.create_video(replace(job(background=picture.name, aspect="vertical"), audio=audio))
    body = asked(a2e, GENERATE)[0]
    assert body["audioSrc"] == audio.address
    assert body["anchor_background_img"] == f"https://interviews.example.org/pictures/{picture.public_id}.webp"


@pytest.mark.parametrize(
    ("base", "found", "reachable"),
    [
        ("https://a.example", ["93.184.216.34"], True),
        ("http://a.example", ["93.184.216.34"], False),
        ("https://a.example", ["93.184.216.34", "10.0.0.1"], False),
        ("https://a.example", [], False),
        ("https://localhost", ["127.0.0.1"], False),
    ],
)
def test_a_site_is_reachable_by_https_and_public_addresses_only(
    settings: Any, base: str, found: list[str], reachable: bool
) -> None:
    settings.PUBLIC_BASE_URL = base
    own_address.forget()
    assert own_address.others_can_fetch(lambda host, port: found) is reachable
    own_address.forget()


def test_the_sound_of_an_order_is_open_to_whoever_holds_its_link_for_hours(client: Client, a2e: A2EStub, settings: Any) -> None:
    settings.A2E_OWN_SOUND, settings.PUBLIC_BASE_URL = "always", a2e.server.url
    generation = generate(text="Здравствуйте!", settings={**PROFILE, "providers": ["a2e"]})
    work(generation.pk)
    generation.refresh_from_db()
    link = asked(a2e, GENERATE)[0]["audioSrc"].removeprefix(settings.PUBLIC_BASE_URL)
    answer = client.get(link)
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav") and int(answer["Content-Length"]) > 10_000
    answer.close()
    assert client.get(link.replace(".wav", "x.wav")).status_code == 404
    # It should not have paid for a voice.
    assert [what for what, _key in a2e.paid] == ["video"]
