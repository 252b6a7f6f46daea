from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranscriptionConfig(AppConfig):
    name = "transcription"
    verbose_name = _("Transcription")

    def ready(self) -> None:
        from interview_site import due
        from transcription.models import FileToDelete, SpeechSegment

        due.register(SpeechSegment, "transcription.tasks.transcribe", queue="recording")
        due.register(FileToDelete, "transcription.tasks.delete_file", queue="recording")
