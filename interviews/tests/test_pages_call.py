"""The call page's data and the speech files (design §5, §6; threats 60)."""

import json
import re
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from avatars.models import AvatarSettings, Speech
from interviews import links
from interviews.consent_texts import CONSENTS, DOCUMENTS, LANGUAGES
from interviews.models import Interview
from interviews.services.steps import PAGES, Step
from interviews.tests.builders import candidate_client, make_interview, make_position

pytest_plugins = ["avatars.tests.live_fixtures"]
pytestmark = pytest.mark.django_db
WAV = b"RIFF" + bytes(range(200))


@pytest.fixture
def speech(settings, tmp_path) -> Speech:
    settings.MEDIA_ROOT = tmp_path
    row = Speech(
        fingerprint="f" * 64, engine="espeak", voice="en", language="en", speed=1.0, text="Hello.", duration_ms=500,
        timeline={"duration_ms": 500, "visemes": [], "words": [[0, 400, 0, 5]]},
    )  # fmt: skip
    row.audio.save("hello.wav", ContentFile(WAV), save=True)
    return row


def make_ready(**fields: object) -> Interview:
    now = timezone.now()
    return make_interview(**{"state": "ready", "notice_at": now, "consented_at": now, "checked_at": now, **fields})


def sound(interview: Interview, speech_id: str, kind: str = "audio") -> str:
    return reverse(f"interview-speech-{kind}", args=[interview.public_id, speech_id])


def body(answer: object) -> bytes:
    async def gather() -> bytes:
        return b"".join([part async for part in answer])

    return async_to_sync(gather)() if answer.streaming else answer.content


def test_sound_and_timeline_come_to_the_candidate_and_may_be_kept(speech):
    interview = make_interview()
    client = candidate_client(interview)
    audio, timeline = (client.get(sound(interview, speech.public_id, kind)) for kind in ("audio", "timeline"))
    assert body(audio) == WAV and audio["Content-Type"] == "audio/wav"
    assert timeline.json() == speech.timeline
    assert {audio["Cache-Control"], timeline["Cache-Control"]} == {"private, max-age=3600, immutable"}


def test_a_part_of_the_sound_can_be_had(speech):
    interview = make_interview()
    answer = candidate_client(interview).get(sound(interview, speech.public_id), headers={"range": "bytes=0-3"})
    assert (answer.status_code, body(answer)) == (206, b"RIFF")


@pytest.mark.parametrize("kind", ["audio", "timeline"])
def test_speech_is_hidden_from_strangers(client, speech, kind):
    interview = make_interview()
    assert client.get(sound(interview, speech.public_id, kind)).status_code == 404
    assert candidate_client(make_interview()).get(sound(interview, speech.public_id, kind)).status_code == 404


@pytest.mark.parametrize("kind", ["audio", "timeline"])
@pytest.mark.parametrize("speech_id", ["nothing", "..", "%2e%2e%2fdb", "x" * 500, "\x00"])
def test_speech_that_is_not_there_is_404(kind, speech_id):
    interview = make_interview()
    assert candidate_client(interview).get(sound(interview, speech_id, kind)).status_code == 404


@pytest.mark.parametrize("kind", ["audio", "timeline"])
def test_speech_is_only_read(speech, kind):
    interview = make_interview()
    assert candidate_client(interview).post(sound(interview, speech.public_id, kind)).status_code == 405


def call_data(interview: Interview) -> dict:
    page = candidate_client(interview).get(reverse("interview-call", args=[interview.public_id])).content.decode()
    return json.loads(re.search(r'<script id="call-data" type="application/json">(.*?)</script>', page, re.S)[1])


def test_the_page_knows_its_socket_and_no_secret():
    interview = make_ready()
    data = call_data(interview)
    assert data["socket"] == f"/ws/interview/{interview.public_id}/" and data["live"] is False
    assert links.mac(interview.public_id, 1) not in json.dumps(data)
    assert all(data["words"].values())


SDKS = ("live_livekit", "live_agora")


def scripts_of(page: str) -> list[Path]:
    """The files of the page's script and link tags, beneath static/."""
    tags = re.findall(r"<(?:script|link)\b[^>]*>", page)
    named = [re.search(r'(?:src|href)="/static/([^"?]+)', tag) for tag in tags]
    return [Path(settings.BASE_DIR) / "static" / found[1] for found in named if found]


def test_a_call_without_a_live_avatar_does_not_name_its_carriers():
    interview = make_ready()
    page = candidate_client(interview).get(reverse("interview-call", args=[interview.public_id])).content.decode()
    assert call_data(interview)["carriers"] is None
    assert not any(sdk in page for sdk in SDKS)


def test_a_call_with_a_live_avatar_fetches_its_carrier_only_when_it_joins_a_room(live):
    vera = AvatarSettings.objects.create(name="Vera", style="live", providers=["fake", "local"], language="en")
    interview = make_ready(position=make_position(avatar=vera))
    page = candidate_client(interview).get(reverse("interview-call", args=[interview.public_id])).content.decode()
    carriers = call_data(interview)["carriers"]
    assert {Path(address).name.split(".")[0] for address in carriers.values()} == set(SDKS)
    outside_the_data = re.sub(r'<script id="call-data".*?</script>', "", page, flags=re.S)
    assert not any(sdk in outside_the_data for sdk in SDKS)
    loaded = [file for file in scripts_of(page) if file.suffix == ".js"]
    assert loaded and "call.js" in [file.name for file in loaded]
    for file in loaded:
        text = file.read_text()
        assert not re.search(r"livekit|agora", text, re.I), file.name
        # What a module imports statically is fetched with the page.
        assert not re.search(r"""(?:^|[;}])import\s*[{*"'\w]""", text), file.name
    call = next(file for file in loaded if file.name == "call.js").read_text()
    assert re.search(r"\bimport\(\w+\)", call)


def test_a_call_under_way_does_not_ring_again():
    assert call_data(make_ready(state="paused"))["live"] is True


def test_words_of_hr_cannot_leave_the_data_block():
    interview = make_ready(position=make_position(title='</script><img src=x onerror="alert(1)">', contact="</script>"))
    page = candidate_client(interview).get(reverse("interview-call", args=[interview.public_id])).content.decode()
    assert "<img src=x" not in page and page.count("</script>") == 2


@pytest.mark.parametrize("page", [*PAGES, "document", "later", "person"])
def test_no_page_runs_inline_script_or_style(page):
    interview = make_ready(state="completed" if page == Step.RECEIPT else "ready", wants_person_at=timezone.now())
    text = candidate_client(interview).get(reverse(f"interview-{page}", args=[interview.public_id])).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all('type="application/json"' in tag or "src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r'(src|href)="(https?:)?//', text)


def test_the_texts_are_whole_in_each_language():
    assert set(CONSENTS) == set(DOCUMENTS) == set(LANGUAGES)
    for language in LANGUAGES:
        assert set(CONSENTS[language]) == set(CONSENTS["en"])
        assert len(DOCUMENTS[language].sections) == len(DOCUMENTS["en"].sections)
        assert all(text.title and text.text and text.refusing for text in CONSENTS[language].values())
