"""The candidate's addresses (docs/architecture.md, "The candidate's way")."""

from django.urls import path

from interviews.views import before_call, call, entry, recording, speech

_HOME = "interview/<str:public_id>/"

urlpatterns = [
    path("", entry.landing, name="landing"),
    path("i/<str:token>", entry.open_link, name="interview-link"),
    path(_HOME, entry.interview, name="interview"),
    path(f"{_HOME}language", entry.choose_language, name="interview-language"),
    path(f"{_HOME}welcome", before_call.welcome, name="interview-welcome"),
    path(f"{_HOME}consent", before_call.consent, name="interview-consent"),
    path(f"{_HOME}document", before_call.document, name="interview-document"),
    path(f"{_HOME}check", before_call.check, name="interview-check"),
    path(f"{_HOME}call", call.call, name="interview-call"),
    path(f"{_HOME}start", call.start, name="interview-start"),
    path(f"{_HOME}decline", call.decline, name="interview-decline"),
    path(f"{_HOME}later", call.later, name="interview-later"),
    path(f"{_HOME}person", call.person, name="interview-person"),
    path(f"{_HOME}receipt", call.receipt, name="interview-receipt"),
    path(f"{_HOME}speech/<str:speech_id>.wav", speech.audio, name="interview-speech-audio"),
    path(f"{_HOME}speech/<str:speech_id>.json", speech.timeline, name="interview-speech-timeline"),
    # For HR: a staff session that may see the position (threats 60).
    path("hr/interviews/<int:pk>/recording.wav", recording.interview_recording, name="hr-interview-recording"),
    path("hr/interviews/<int:pk>/answers/<int:number>.wav", recording.turn_recording, name="hr-turn-recording"),
]
