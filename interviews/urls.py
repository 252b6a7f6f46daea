"""The candidate's addresses (docs/architecture.md, "The candidate's way")."""

from django.urls import path

from interviews.views import before_call, call, camera, entry, personal, recording, sound, speech, studio

_HOME = "interview/<str:public_id>/"

urlpatterns = [
    path("", entry.landing, name="landing"),
    path("i/<str:token>", entry.open_link, name="interview-link"),
    path(_HOME, entry.interview, name="interview"),
    path(f"{_HOME}language", entry.choose_language, name="interview-language"),
    path(f"{_HOME}spoken-language", before_call.choose_language, name="interview-spoken-language"),
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
    path(f"{_HOME}data", personal.own_data, name="interview-data"),
    path(f"{_HOME}data.zip", personal.own_copy, name="interview-copy"),
    path(f"{_HOME}sound", sound.sound, name="interview-sound"),
    path(f"{_HOME}camera", camera.camera, name="interview-camera"),
    path(f"{_HOME}speech/<str:speech_id>.wav", speech.audio, name="interview-speech-audio"),
    path(f"{_HOME}speech/<str:speech_id>.json", speech.timeline, name="interview-speech-timeline"),
    path(f"{_HOME}clip/<str:clip_id>.mp4", speech.clip, name="interview-clip"),
    path("studio/", studio.page, name="studio"),
    path("studio/session", studio.session, name="studio_session"),
    path("studio/stop-all", studio.stop_all, name="studio_stop_all"),
    path("studio/session/<str:public_id>/standing", studio.standing, name="studio_standing"),
    path("studio/session/<str:public_id>/keep", studio.keep, name="studio_keep"),
    # For HR: a staff session that may see the position (threats 60).
    path("hr/interviews/<int:pk>/recording.<str:form>", recording.interview_recording, name="hr-interview-recording"),
    path("hr/interviews/<int:pk>/answers/<int:number>.<str:form>", recording.turn_recording, name="hr-turn-recording"),
    path("hr/interviews/<int:pk>/camera/<int:number>", camera.watch, name="hr-camera"),
    path("hr/people/<int:pk>/data.zip", personal.person_data, name="hr-person-data"),
    path("hr/interviews/<int:pk>/waveforms.json", recording.waveforms, name="hr-waveforms"),
]
