from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from interview_site.status import Block


class TranscriptionConfig(AppConfig):
    name = "transcription"
    verbose_name = _("Transcription")

    def ready(self) -> None:
        from interview_site import due, health, status
        from transcription import checks  # noqa: F401 (registers them)
        from transcription.ear import choice
        from transcription.models import CameraTake, FileToDelete, SoundFile, SpeechSegment

        status.register(_status_blocks)
        health.register_fact("models_loaded", choice.is_as_chosen)
        due.register(SpeechSegment, "transcription.tasks.transcribe", queue="recording")
        due.register(SoundFile, "transcription.tasks.make_sound_file")
        due.register(CameraTake, "transcription.tasks.make_camera_file")
        due.register(FileToDelete, "transcription.tasks.delete_file", queue="recording")


def _status_blocks() -> "Iterable[Block]":
    from transcription.admin_status import blocks

    return blocks()
