"""What is never read aloud: mark-up, links, control characters, emoji and other symbols."""

import html
import re

from avatars.speech.mapped import MappedText

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff9-\ufffd]"
)
_SPACES = re.compile(r"[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# The characters inside a tag are bounded, or an unclosed "<" would make this quadratic.
_HIDDEN_ELEMENT = re.compile(r"<(script|style)\b[^<>]{0,500}>.{0,5000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,500}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,10});")
_MARKDOWN_LINK = re.compile(
    r"!?\[(?P<label>[^\[\]\n]{0,500})\]\((?:[^()\s]|\([^()\s]{0,100}\)){0,1000}(?:\s+\"[^\"\n]{0,200}\")?\)"
)
_LINK = re.compile(
    r"(?:(?:https?|ftp|tg|mailto|file)://?|mailto:|www\.)[^\s<>«»\"]{1,2000}|"
    r"\b(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|ru|kz|ai|dev|app|edu|gov|рф|қаз)/[^\s<>«»\"]{0,1000}",
    re.IGNORECASE,
)
_LINK_TAIL = re.compile(r"[.,;:!?…)\]]+$")
_FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)[\w+-]{0,20}[ ]*$", re.MULTILINE)
_HEADING = re.compile(r"^[ ]{0,3}#{1,6}[ ]+", re.MULTILINE)
_RULE = re.compile(r"^[ ]{0,3}(?:[-*_=][ ]?){3,}$", re.MULTILINE)
_BULLET = re.compile(r"^[ ]{0,12}(?:[-*+•]|>)[ ]+", re.MULTILINE)
# The lines of a list or a heading are sentences, though no mark ends them.
_LINE_END = re.compile(r"(?<=[^\s.,!?:;…—–-])[ ]*\n(?=\s*(?:[-*+•>#]|\d{1,2}[.)]|[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ]))")
_EMPHASIS = re.compile(r"\*{1,3}|~~|`{1,3}|(?<![\w])_{1,3}(?=\w)|(?<=\w)_{1,3}(?![\w])")
_STRESS_MARK = re.compile(r"[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]")

# Letters some voice can read (Latin, Cyrillic), digits, and the marks that shape the melody. All else is silent.
_UNSPEAKABLE = re.compile(r"[^A-Za-z\u00c0-\u024f\u0400-\u04ff0-9\s.,!?:;…'’()\-–—]")
_REPEATED_MARK = re.compile(r"([.,!?:;…–—-])(?:\s*[.,!?:;…–—-])+")
_LEADING_MARK = re.compile(r"^[\s.,!?:;…)–—-]+")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_MANY_SPACES = re.compile(r"\s{2,}|[\n\r]")
_LONG_RUN = re.compile(r"([^\W\d_])\1{4,}")
_LONG_WORD = re.compile(r"[^\W\d_]{60}(?=[^\W\d_])")

SPEAKABLE = re.compile(r"[A-Za-z\u00c0-\u024f\u0400-\u04ff0-9]")


def without_markup(source: MappedText) -> MappedText:
    """Control characters, SSML/HTML, markdown and links gone; what a person reads in them stays, with its places."""
    text = source.sub(_CONTROL, " ").sub(_SPACES, " ").composed()
    text = text.sub(_HIDDEN_ELEMENT, " ").sub(_COMMENT, " ").sub(_TAG, " ")
    text = text.sub(_ENTITY, _unescape)
    text = text.keep_group(_MARKDOWN_LINK, "label")
    text = text.sub(_LINK, _only_closing_marks)
    text = text.sub(_LINE_END, ".\n")
    for pattern in (_FENCE, _RULE, _HEADING, _BULLET):
        text = text.sub(pattern, "")
    return text.sub(_EMPHASIS, "").sub(_STRESS_MARK, "")


def without_symbols(text: MappedText) -> MappedText:
    """Only letters, digits and melody marks; repeated marks, long runs («ааааа…») and spaces shortened."""
    text = text.sub(_UNSPEAKABLE, " ").sub(_EMPTY_BRACKETS, " ").sub(_REPEATED_MARK, _strongest_mark)
    text = text.sub(_LONG_RUN, lambda match: match.group(1) * 3).sub(_LONG_WORD, lambda match: match.group() + " ")
    return text.sub(_MANY_SPACES, " ").sub(_LEADING_MARK, "")


def _unescape(match: re.Match[str]) -> str:
    # An entity may hide a control character or a tag's bracket; neither may come back.
    character = html.unescape(match.group())
    return " " if character in "<>&" or not character.isprintable() or len(character) > 2 else character


def _only_closing_marks(match: re.Match[str]) -> str:
    tail = _LINK_TAIL.search(match.group())
    return tail.group() if tail else ""


def _strongest_mark(match: re.Match[str]) -> str:
    run = match.group()
    return next((mark for mark in "?!.…:;,—–-" if mark in run), run[0])
