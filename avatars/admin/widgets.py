"""Fields of the profile's form that are more than one input: the order of providers, and an avatar for each of them."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from avatars.models import CatalogueItem
from avatars.providers import registry
from avatars.services import catalogue

_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_PROVIDERS = 10
MAX_ID = 120
USES = {"recorded": _("for recorded clips"), "live": _("for a live conversation")}


def provider_label(kind: str) -> str:
    return str(registry.LABELS.get(kind, kind))


def offered_providers() -> list[str]:
    """What can stand in a profile's order: every provider but our own presenter, which stands below all."""
    return [kind for kind in registry.LABELS if kind != "local"]


class SiteWidget(forms.Widget):
    """A widget whose template stands with the site's own; Django's form renderer knows only those of apps."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


# --- The order ---


class OrderWidget(SiteWidget):
    """Tick boxes in the order they are to be tried; `static/dist/avatar_profile.js` moves them up and down."""

    template_name = "avatars/admin/widgets/order.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = [part for part in re.split(r"[,\s]+", value or "") if part] if isinstance(value, str) else list(value or [])
        rest = [kind for kind in offered_providers() if kind not in chosen]
        context["rows"] = [
            {"kind": kind, "label": provider_label(kind), "chosen": kind in chosen, "configured": registry.is_configured(kind)}
            for kind in [*chosen, *rest]
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        values: Iterable[str] = data.getlist(name) if isinstance(data, MultiValueDict) else [str(data.get(name) or "")]
        return ",".join(values)

    def id_for_label(self, id_: str) -> str:
        return ""


class ProviderList(forms.CharField):
    """The ordered list of provider kinds; also written with commas: «a2e, heygen»."""

    widget = OrderWidget

    def to_python(self, value: Any) -> list[str]:
        kinds = [part.strip().lower() for part in re.split(r"[,\s]+", str(value or "")) if part.strip()]
        wrong = [kind for kind in kinds if not _KIND.fullmatch(kind)]
        if wrong:
            raise ValidationError(_("“%(name)s” is no provider name."), params={"name": wrong[0][:40]})
        return list(dict.fromkeys(kinds))[:MOST_PROVIDERS]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return (initial or []) != self.to_python(data)
        except ValidationError:
            return True


# --- An avatar for each provider ---


class CharactersWidget(SiteWidget):
    """For each provider the id of its avatar, with its picture, and a button that opens the catalogue."""

    template_name = "avatars/admin/widgets/characters.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = value if isinstance(value, Mapping) else {}
        known = _known(chosen)
        context["rows"] = [
            _row(name, kind, use, str((chosen.get(kind) or {}).get(use) or ""), known) for kind, use in _wanted(chosen)
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for key in data:
            kind, dash, use = key.removeprefix(f"{name}-").rpartition("-")
            if key.startswith(f"{name}-") and dash and use in USES and _KIND.fullmatch(kind):
                found.setdefault(kind, {})[use] = str(data[key]).strip()
        return found

    def id_for_label(self, id_: str) -> str:
        return ""


class CharactersField(forms.Field):
    """{provider kind: {"recorded": id, "live": id}} without empty ids."""

    widget = CharactersWidget

    def to_python(self, value: Any) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for kind, ids in (value or {}).items():
            if any(len(chosen) > MAX_ID or "\0" in chosen for chosen in ids.values()):
                raise ValidationError(_("This is no id of an avatar: it is too long."))
            if kept := {use: chosen for use, chosen in ids.items() if chosen}:
                found[kind] = kept
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or {}) != self.to_python(data)


def _wanted(chosen: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(provider, use): what configured providers can do, and what is stored for others."""
    pairs: list[tuple[str, str]] = []
    for kind in offered_providers():
        if registry.is_configured(kind):
            able = registry.provider(kind).capabilities
            pairs += [(kind, use) for use, can in (("recorded", able.recorded_video), ("live", able.live_session)) if can]
    stored = [(kind, use) for kind, ids in chosen.items() if isinstance(ids, Mapping) for use in ids if use in USES and ids[use]]
    return list(dict.fromkeys([*pairs, *stored]))


def _known(chosen: Mapping[str, Any]) -> dict[tuple[str, str], CatalogueItem]:
    ids = [str(value) for mine in chosen.values() if isinstance(mine, Mapping) for value in mine.values()]
    rows = CatalogueItem.objects.filter(kind=catalogue.Kind.CHARACTER, item_id__in=ids)
    return {(row.provider, row.item_id): row for row in rows}


def _row(name: str, kind: str, use: str, item_id: str, known: Mapping[tuple[str, str], CatalogueItem]) -> dict[str, Any]:
    item = known.get((kind, item_id))
    return {
        "input": f"{name}-{kind}-{use}", "kind": kind, "use": use, "label": provider_label(kind), "purpose": USES[use],
        "id": item_id, "title": item.name if item else "", "configured": registry.is_configured(kind),
        "picture": reverse("admin:avatars_avatarsettings_copy", args=[item.pk]) if item and item.picture_url else "",
    }  # fmt: skip
