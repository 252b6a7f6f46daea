"""Moving a site: everything it knows into a folder, and from a folder into an empty site (embedded.md, "Moving to production").

::

    folder/
      manifest.json      format, migrations, rows per model, every file with its size and SHA-256
      data/<model>.jsonl one row a line, Django's own serialisation
      media/…            finished media, by name in the storage
      recordings/…       RECORDING_DIR as it is

No key is in the folder: LINK_KEY goes by hand, so that links already sent keep working. The folder holds personal data.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder

FORMAT = 1
APPS = ("auth", "admin", "interview_site", "avatars", "transcription", "interviews")
# Made by migrating, or worth nothing tomorrow.
LEFT_BEHIND = {"auth.permission", "interview_site.heartbeat", "interview_site.idempotencyrecord", "interviews.linkmiss"}
# Rows of these mean that somebody already works here: importing would mix two sites.
MUST_BE_EMPTY = ("auth.user", "interviews.position", "interviews.candidate", "transcription.recording")
BLOCK = 1024 * 1024
Say = Callable[[str], None]


class CannotMove(Exception):
    """What is wrong and what to do about it, fit for an operator."""


def moved_models() -> list[type[models.Model]]:
    """Every stored model of ours, those referred to before those that refer."""
    chosen = [
        model
        for name in APPS
        for model in apps.get_app_config(name).get_models(include_auto_created=False)
        if model._meta.managed and not model._meta.proxy and model._meta.label_lower not in LEFT_BEHIND
    ]
    done: list[type[models.Model]] = []

    def add(model: type[models.Model], above: tuple[type[models.Model], ...]) -> None:
        if model in done or model in above:
            return
        for field in model._meta.get_fields():
            if (field.many_to_one or field.one_to_one) and field.concrete and field.related_model in chosen:
                add(field.related_model, (*above, model))
        done.append(model)

    for model in chosen:
        add(model, ())
    return done


class _Exactly(DjangoJSONEncoder):
    """Django's own cuts times to milliseconds; a move keeps them as they are."""

    def default(self, value: object) -> object:
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


# --- Out -------------------------------------------------------------------------------------------------------------
def export_to(folder: Path, say: Say) -> dict[str, Any]:
    """Write the whole site into `folder`, which must be empty or new; returns the manifest. Raises CannotMove."""
    if folder.exists() and any(folder.iterdir()):
        raise CannotMove(f"{folder} is not empty: name a new folder.")
    (folder / "data").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    rows: dict[str, int] = {}
    names: set[str] = set()
    with transaction.atomic():  # one moment for all tables
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in moved_models():
            rows[model._meta.label_lower] = _write_rows(model, folder / "data" / f"{model._meta.label_lower}.jsonl", names)
            say(f"{model._meta.label_lower}: {rows[model._meta.label_lower]}")
    files = [*_copy_media(folder / "media", names, say), *_copy_tree(Path(settings.RECORDING_DIR), folder / "recordings")]
    manifest = {"format": FORMAT, "migrations": _migrations(), "rows": rows, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
    return manifest


def _write_rows(model: type[models.Model], path: Path, names: set[str]) -> int:
    file_fields = [field.attname for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
    count = 0

    def seen() -> Iterator[models.Model]:
        nonlocal count
        many = [field.name for field in model._meta.many_to_many]
        for row in model._base_manager.order_by("pk").prefetch_related(*many).iterator(chunk_size=500):
            count += 1
            names.update(str(getattr(row, field)) for field in file_fields if getattr(row, field))
            yield row

    with path.open("w", encoding="utf-8") as stream:
        serializers.serialize("jsonl", seen(), stream=stream, use_natural_foreign_keys=True, cls=_Exactly)
    return count


def _copy_media(target: Path, names: set[str], say: Say) -> Iterator[dict[str, Any]]:
    for name in sorted(names):
        if not default_storage.exists(name):
            say(f"! a file of a row is not in the storage and is left out: {name}")
            continue
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with default_storage.open(name) as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy, BLOCK)
        yield _entry("media", name, path)


def _copy_tree(source: Path, target: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file() and not path.is_symlink():
            name = path.relative_to(source).as_posix()
            copy = target / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            yield _entry("recordings", name, copy)


def _entry(kind: str, name: str, path: Path) -> dict[str, Any]:
    return {"kind": kind, "name": name, "bytes": path.stat().st_size, "sha256": sha256(path)}


# --- In --------------------------------------------------------------------------------------------------------------
def import_from(folder: Path, say: Say) -> dict[str, Any]:
    """Fill this freshly migrated site from `folder`; returns the manifest. Raises CannotMove and changes no row then.

    Files go first and are only added, so a second try after a broken one goes on; all rows go in one transaction.
    """
    manifest = read_manifest(folder)
    _check_target(manifest)
    for entry in manifest["files"]:
        _check_file(folder, entry)
    for entry in manifest["files"]:
        _put_file(folder, entry)
    say(f"files: {len(manifest['files'])}")
    with transaction.atomic():
        for model in reversed(moved_models()):  # what migrating made: the standard roles, the default profile
            for field in model._meta.local_many_to_many:
                field.remote_field.through._base_manager.all()._raw_delete(connection.alias)
            model._base_manager.all()._raw_delete(connection.alias)
        for model in moved_models():
            label = model._meta.label_lower
            read = _read_rows(model, folder / "data" / f"{label}.jsonl")
            if read != manifest["rows"].get(label, 0):
                raise CannotMove(f"{label}: {manifest['rows'].get(label, 0)} rows were exported, {read} are in the folder.")
            say(f"{label}: {read}")
        _reset_sequences()
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        good = manifest["format"] == FORMAT and isinstance(manifest["rows"], dict) and isinstance(manifest["files"], list)
    except (OSError, ValueError, KeyError, TypeError):
        good = False
    if not good:
        raise CannotMove(f"{folder} holds no export of this version: make it with `manage.py export_site`.")
    return manifest


def _check_target(manifest: dict[str, Any]) -> None:
    if manifest["migrations"] != _migrations():
        raise CannotMove("The two sites run different versions: bring both to the same version, migrate, and export again.")
    for label in MUST_BE_EMPTY:
        if apps.get_model(label)._base_manager.exists():
            raise CannotMove(f"This site already has rows in {label}: import into a freshly migrated, empty database.")


def _check_file(folder: Path, entry: dict[str, Any]) -> None:
    path = _inside(folder / entry["kind"], entry["name"])
    if not path.is_file() or path.stat().st_size != entry["bytes"] or sha256(path) != entry["sha256"]:
        raise CannotMove(f"{entry['kind']}/{entry['name']} is missing or not what was exported: copy the folder again.")


def _put_file(folder: Path, entry: dict[str, Any]) -> None:
    source = _inside(folder / entry["kind"], entry["name"])
    if entry["kind"] == "recordings":
        target = _inside(Path(settings.RECORDING_DIR), entry["name"])
        if not (target.is_file() and sha256(target) == entry["sha256"]):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    elif not default_storage.exists(entry["name"]):
        with source.open("rb") as stream:
            saved = default_storage.save(entry["name"], File(stream))
        if saved != entry["name"]:
            raise CannotMove(f"The storage keeps {entry['name']} under another name ({saved}).")


def _inside(root: Path, name: str) -> Path:
    """`root/name`; a name that leads elsewhere is refused. Raises CannotMove."""
    path = (root / name).resolve()
    if not path.is_relative_to(root.resolve()):
        raise CannotMove(f"The manifest names a file outside of its folder: {name}")
    return path


def _read_rows(model: type[models.Model], path: Path) -> int:
    count = 0
    with path.open(encoding="utf-8") as stream:
        for row in serializers.deserialize("jsonl", stream, handle_forward_references=False):
            if not isinstance(row.object, model):
                raise CannotMove(f"{path.name} holds rows of another model.")
            row.save(force_insert=True)  # raw: no signal writes history, no time is set anew
            count += 1
    return count


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), moved_models()):
            cursor.execute(statement)


def _migrations() -> dict[str, list[str]]:
    applied = MigrationRecorder(connection).applied_migrations()
    return {app: sorted(name for label, name in applied if label == app) for app in APPS}


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
