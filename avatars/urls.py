from django.urls import URLPattern, URLResolver, include, path

from avatars import views, views_art

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("avatars.api.urls")),
    path("speech/<str:signed>.wav", views.audio, name="speech-audio"),
    path("speech/<str:signed>.json", views.timeline, name="speech-timeline"),
    path("pictures/<str:public_id>.webp", views_art.background, name="background-picture"),
    path("presenters/<str:public_id>/<str:version>/<str:file>", views_art.presenter_file, name="photo-presenter-file"),
]
