"""One async answer with byte ranges for all media (design §9: Django's FileResponse has no ranges and is read whole
under ASGI).

The caller has already decided that this person may have this file (threats 60); here only HTTP happens: 200, 206, 304,
416, HEAD, If-Range, a fixed type, nosniff and a sandbox policy (threats 61). Reads happen in threads, never on the loop.
With X_ACCEL on, files below MEDIA_ROOT and RECORDING_DIR are handed to nginx instead.
"""

import asyncio
import hashlib
import logging
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from interview_site import object_storage

log = logging.getLogger(__name__)
CHUNK = 256 * 1024  # bytes read per hop to a thread
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


@dataclass
class _Source:
    """An open file: `size` in bytes as of now, `modified` in seconds since the epoch or None, `path` when it is local."""

    file: BinaryIO
    size: int
    etag: str
    modified: float | None
    path: Path | None


async def ranged_response(
    request: HttpRequest,
    source: Path | str | File,
    *,
    content_type: str,
    filename: str = "",
    attachment: bool = False,
    cache_control: str = "private, no-cache",
) -> HttpResponseBase:
    """Answer GET or HEAD for `source`: a local path, or a Django file of any storage (`speech.audio`).

    `content_type` is fixed by the caller, never guessed from a name; `filename` is what the browser saves it as.
    Raises Http404 when the file is not there.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    if settings.MEDIA_S3_REDIRECT and isinstance(source, File):
        link = await asyncio.to_thread(
            object_storage.signed_link, source, content_type=content_type, filename=filename, attachment=attachment
        )
        if link:
            return HttpResponse(status=302, headers={"Location": link, "Cache-Control": "no-store"})
    try:
        opened = await asyncio.to_thread(_open, source)
    except (OSError, ValueError) as error:  # ValueError: a row whose file field is empty
        raise Http404("This file is not here any more.") from error
    except object_storage.FAULTS as error:  # the storage is down or refuses us: not the reader's fault
        log.warning("object storage unavailable", extra={"fault": type(error).__name__})
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    headers = _headers(opened) | {"Content-Type": content_type, "Cache-Control": cache_control}
    if disposition := content_disposition_header(attachment, filename):
        headers["Content-Disposition"] = disposition
    answer = _answer(request, opened, headers)
    if not answer.streaming:
        opened.file.close()
    return answer


def _headers(source: _Source) -> dict[str, str]:
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": source.etag,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if source.modified is not None:
        headers["Last-Modified"] = formatdate(source.modified, usegmt=True)
    return headers


def _answer(request: HttpRequest, source: _Source, headers: dict[str, str]) -> HttpResponseBase:
    """One that streams closes the file itself."""
    if _unchanged(request, source.etag):
        headers.pop("Content-Type")
        return HttpResponse(status=304, headers=headers)
    if accelerated := _accelerated(source.path):
        return HttpResponse(headers={**headers, "X-Accel-Redirect": accelerated})
    status, first, last = _span(request, source, headers)
    if status == 416:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{source.size}"})
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{last}/{source.size}"
    headers["Content-Length"] = str(last - first + 1)
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    response = StreamingHttpResponse(_chunks(source.file, first, last - first + 1), status=status, headers=headers)
    response._resource_closers.append(source.file.close)  # also when the client left before the first byte
    return response


def _open(source: Path | str | File) -> _Source:
    path = _local_path(source)
    if path is not None:
        file = path.open("rb")
        stat = os.fstat(file.fileno())
        if not path.is_file():
            file.close()
            raise FileNotFoundError(path)
        key = f"{path.name}:{stat.st_size}:{stat.st_mtime_ns}"
        return _Source(file, stat.st_size, _etag(key), stat.st_mtime, path)
    size = source.size
    source.open("rb")
    return _Source(source, size, _etag(f"{source.name}:{size}"), None, None)


def _local_path(source: Path | str | File) -> Path | None:
    if not isinstance(source, File):
        return Path(source)
    try:
        return Path(source.path)
    except (AttributeError, NotImplementedError):  # a remote storage, or a file in memory
        return None


def _etag(key: str) -> str:
    return f'"{hashlib.sha256(key.encode()).hexdigest()[:24]}"'


def _unchanged(request: HttpRequest, etag: str) -> bool:
    wanted = request.headers.get("If-None-Match", "")
    return wanted.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]


def _span(request: HttpRequest, source: _Source, headers: dict[str, str]) -> tuple[int, int, int]:
    """(status, first byte, last byte). A header we cannot read, or several ranges, gets the whole file (RFC 9110 §14.2)."""
    whole = (200, 0, source.size - 1)
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not match or match.group(0) == "bytes=-":
        return whole
    condition = request.headers.get("If-Range", "").strip()
    if condition and condition not in (source.etag, headers.get("Last-Modified")):
        return whole
    start, end = match.groups()
    if not start:  # the last `end` bytes
        length = min(int(end), source.size)
        return (206, source.size - length, source.size - 1) if length else (416, 0, 0)
    first = int(start)
    last = min(int(end), source.size - 1) if end else source.size - 1
    if end and int(end) < first:
        return whole
    return (206, first, last) if first < source.size else (416, 0, 0)


async def _chunks(file: BinaryIO, first: int, length: int) -> AsyncIterator[bytes]:
    def read(count: int) -> bytes:
        return file.read(count)

    try:
        await asyncio.to_thread(file.seek, first)
        while length > 0:
            piece = await asyncio.to_thread(read, min(CHUNK, length))
            if not piece:
                return
            length -= len(piece)
            yield piece
    finally:
        file.close()


def _accelerated(path: Path | None) -> str:
    """The internal nginx address of a local file (deploy/nginx), or "" when we serve it ourselves."""
    if not settings.X_ACCEL or path is None:
        return ""
    for prefix, root in (("/_media/", settings.MEDIA_ROOT), ("/_recordings/", settings.RECORDING_DIR)):
        try:
            return prefix + quote(path.resolve().relative_to(Path(root).resolve()).as_posix())
        except ValueError:
            continue
    return ""
