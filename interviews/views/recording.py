"""A candidate's voice for HR: one answer or the whole interview, with byte ranges, behind the same check as the review."""

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from interview_site.media import ranged_response
from interviews.access import staff_interview
from interviews.models import Interview, Turn
from interviews.services import audit
from transcription.services.playback import WavFile, wav_for

LEAD_MS = 300  # heard before the first word, so that nothing seems cut


@require_safe
async def interview_recording(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The whole interview; long gaps are shortened."""
    return await _answer(request, pk, None)


@require_safe
async def turn_recording(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One spoken answer."""
    return await _answer(request, pk, number)


async def _answer(request: HttpRequest, pk: int, number: int | None) -> HttpResponseBase:
    wav = await sync_to_async(_wav)(request, pk, number)
    name = f"interview-{pk}.wav" if number is None else f"interview-{pk}-{number}.wav"
    return await ranged_response(request, wav, content_type="audio/wav", filename=name, cache_control="private, no-store")


def _wav(request: HttpRequest, pk: int, number: int | None) -> WavFile:
    """Raises Http404 for strangers, other people's interviews and answers without sound alike."""
    interview = staff_interview(request.user, pk) if request.user.is_staff and request.user.is_active else None
    if interview is None:
        raise Http404
    wav = _whole(interview) if number is None else _turn(interview, number)
    if wav is None:
        raise Http404
    # A player asks for many ranges; the first of them is the act of listening (threats 79).
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-") and request.method == "GET":
        audit.record("listen", interview, actor=request.user, note="" if number is None else f"turn {number}")
    return wav


def _whole(interview: Interview) -> WavFile | None:
    return wav_for(interview.recording_key)


def _turn(interview: Interview, number: int) -> WavFile | None:
    turn = Turn.objects.filter(interview=interview, number=number, input=Turn.Input.VOICE, start_ms__isnull=False).first()
    return wav_for(interview.recording_key, max(0, turn.start_ms - LEAD_MS), turn.end_ms) if turn else None
