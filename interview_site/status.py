"""The status page's ground: apps register blocks and checks, workers run the checks, pages show what is known (design §6).

An app calls `register(source)` from its `ready()`; `source()` is asked for each page and gives blocks from rows only: no
network, no waiting. A check is work as a row (`StatusCheck`): a worker calls `Check.run`, which may answer `Later`.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

log = logging.getLogger(__name__)
Text = str | Promise


@dataclass(frozen=True)
class Done:
    """A check has ended. `links` are (text, address); `sound`, `video` are addresses that play on the page."""

    good: bool
    text: Text
    links: tuple[tuple[Text, str], ...] = ()
    sound: str = ""
    video: str = ""


@dataclass(frozen=True)
class Later:
    """Not done yet: the row is due again in so many seconds. `data` (plain JSON) is handed to the next call."""

    seconds: float
    progress: int  # 0–100
    text: Text
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What a check is told: what it kept from its last step, and who asked."""

    data: dict[str, Any]
    by: Any = None


@dataclass(frozen=True)
class Check:
    """A button that tries something for real. `run` is called in a worker, may be called again after a crash, and raises
    ProviderError for a fault with words; it gives up by itself. `costs`: the page asks before it starts."""

    name: str  # unique in its block
    label: Text
    icon: str
    run: Callable[[Asked], Done | Later]
    costs: bool = False
    # Run by itself when the block was last checked longer ago than this; 0: only by hand.
    every_s: int = 0


@dataclass(frozen=True)
class Block:
    """One block of the page. `state`: good, warning, bad, off (not configured) or unknown. `facts` are (name, value)."""

    key: str
    title: Text
    group: Text
    icon: str
    state: str
    headline: Text
    facts: tuple[tuple[Text, Text], ...] = ()
    notes: tuple[Text, ...] = ()  # what to do
    checks: tuple[Check, ...] = ()
    links: tuple[tuple[Text, str], ...] = ()
    seen_at: datetime | None = None  # when the provider was really spoken to last
    view_permission: str = "interview_site.view_statuscheck"
    check_permission: str = "avatars.change_avatarsettings"


Source = Callable[[], Iterable[Block]]
_SOURCES: list[Source] = []


def register(source: Source) -> None:
    """Called once from an app's `ready()`; the page shows sources in the order of INSTALLED_APPS."""
    _SOURCES.append(source)


def blocks(user: Any) -> list[Block]:
    """What this user may see. A source that fails is left out with a line in the log: the page itself must not fall."""
    found: list[Block] = []
    for source in _SOURCES:
        try:
            found += [block for block in source() if user.has_perm(block.view_permission)]
        except Exception:  # the outermost edge of a page that shows faults
            log.exception("a source of the status page failed")
    return found


def find(key: str, name: str = "") -> tuple[Block, Check | None] | None:
    """The block with this key and its check; None when there is no such block (any more)."""
    for source in _SOURCES:
        for block in source():
            if block.key == key:
                return block, next((check for check in block.checks if check.name == name), None)
    return None
