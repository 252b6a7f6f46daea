"""A person's data as a whole: one archive of all of it, and its end on request (threats 76, 77; hiring_law 12, 14)."""

import json
import logging
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model

from avatars.models import LiveSession
from interviews.models import AuditEvent, Candidate, Interview, Letter, Turn
from interviews.plan import Plan, PlanError, from_json
from interviews.services import audit, people_requests
from interviews.services.retention import erase_answers
from interviews.services.states import WrongState, move
from transcription.models import SegmentText
from transcription.services import camera, erase
from transcription.services.playback import wav_for

log = logging.getLogger(__name__)
CHUNK = 1024 * 1024
NOBODY = "—"
_PERSON = ("name", "form_of_address", "email", "phone", "language", "time_zone", "telegram_id", "created_at")
_INTERVIEW = (
    "public_id", "kind", "language", "state", "deadline", "accommodations", "notice_version", "notice_at", "created_at",
    "opened_at", "started_at", "completed_at", "wants_person_at", "erased_at",
)  # fmt: skip
_LETTER = ("kind", "to", "subject", "body", "state", "sent_at")
_TURN = ("number", "speaker", "kind", "text", "input", "at", "start_ms", "end_ms", "source")


class OnHold(Exception):
    """A legal hold forbids erasing."""


# --- A copy --------------------------------------------------------------------------------------------------------------


def write_copy(candidate: Candidate, interviews: Iterable[Interview], file: BinaryIO, *, by: object = None) -> None:
    """A ZIP: `data.json`, and of each interview its sound and camera as files. Noted in the audit log.

    `by`: the member of staff who hands it over; None for the candidate, whose copy holds what they gave, not what others
    think of it before they have decided.
    """
    told = {"person": _fields(candidate, _PERSON), "interviews": []}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for interview in interviews:
            audit.record("export", interview, actor=by, note="all data" if by else "own copy")
            about = _about(interview)
            about["files"] = _add_files(archive, interview)
            if by is not None:
                about |= _judgements(interview)
            told["interviews"].append(about)
        words = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        archive.writestr("data.json", words, zipfile.ZIP_DEFLATED)


def _about(interview: Interview) -> dict[str, Any]:
    consents = ("kind", "given", "text_version", "language", "covers", "at")
    heard = SegmentText.objects.filter(segment__take__recording__owner_key=interview.recording_key).order_by("pk")
    letters = interview.mails.filter(kind__in=Letter.Kind.values).order_by("pk")  # to the person; those to HR are HR's
    seen = AuditEvent.objects.filter(target_type="interview", target_id=str(interview.pk)).order_by("pk")
    return {
        **_fields(interview, _INTERVIEW),
        "position": interview.version.position.title,
        "consents": [_fields(row, consents) for row in interview.consents.order_by("pk")],
        "turns": [_fields(row, _TURN) for row in interview.turns.order_by("number")],
        "recognised": [_fields(row, ("text", "language", "engine", "is_current", "created_at")) for row in heard],
        "letters": [_fields(row, _LETTER) for row in letters],
        "accesses": [_fields(row, ("action", "at")) for row in seen],
    }


def _judgements(interview: Interview) -> dict[str, Any]:
    names = _criteria(interview)
    return {
        "reviews": [
            {
                "reviewer": str(review.reviewer), "comment": review.comment, "updated_at": review.updated_at,
                "marks": [
                    {"criterion": names.get(str(mark.criterion_uuid), ""), "score": mark.score, "note": mark.note}
                    for mark in review.marks.all()
                ],
            }
            for review in interview.reviews.select_related("reviewer").prefetch_related("marks")
        ],
        "proposals": [
            {
                **_fields(row, ("model", "prompt", "state", "created_at")),
                "findings": [
                    {"criterion": names.get(str(found.criterion_uuid), ""),
                     **_fields(found, ("score", "insufficient", "reason", "quotes"))}
                    for found in row.findings.all()
                ],
            }
            for row in interview.evaluations.prefetch_related("findings")
        ],
        "decisions": [
            {"by": str(row.reviewer), **_fields(row, ("outcome", "reason", "at"))}
            for row in interview.decisions.select_related("reviewer").order_by("pk")
        ],
    }  # fmt: skip


def _criteria(interview: Interview) -> dict[str, str]:
    plan = _plan(interview)
    return {criterion.uuid: criterion.name for criterion in plan.criteria} if plan else {}


def _plan(interview: Interview) -> Plan | None:
    try:
        return from_json(interview.version.plan)
    except PlanError:
        return None


def _fields(row: Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _add_files(archive: zipfile.ZipFile, interview: Interview) -> list[str]:
    names = []
    sound = wav_for(interview.recording_key)
    if sound is not None:
        names.append(f"{interview.public_id}/sound.wav")
        try:
            _add(archive, names[-1], sound)
        finally:
            sound.close()
    for take in camera.takes_of(interview.recording_key):
        path = camera.made_file(interview.recording_key, take.number)
        if path is not None and path.exists():
            names.append(f"{interview.public_id}/camera-{take.number}{path.suffix}")
            with Path(path).open("rb") as source:
                _add(archive, names[-1], source)
    return names


def _add(archive: zipfile.ZipFile, name: str, source: Any) -> None:
    with archive.open(name, "w", force_zip64=True) as target:
        while piece := source.read(CHUNK):
            target.write(piece)


# --- Its end ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Erased:
    """The receipt. `services`: those outside or inside that worked on the words or the sound and may hold logs of their own."""

    interviews: int = 0
    answers: int = 0
    takes: int = 0
    camera_takes: int = 0
    bytes: int = 0
    services: tuple[str, ...] = ()


def erase_person(candidate: Candidate, *, by: object) -> Erased:
    """Erase everything about this person: sound, pictures, words, remarks, letters, name and addresses.

    What stays tells nothing of the person: marks, decisions, consents, the audit log. May come twice. Raises OnHold.
    """
    interviews = list(Interview.objects.filter(candidate=candidate).select_related("version__position", "candidate"))
    if any(interview.legal_hold for interview in interviews):
        raise OnHold
    whole = Erased()
    for interview in interviews:
        one = erase_interview(interview, by=by)
        whole = Erased(
            whole.interviews + one.interviews, whole.answers + one.answers, whole.takes + one.takes,
            whole.camera_takes + one.camera_takes, whole.bytes + one.bytes, tuple(sorted({*whole.services, *one.services})),
        )  # fmt: skip
    _forget(candidate)
    note = f"{whole.interviews} interviews, {whole.answers} answers, {whole.bytes} bytes"
    audit.record("erase", candidate, actor=by, note=note)
    return whole


def erase_interview(interview: Interview, *, by: object = None) -> Erased:
    """Erase one interview; one that is not over is revoked first, so that nothing is added any more. Raises OnHold.

    `by` None: the candidate did it; HR are told, without a name. The person's row goes with the last interview.
    """
    if Interview.objects.filter(pk=interview.pk, legal_hold=True).exists():
        raise OnHold
    try:
        move(interview, Interview.State.REVOKED, reason="erased on request", actor=by)
    except WrongState:
        pass  # it is over
    _write_down(interview)
    services = _services(interview)
    counted = erase.erase_recording(interview.recording_key, dry_run=True)
    answers = erase_answers(interview, reason="request", actor=by)
    if by is None:
        with transaction.atomic():
            _forget_with_the_last(interview)
            people_requests.tell_hr_of_erasure(interview)
    return Erased(1, answers, counted.takes, counted.camera_takes, counted.bytes, services)


def erase_again() -> int:
    """Erase what was erased on request before and stands here again, as after restoring a backup; returns how many."""
    try:
        written = {line.strip() for line in _ledger().read_text().splitlines()} - {""}
    except OSError:
        return 0
    back = Interview.objects.filter(public_id__in=written, erased_at=None, legal_hold=False)
    again = list(back.exclude(state__in=Interview.LIVE).select_related("candidate"))
    for interview in again:
        erase_answers(interview, reason="request, again")
        _forget_with_the_last(interview)
    return len(again)


def _ledger() -> Path:
    """Numbers of interviews erased on request, a line each: beside the recordings, because a restored database forgets."""
    return Path(settings.RECORDING_DIR) / "erased-on-request"


def _write_down(interview: Interview) -> None:
    try:
        _ledger().parent.mkdir(parents=True, exist_ok=True)
        with _ledger().open("a") as file:
            file.write(f"{interview.public_id}\n")
    except OSError as error:  # what is asked for now is done all the same
        log.error("erasure not written down", extra={"interview": interview.public_id, "fault": type(error).__name__})


def _services(interview: Interview) -> tuple[str, ...]:
    heard = SegmentText.objects.filter(segment__take__recording__owner_key=interview.recording_key)
    found = {
        *heard.values_list("engine", flat=True),
        *interview.evaluations.values_list("model", flat=True),
        *Turn.objects.filter(interview=interview).values_list("source", flat=True),
        *LiveSession.objects.filter(owner=interview.recording_key).values_list("provider", flat=True),
    }
    return tuple(sorted(found - {""}))


def _forget_with_the_last(interview: Interview) -> None:
    others = Interview.objects.filter(candidate=interview.candidate_id, erased_at=None).exclude(pk=interview.pk)
    if not others.exists():
        _forget(interview.candidate)


def _forget(candidate: Candidate) -> None:
    with transaction.atomic():
        Candidate.objects.filter(pk=candidate.pk).update(
            name=NOBODY, form_of_address="", email="", phone="", time_zone="", telegram_id=None
        )
        # Django's own log of admin pages repeats what a row was called.
        kind = ContentType.objects.get_for_model(Candidate)
        LogEntry.objects.filter(content_type=kind, object_id=str(candidate.pk)).update(object_repr=NOBODY)
