"""Whoever lets the local presenter speak, in a process of its own: `mint`, `open`, `say …`, `interrupt`, `close` on its input.

Run by `manage.py shell`; `mint` makes an API token. Each command is answered by one line of JSON with the moment (`at`, ms)
before it was done.
"""

HAND = """
import json, sys, time
from django.contrib.auth import get_user_model
from avatars.services import live_sessions, live_speaking, profiles
from interview_site.api import tokens

def answer(at, **fields):
    print("hand " + json.dumps({"at": at, "took_ms": time.time() * 1000 - at, **fields}), flush=True)

session = None
for line in sys.stdin:
    command, _space, text = line.strip().partition(" ")
    at = time.time() * 1000
    if command == "open":
        session = live_sessions.open_session(
            owner="test:hand", provider="local", settings=profiles.default_snapshot(), language="en", purpose="test"
        )
        answer(at, public_id=session.public_id, **live_sessions.join(session).as_json())
    elif command == "mint":
        owner = get_user_model().objects.filter(is_superuser=True).first()
        answer(at, token=tokens.mint(name="x", owner=owner, scopes=["avatar"])[1])
    elif command == "say":
        answer(at, duration_ms=live_speaking.say(session=session, text=text).duration_ms)
    elif command == "interrupt":
        live_speaking.interrupt(session=session)
        answer(at)
    elif command == "close":
        live_sessions.close(session=session, reason="goodbye")
        answer(at)
"""
