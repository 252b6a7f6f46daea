"""A candidate's voice for HR: one answer or the whole interview, with byte ranges, behind the same check as the review.

Each is there as a finished file (M4A) once a worker has made it, and always as WAV, put together while it is read.
"""

from pathlib import Path

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from interview_site.media import ranged_response
from interviews.access import staff_interview
from interviews.models import Interview, Turn
from interviews.services import audit, sound
from transcription.models import SoundFile
from transcription.services import sound_files
from transcription.services.playback import WavFile, wav_for

TYPES = {"wav": "audio/wav", "m4a": "audio/mp4"}


@require_safe
async def interview_recording(request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
    """The whole interview; long gaps are shortened. `form`: wav or m4a."""
    return await _answer(request, pk, None, form)


@require_safe
async def turn_recording(request: HttpRequest, pk: int, number: int, form: str) -> HttpResponseBase:
    """One spoken answer."""
    return await _answer(request, pk, number, form)


@require_safe
def waveforms(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What the players draw, and which files are ready: {"whole": {…}, "<turn>": {…}}."""
    interview = _interview(request, pk)
    found = {name: waveform.to_json() for name, waveform in sound.waveforms(interview).items()}
    return JsonResponse(found, headers={"Cache-Control": "private, no-store"})


async def _answer(request: HttpRequest, pk: int, number: int | None, form: str) -> HttpResponseBase:
    source = await sync_to_async(_source)(request, pk, number, form)
    name = f"interview-{pk}.{form}" if number is None else f"interview-{pk}-{number}.{form}"
    return await ranged_response(request, source, content_type=TYPES[form], filename=name, cache_control="private, no-store")


def _source(request: HttpRequest, pk: int, number: int | None, form: str) -> WavFile | Path:
    """Raises Http404 for strangers, other people's interviews, answers without sound and files not made yet alike."""
    if form not in TYPES:
        raise Http404
    interview = _interview(request, pk)
    span = (0, None) if number is None else _span(interview, number)
    found = _file(interview, *span) if form == "m4a" else wav_for(interview.recording_key, *span)
    if found is None:
        raise Http404
    # A player asks for many ranges; the first of them is the act of listening (threats 79).
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-") and request.method == "GET":
        audit.record("listen", interview, actor=request.user, note="" if number is None else f"turn {number}")
    return found


def _interview(request: HttpRequest, pk: int) -> Interview:
    interview = staff_interview(request.user, pk) if request.user.is_staff and request.user.is_active else None
    if interview is None:
        raise Http404
    return interview


def _span(interview: Interview, number: int) -> tuple[int, int]:
    turn = Turn.objects.filter(interview=interview, number=number).first()
    span = sound.span_of(turn) if turn else None
    if span is None:
        raise Http404
    return span


def _file(interview: Interview, start_ms: int, end_ms: int | None) -> Path | None:
    row = SoundFile.objects.filter(
        recording__owner_key=interview.recording_key, recording__erased_at=None, start_ms=start_ms, end_ms=end_ms
    ).first()
    return sound_files.path_of(row) if row and row.path else None
