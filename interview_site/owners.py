"""Whom an owner's word means, for people: "interview:k3x9", "token:7/n0nce", "user:3/…" (rows that keep no foreign key outward).

The app that knows a kind says so by `register` from its `ready()`: it is asked once for all of a page, and tells of those only
that this user may see.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from interview_site.api.records import ApiToken


@dataclass(frozen=True)
class Owner:
    """`address`: where this user finds more about it; "" when nowhere."""

    text: str
    address: str = ""


# The ids behind "kind:" and who asks → what they mean; an id that is left out stays a bare word.
Tell = Callable[[Collection[str], object], Mapping[str, Owner]]


def register(kind: str, tell: Tell) -> None:
    _tellers[kind] = tell


def described(words: Collection[str], user: object) -> dict[str, Owner]:
    """Each word as a person reads it; one nobody knows as it is. One query a kind."""
    parts = {word: _parts(word) for word in words}
    found: dict[str, Owner] = {}
    for kind in {kind for kind, _number in parts.values()} & _tellers.keys():
        mine = {word: number for word, (of, number) in parts.items() if of == kind}
        told = _tellers[kind](set(mine.values()), user)
        found |= {word: told[number] for word, number in mine.items() if number in told}
    return {word: found.get(word) or Owner(word) for word in words}


def _parts(word: str) -> tuple[str, str]:
    """("token", "7") of "token:7/n0nce"."""
    kind, _colon, number = word.partition("/")[0].partition(":")
    return kind, number


def _users(numbers: Collection[str], user: object) -> dict[str, Owner]:
    people = get_user_model().objects.filter(pk__in=filter(str.isdecimal, numbers))
    return {str(person.pk): Owner(person.get_full_name() or person.get_username()) for person in people}


def _tokens(numbers: Collection[str], user: object) -> dict[str, Owner]:
    rows = ApiToken.objects.filter(pk__in=filter(str.isdecimal, numbers)).values_list("pk", "name")
    return {str(number): Owner(_("API token “%(name)s”") % {"name": name}) for number, name in rows}


def _nobody(numbers: Collection[str], user: object) -> dict[str, Owner]:
    return dict.fromkeys(numbers, Owner(_("without credentials")))


_tellers: dict[str, Tell] = {"user": _users, "token": _tokens, "anonymous": _nobody}
