"""Emptying PostgreSQL between tests by DELETE of the filled tables: TRUNCATE makes a new file for every table there is.

A pytest plugin of the production suite. It needs the right to switch foreign keys off (a superuser); without it Django's own
way is kept.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def pytest_configure() -> None:
    from django.db.backends.postgresql.operations import DatabaseOperations  # not before Django is set up

    truncate = DatabaseOperations.sql_flush

    def sql_flush(self: Any, style: Any, tables: Sequence[str], **wishes: Any) -> list[str]:
        if not tables or not _may_switch_keys_off():
            return truncate(self, style, tables, **wishes)
        emptied = [f"DELETE FROM {self.quote_name(table)}" for table in _filled(self, tables)]
        return ["SET session_replication_role = replica", *emptied, "SET session_replication_role = origin"]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


def _may_switch_keys_off() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _filled(operations: Any, tables: Sequence[str]) -> list[str]:
    looks = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {operations.quote_name(table)})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(looks))
        return [table for (table,) in cursor.fetchall()]
