"""The client programs of docs/integration.md against a running site: a foreign page in Chromium, Python, curl, ffmpeg."""

import functools
import http.server
import io
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
import requests
from django.conf import settings

from interviews.tests.browser.running_site import RunningSite

TEXT = (
    "Здравствуйте! Меня зовут Алия. Сегодня мы поговорим о вашем опыте, о проектах и о команде. "
    "Расскажите, пожалуйста, о самом трудном проекте. До свидания!"
)
_MINT = (
    "from django.contrib.auth import get_user_model as u; from interview_site.api import tokens; "
    "print('token=' + tokens.mint(name='x', owner=u().objects.filter(is_superuser=True).first(), scopes=['avatar'])[1])"
)


def example(name: str) -> str:
    guide = (settings.BASE_DIR / "docs" / "integration.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", guide, re.DOTALL)
    assert found, f"docs/integration.md has no example {name}"
    return found[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clients")


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Iterator[str]:
    """Another site with a page of its own."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[dict[str, str]]:
    """A site that lists the other one; what the programs need in their environment."""
    running = RunningSite(tmp_path_factory.mktemp("chunk-site"), {"CORS_ALLOWED_ORIGINS": elsewhere}).start()
    try:
        minted = subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", _MINT], cwd=settings.BASE_DIR, capture_output=True, text=True,
            check=True,
            env={**os.environ, "VAR_DIR": str(running.var_dir), "PORT": str(running.port), "DATABASE_URL": "", "REDIS_URL": ""},
        )  # fmt: skip
        yield {"AVATAR_API": running.base_url, "AVATAR_TOKEN": re.search(r"token=(\S+)", minted.stdout)[1]}
    finally:
        running.stop()
    assert running.faults() == []


def page_for(api: dict[str, str]) -> str:
    page = example("page.html").replace("https://interviews.example.com", api["AVATAR_API"])
    return page.replace("YOUR_TOKEN", api["AVATAR_TOKEN"])


def run(command: list[str], folder: Path, api: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env={**os.environ, **api})
    assert done.returncode == 0, done.stderr
    return done.stdout


def length_s(path: Path) -> float:
    with av.open(str(path)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        return container.duration / 1e6


def test_a_page_of_another_site_plays_the_chunks_one_after_another(api, folder, elsewhere, person):
    (folder / "page.html").write_text(page_for(api), encoding="utf-8")
    page = person("ru")
    page.set_default_timeout(90_000)
    page.goto(f"{elsewhere}/page.html")
    seen = page.evaluate(
        """async (text) => {
            const seen = [];
            document.addEventListener("chunk-played", (event) => {
                const video = [...document.querySelectorAll("video")].find((each) => each.src.endsWith(event.detail.video_url));
                seen.push({
                    index: event.detail.index, text: event.detail.text, duration: event.detail.duration,
                    played: video.currentTime, width: video.videoWidth, sound: video.webkitAudioDecodedByteCount,
                    frames: video.getVideoPlaybackQuality().totalVideoFrames,
                });
            });
            await speak(text);
            return seen;
        }""",
        TEXT,
    )
    assert [chunk["index"] for chunk in seen] == list(range(len(seen))) and len(seen) >= 2
    assert "".join(chunk["text"] for chunk in seen) == TEXT
    for chunk in seen:
        assert chunk["played"] == pytest.approx(chunk["duration"], rel=0.02, abs=0.05)
        assert chunk["width"] == 480 and chunk["sound"] > 0 and chunk["frames"] > 10


def test_the_chat_bot_shows_its_answer_with_a_face(api, folder, elsewhere, person):
    (folder / "chat.html").write_text(f"{page_for(api)}<script>{example('chat.js')}</script>", encoding="utf-8")
    page = person("ru")
    page.set_default_timeout(60_000)
    page.goto(f"{elsewhere}/chat.html")
    page.evaluate("() => showAnswer('Да, конечно.')")
    assert page.locator("p").inner_text() == "Да, конечно."
    assert page.evaluate("() => document.querySelectorAll('video').length") == 3


def test_the_python_program_downloads_and_ffmpeg_joins(api, folder):
    (folder / "download.py").write_text(example("download.py"), encoding="utf-8")
    (folder / "join.sh").write_text(example("join.sh"), encoding="utf-8")
    printed = run([sys.executable, "download.py", TEXT], folder, api)
    videos = sorted((folder / "chunks").glob("video_*.mp4"))
    assert len(videos) == len(list((folder / "chunks").glob("audio_*.wav"))) == len(printed.splitlines()) >= 2
    if not shutil.which("ffmpeg"):
        pytest.skip("LEFT OUT: no ffmpeg on this machine")
    run(["bash", "join.sh", "chunks", "film.mp4"], folder, api)
    assert length_s(folder / "film.mp4") == pytest.approx(sum(map(length_s, videos)), rel=0.03)


@pytest.mark.skipif(not shutil.which("curl"), reason="LEFT OUT: no curl on this machine")
def test_the_shell_program_downloads_chunks_and_the_whole(api, folder):
    (folder / "chunks.sh").write_text(example("chunks.sh"), encoding="utf-8")
    printed = run(["bash", "chunks.sh", f'{TEXT}\n"Да" — сказали мы.'], folder, api)
    made = int(printed.split()[0])
    assert made >= 2 and all((folder / f"chunk_audio_{place}.wav").stat().st_size > 1000 for place in range(made))
    whole, parts = length_s(folder / "whole.mp4"), sum(length_s(folder / f"chunk_video_{place}.mp4") for place in range(made))
    assert whole == pytest.approx(parts, rel=0.15)


def test_many_clients_wait_for_their_chunks_at_once(api):
    headers = {"Authorization": f"Bearer {api['AVATAR_TOKEN']}"}
    body = {"text": TEXT + " Ещё раз.", "chunk_size": 5}
    answer = requests.post(f"{api['AVATAR_API']}/r/api/stream_chunks", json=body, headers=headers, timeout=30).json()
    found: list[bytes] = []

    def fetch(address: str) -> None:
        found.append(requests.get(api["AVATAR_API"] + address, timeout=60).content)

    readers = [threading.Thread(target=fetch, args=(chunk["video_url"],)) for chunk in answer["chunks"] for _twice in (1, 2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(found) == 2 * answer["total_chunks"] >= 4
    for data in found:
        with av.open(io.BytesIO(data)) as container:
            assert container.duration > 0
