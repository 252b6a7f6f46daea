"""The storage, state, socket and API tests once more, on real PostgreSQL and Redis.

script/test calls it: `python -m interviews.tests.production.suite`.
Without the two servers it says so loudly and leaves the rest of the run alone.
"""

import os
import subprocess
import sys
from glob import glob
from urllib.parse import urlsplit

import django

NAME = f"interviews_suite_{os.getpid()}"
TESTS = [
    "interviews/tests/test_ground.py", "interviews/tests/test_consumer_*.py", "interviews/tests/test_api_*.py",
    "interviews/tests/test_invitations.py", "interviews/tests/test_review.py", "interviews/tests/test_pages_links.py",
    "interview_site/tests/test_nul.py", "transcription/tests/test_recorder.py",
]  # fmt: skip
# The Redis layer keeps a task of its own, which this test would count.
NOT_HERE = "not leaves_no_task_behind"


def main() -> int:
    from interviews.tests.production.stage import POSTGRES, REDIS, leave_redis, missing, take_redis

    stores = [REDIS, urlsplit(REDIS)._replace(path=f"/{int(urlsplit(REDIS).path[1:]) + 1}").geturl()]
    if why := next(filter(None, map(missing, stores)), ""):
        print(f"!! LEFT OUT: PostgreSQL and Redis: {why}", flush=True)
        return 0
    own = {"TEST_DATABASE_URL": urlsplit(POSTGRES)._replace(path=f"/{NAME}").geturl(), "TEST_REDIS_URL": ",".join(stores)}
    files = [path for pattern in TESTS for path in sorted(glob(pattern))]
    plugin = "interviews.tests.production.quick_flush"
    processes = ["-n", str(len(stores)), "--dist", "loadfile"]
    arguments = ["-q", "--reruns", "2", "-p", plugin, *processes, "-m", "not browser and not production", "-k", NOT_HERE, *files]
    for store in stores:
        take_redis(store)
    try:
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], env={**os.environ, **own}).returncode
    finally:
        for store in stores:
            leave_redis(store)
        _drop_databases(POSTGRES)


def _drop_databases(address: str) -> None:
    """Each test process's own, also where a socket's thread still holds it."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(address, autocommit=True) as connection:
        left = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"test_{NAME}"])
        for (name,) in left.fetchall():
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    django.setup()
    sys.exit(main())
