from django.urls import URLPattern, URLResolver, include, path

from avatars import views, views_art, views_video, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("avatars.api.urls")),
    path("speech/<str:signed>.wav", views.audio, name="speech-audio"),
    path("r/speech/<str:signed>.wav", views.audio, name="speech-audio_r"),
    path("order-sound/<str:signed>.wav", views.order_sound, name="order-sound"),
    path("speech/<str:signed>.json", views.timeline, name="speech-timeline"),
    path("videos/<str:signed>.mp4", views_video.video, name="video-file"),
    path("r/videos/<str:signed>.mp4", views_video.video, name="video-file_r"),
    path("webhooks/heygen", webhooks.heygen, name="heygen-webhook"),
    path("pictures/<str:public_id>.webp", views_art.background, name="background-picture"),
    path("presenters/<str:public_id>/<str:version>/<str:file>", views_art.presenter_file, name="photo-presenter-file"),
]
