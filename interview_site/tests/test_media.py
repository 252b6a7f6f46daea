"""Byte ranges, conditions and headers of the one media answer (threats 60–61)."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from interview_site.media import ranged_response

BODY = bytes(range(256)) * 4096  # 1 MiB: several chunks


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "clip.wav"
    path.write_bytes(BODY)
    return path


async def get(source: object, method: str = "GET", **headers: str) -> HttpResponse:
    request = RequestFactory().generic(method, "/x", headers={k.replace("_", "-"): v for k, v in headers.items()})
    return await ranged_response(request, source, content_type="audio/wav", filename="a.wav")


async def body(response: HttpResponse) -> bytes:
    return b"".join([piece async for piece in response]) if response.streaming else response.content


async def test_the_whole_file_comes_with_its_length_and_safe_headers(clip: Path) -> None:
    response = await get(clip)
    assert (response.status_code, response["Content-Length"]) == (200, str(len(BODY)))
    assert await body(response) == BODY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "audio/wav"
    assert response["Content-Disposition"] == 'inline; filename="a.wav"'
    assert "sandbox" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=100-299999", 100, 299999),
        ("bytes=1048570-", 1048570, 1048575),
        ("bytes=1048570-99999999", 1048570, 1048575),
        ("bytes=-5", 1048571, 1048575),
        ("bytes=-99999999", 0, 1048575),
    ],
)
async def test_a_range_gets_206_and_exactly_its_bytes(clip: Path, asked: str, first: int, last: int) -> None:
    response = await get(clip, Range=asked)
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/{len(BODY)}"
    assert response["Content-Length"] == str(last - first + 1)
    assert await body(response) == BODY[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1048576-", "bytes=9999999-99999999", "bytes=-0"])
async def test_a_range_outside_the_file_gets_416(clip: Path, asked: str) -> None:
    response = await get(clip, Range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(BODY)}")


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "seconds=1-2", "bytes=a-b", "bytes=" + "9" * 40 + "-"]
)
async def test_a_range_we_cannot_read_gets_the_whole_file(clip: Path, asked: str) -> None:
    response = await get(clip, Range=asked)
    assert (response.status_code, len(await body(response))) == (200, len(BODY))


async def test_head_has_the_headers_and_no_body(clip: Path) -> None:
    response = await get(clip, "HEAD", Range="bytes=0-9")
    assert (response.status_code, response["Content-Length"], response.content) == (206, "10", b"")


async def test_post_is_refused(clip: Path) -> None:
    assert (await get(clip, "POST")).status_code == 405


async def test_if_range_with_another_version_gets_the_whole_file(clip: Path) -> None:
    etag = (await get(clip, "HEAD"))["ETag"]
    modified = (await get(clip, "HEAD"))["Last-Modified"]
    assert (await get(clip, "HEAD", Range="bytes=0-9", If_Range=etag)).status_code == 206
    assert (await get(clip, "HEAD", Range="bytes=0-9", If_Range=modified)).status_code == 206
    assert (await get(clip, "HEAD", Range="bytes=0-9", If_Range='"old"')).status_code == 200


async def test_an_unchanged_file_gets_304(clip: Path) -> None:
    etag = (await get(clip, "HEAD"))["ETag"]
    assert (await get(clip, If_None_Match=etag)).status_code == 304
    clip.write_bytes(BODY + b"more")
    assert (await get(clip, "HEAD", If_None_Match=etag)).status_code == 200


async def test_a_missing_file_and_a_folder_are_404(tmp_path: Path) -> None:
    for source in (tmp_path / "none.wav", tmp_path):
        with pytest.raises(Http404):
            await get(source)


async def test_an_empty_file_is_an_empty_answer(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    response = await get(tmp_path / "empty.wav")
    assert (response.status_code, response["Content-Length"], await body(response)) == (200, "0", b"")
    assert (await get(tmp_path / "empty.wav", Range="bytes=0-")).status_code == 416


async def test_a_file_of_a_remote_storage_is_served_too() -> None:
    remote = ContentFile(BODY, name="far.wav")
    response = await get(remote, Range="bytes=256-511")
    assert (response.status_code, await body(response)) == (206, BODY[256:512])


async def test_a_file_without_content_is_404(db: None) -> None:
    from avatars.models import Speech

    with pytest.raises(Http404):
        await get(Speech().audio)


async def test_a_client_that_left_does_not_leave_the_file_open(clip: Path) -> None:
    response = await get(clip)
    closers = list(response._resource_closers)
    response.close()
    assert closers
    assert closers[0].__self__.closed


async def test_nginx_is_handed_files_of_ours_only(clip: Path, settings: object, tmp_path: Path) -> None:
    settings.X_ACCEL, settings.MEDIA_ROOT = True, tmp_path / "media"
    inside = tmp_path / "media" / "speech" / "ü 1.wav"
    inside.parent.mkdir(parents=True)
    inside.write_bytes(b"x")
    assert (await get(inside))["X-Accel-Redirect"] == "/_media/speech/%C3%BC%201.wav"
    assert "X-Accel-Redirect" not in await get(clip)
