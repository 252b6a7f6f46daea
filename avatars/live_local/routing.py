from django.urls import path

from avatars.live_local.consumer import PresenterConsumer

websocket_urlpatterns = [path("ws/avatar/<str:public_id>", PresenterConsumer.as_asgi())]
