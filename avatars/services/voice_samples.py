"""Hearing a voice of a provider's catalogue: its own sample, or a sentence said on demand, once, and kept (design §6)."""

from collections.abc import Mapping
from typing import Any

from django.db.models.fields.files import FieldFile

from avatars.models import CatalogueItem
from avatars.providers import registry
from avatars.services import budget, catalogue
from avatars.services.catalogue_copies import NoCopy, copy_of, keep_sound, present_copy
from interview_site.errors import Category, ProviderError


def says_samples(kind: str) -> bool:
    """Whether this provider's voices can be asked to say something."""
    return kind in catalogue.listed_kinds() and registry.provider(kind).capabilities.voice_samples


def sample_of(item: CatalogueItem, text: str, language: str, settings: Mapping[str, Any]) -> FieldFile:
    """Our copy of the sample; without one `text` is said and kept, which a later listening finds for nothing.

    `settings`: the snapshot of the profile whose budget pays. Raises ProviderError.
    """
    if there := present_copy(item):
        return there
    try:
        return copy_of(item)
    except NoCopy:
        pass
    spending = budget.reserve_speech(item.provider, text, settings)
    try:
        address = registry.provider(item.provider).voice_sample(item.item_id, text, language)
    except ProviderError:
        budget.give_back(spending)
        raise
    try:
        return keep_sound(item, address)
    except (NoCopy, OSError) as error:
        raise ProviderError(
            "the spoken sample is no sound", category=Category.SERVER, provider=item.provider, code="no_sound"
        ) from error
