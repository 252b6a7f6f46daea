"""Celery tasks of transcription: thin, each may run twice (threats 5)."""

from celery import shared_task

from transcription.policy import recording_policy
from transcription.services import erase, recognition, segments


@shared_task(name="transcription.tasks.transcribe", ignore_result=True)
def transcribe(pk: int) -> None:
    """Recognise one stretch of speech."""
    recognition.transcribe(pk)


@shared_task(name="transcription.tasks.tend", ignore_result=True)
def tend() -> None:
    """Close takes nobody came back for, hear sound nobody heard, wake what waited for an engine."""
    segments.tend(late_hours=recording_policy().late_hours)
    segments.wake_waiting()


@shared_task(name="transcription.tasks.delete_file", ignore_result=True)
def delete_file(pk: int) -> None:
    """Delete one queued file."""
    erase.delete_file(pk)


@shared_task(name="transcription.tasks.report_orphans", ignore_result=True)
def report_orphans() -> None:
    """Nightly: files without a row and rows without a file (threats 63)."""
    erase.report_orphans()
