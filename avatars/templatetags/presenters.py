"""A profile's presenter in a template: `{% presenter_for_page plan.avatar as shown %}`."""

from collections.abc import Mapping

from django import template

from avatars.services import presenters

register = template.Library()


@register.simple_tag
def presenter_for_page(settings: Mapping[str, object] | None) -> presenters.PresenterForPage:
    return presenters.presenter_for_page(settings or {})
