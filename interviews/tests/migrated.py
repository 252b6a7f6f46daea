"""A database with the tables of today and nothing in them: each site of this process begins with a copy of it."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings


def put_database(var_dir: Path) -> None:
    """`db.sqlite3` of a site that has never run, where there is none yet."""
    if not (database := var_dir / "db.sqlite3").exists():
        shutil.copy(_migrated(), database)


@functools.cache
def _migrated() -> Path:
    folder = tempfile.mkdtemp(prefix="interviews-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environ = {**os.environ, "VAR_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=settings.BASE_DIR, env=environ, check=True)
    return Path(folder, "db.sqlite3")
