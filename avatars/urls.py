from django.urls import URLPattern, path

from avatars import views

urlpatterns: list[URLPattern] = [
    path("speech/<str:signed>.wav", views.audio, name="speech-audio"),
    path("speech/<str:signed>.json", views.timeline, name="speech-timeline"),
]
