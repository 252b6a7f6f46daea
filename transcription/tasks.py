"""Celery tasks of transcription: thin, each may run twice (threats 5)."""

from celery import shared_task, signals

from transcription.engines.registry import configured_engines
from transcription.policy import recording_policy
from transcription.services import camera, erase, recognition, segments, sound_files


@signals.worker_process_init.connect
def _load_engines(**kwargs: object) -> None:
    """The first words of the first candidate do not wait for packages to be loaded (models are loaded at first speech)."""
    configured_engines()


@shared_task(name="transcription.tasks.transcribe", ignore_result=True)
def transcribe(pk: int) -> None:
    """Recognise one stretch of speech."""
    recognition.transcribe(pk)


@shared_task(name="transcription.tasks.tend", ignore_result=True)
def tend() -> None:
    """Close takes nobody came back for, hear sound nobody heard, wake what waited for an engine, renew files."""
    segments.tend(late_hours=recording_policy().late_hours)
    segments.wake_waiting()
    sound_files.remake_stale()


@shared_task(name="transcription.tasks.make_sound_file", ignore_result=True)
def make_sound_file(pk: int) -> None:
    """Make one file to listen to."""
    sound_files.make(pk)


@shared_task(name="transcription.tasks.make_camera_file", ignore_result=True)
def make_camera_file(pk: int) -> None:
    """Make one camera recording into a file that can be searched."""
    camera.make(pk)


@shared_task(name="transcription.tasks.delete_file", ignore_result=True)
def delete_file(pk: int) -> None:
    """Delete one queued file."""
    erase.delete_file(pk)


@shared_task(name="transcription.tasks.report_orphans", ignore_result=True)
def report_orphans() -> None:
    """Nightly: files without a row and rows without a file (threats 63)."""
    erase.report_orphans()
