"""Every WebSocket address of the site, in one list; each consumer checks its own Origin and credentials (threats 26)."""

from avatars.live_local.routing import websocket_urlpatterns as presenter_sockets
from interviews.routing import websocket_urlpatterns as interview_sockets

websocket_urlpatterns = [*interview_sockets, *presenter_sockets]
