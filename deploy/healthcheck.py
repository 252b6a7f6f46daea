"""A container's health: `healthcheck.py` asks /readyz of this container, `healthcheck.py beat` looks at beat's row."""

import os
import sys
import urllib.request
from pathlib import Path


def web_is_ready() -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{os.environ.get('PORT') or 8000}/readyz", headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def is_beating(part: str) -> bool:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    import django

    django.setup()
    from interview_site import heartbeats

    return any(each.part == part and not each.late for each in heartbeats.parts(up_s=heartbeats.LATE_S))


if __name__ == "__main__":
    sys.exit(0 if (is_beating(sys.argv[1]) if len(sys.argv) > 1 else web_is_ready()) else 1)
