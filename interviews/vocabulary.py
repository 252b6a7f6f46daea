"""Words a recogniser should expect in an interview: names and terms of the position, taken from what HR wrote. Pure.

Recognisers know everyday words; what they get wrong are product names, abbreviations and the company's own name.
"""

import re
from collections.abc import Iterator

from interviews.plan import Plan

MOST_TERMS = 60
_TOKEN = re.compile(r"[^\W_][\w+#.&/-]*[\w+#]|[^\W_]")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;\n•—–(«\"“]|\d[.)])\s*$")
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


def terms_of(plan: Plan, *, company: str = "") -> tuple[str, ...]:
    """At most MOST_TERMS, each once, the most telling texts first."""
    texts = [
        *(question.text for question in plan.questions), *(criterion.name for criterion in plan.criteria),
        *(criterion.meaning for criterion in plan.criteria), plan.description, plan.facts,
    ]  # fmt: skip
    found = {company.lower(): company} if company else {}
    for term in (part for text in (plan.title, *texts) for part in _terms(text, plan.language)):
        found.setdefault(term.lower(), term)
    return tuple(found.values())[:MOST_TERMS]


def _terms(text: str, language: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        token = match.group()
        if len(token) < 2 or token.isdigit():
            continue
        at_start = bool(_SENTENCE_START.search(text[: match.start()]))
        if _is_foreign(token, language) or _is_name(token, at_start):
            yield token


def _is_foreign(token: str, language: str) -> bool:
    """Latin letters in a Russian or Kazakh text: a product, a technology."""
    return language != "en" and bool(_LATIN.search(token)) and not _CYRILLIC.search(token)


def _is_name(token: str, at_start: bool) -> bool:
    """Capitals or signs inside (PostgreSQL, CI/CD, C++), abbreviations, and capitalised words within a sentence."""
    letters = [sign for sign in token if sign.isalpha()]
    if not letters:
        return False
    inner = any(sign.isupper() for sign in letters[1:]) or any(sign in "+#/&." or sign.isdigit() for sign in token)
    return inner or (token[0].isupper() and not at_start and len(token) > 2)
