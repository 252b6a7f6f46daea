"""For what runs after migrating: a table may not be there yet, when somebody migrates one app or goes back."""

from django.db import connections
from django.db.models import Model


def is_there(model: type[Model], using: str) -> bool:
    return model._meta.db_table in connections[using].introspection.table_names()
