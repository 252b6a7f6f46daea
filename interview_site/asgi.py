"""HTTP and WebSocket entry: the candidate's cookie, not Django's session, decides on interview sockets."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from avatars.services import speech  # noqa: E402
from interview_site import heartbeats  # noqa: E402
from interview_site.checks import refuse_unsafe_start  # noqa: E402
from interview_site.restart import ClosesOnRestart, let_close_codes_through  # noqa: E402
from interview_site.routing import websocket_urlpatterns  # noqa: E402
from transcription.engines import registry  # noqa: E402

refuse_unsafe_start()
let_close_codes_through()
if os.environ.get("SITE_PART") == "web":  # the serving process, not a test that imports this module
    heartbeats.keep_beating("web")
    speech.warm_up()
    registry.warm_up()

application = ProtocolTypeRouter({"http": http, "websocket": ClosesOnRestart(URLRouter(websocket_urlpatterns))})
