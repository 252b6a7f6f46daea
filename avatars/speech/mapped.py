"""Text that remembers where each of its characters stood in the original."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

Replacement = Callable[[re.Match[str]], str | None]


@dataclass(frozen=True, slots=True)
class MappedText:
    """`starts[i]` and `ends[i]` are the character range of the original that `text[i]` came from."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "MappedText":
        return cls(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))

    def __len__(self) -> int:
        return len(self.text)

    def slice(self, start: int, end: int) -> "MappedText":
        return MappedText(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def source_range(self, start: int, end: int) -> tuple[int, int] | None:
        """The range of the original behind `text[start:end]`; None when nothing is there."""
        start, end = max(start, 0), min(end, len(self.text))
        if start >= end:
            return None
        return min(self.starts[start:end]), max(self.ends[start:end])

    def sub(self, pattern: re.Pattern[str], replacement: str | Replacement) -> "MappedText":
        """Replace matches; each new character maps to the whole match. A function that answers None leaves its match alone."""
        builder = _Builder(self)
        for match in pattern.finditer(self.text):
            new = replacement if isinstance(replacement, str) else replacement(match)
            if new is not None and match.end() > match.start():
                builder.replace(match.start(), match.end(), new)
        return builder.done()

    def keep_group(self, pattern: re.Pattern[str], group: int | str) -> "MappedText":
        """Replace each match by one of its groups, whose characters keep their own places."""
        builder = _Builder(self)
        for match in pattern.finditer(self.text):
            start, end = match.span(group)
            builder.replace(match.start(), max(start, match.start()), "")
            builder.replace(max(end, match.start()), match.end(), "")
        return builder.done()

    def composed(self) -> "MappedText":
        """Unicode NFC, cluster by cluster."""
        if unicodedata.is_normalized("NFC", self.text):
            return self
        return self.sub(_CLUSTER, lambda match: unicodedata.normalize("NFC", match.group()))


# A character and the combining marks behind it. The run is bounded: a "Zalgo" tail of thousands of marks must not be one match.
_CLUSTER = re.compile(r"[^\u0300-\u036f][\u0300-\u036f]{1,16}")


class _Builder:
    def __init__(self, source: MappedText) -> None:
        self._source, self._done_to = source, 0
        self._text: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def _copy_to(self, position: int) -> None:
        part = self._source.slice(self._done_to, position)
        self._text.append(part.text)
        self._starts.extend(part.starts)
        self._ends.extend(part.ends)
        self._done_to = position

    def replace(self, start: int, end: int, new: str) -> None:
        self._copy_to(start)
        whole = self._source.source_range(start, end)
        if whole is not None:
            self._text.append(new)
            self._starts.extend([whole[0]] * len(new))
            self._ends.extend([whole[1]] * len(new))
        self._done_to = end

    def done(self) -> MappedText:
        self._copy_to(len(self._source))
        return MappedText("".join(self._text), tuple(self._starts), tuple(self._ends))
