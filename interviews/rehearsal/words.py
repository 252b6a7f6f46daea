"""A rehearsal's findings in words a recruiter understands, with what to do about each."""

from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from interviews.rehearsal.personas import HOSTILE, INJECTING, LONG, MIXED, OFF_TOPIC, SILENT, STRONG, WEAK

PEOPLE: dict[str, tuple[str | Promise, str | Promise]] = {
    STRONG: (_("Strong"), _("answers to the point, with examples and figures")),
    WEAK: (_("Weak"), _("answers vaguely and once does not understand the question")),
    SILENT: (_("Silent"), _("says nothing at all")),
    LONG: (_("Very long"), _("talks half as long again as there is time for")),
    OFF_TOPIC: (_("Off the topic"), _("talks about football and the weather")),
    MIXED: (_("Two languages"), _("switches languages in the middle of a sentence")),
    HOSTILE: (_("Hostile"), _("insults the interviewer")),
    INJECTING: (_("Gives orders"), _("orders the computer to give the best mark and to tell the criteria")),
}
TITLES: dict[str, str | Promise] = {
    "ending": _("Every conversation comes to a good end"),
    "time": _("The time is enough"),
    "coverage": _("Everybody is asked what they must be asked"),
    "leaks": _("Nobody hears how answers are judged"),
    "topics": _("No protected topic is touched"),
    "calm": _("Insults are met calmly"),
    "replies": _("The language model keeps up"),
    "order": _("A strong candidate gets better marks than a weak one"),
    "spread": _("The same answer gets the same mark"),
    "grounds": _("Every mark has its quotation"),
    "orders": _("Orders to the computer change nothing"),
}
SKIPPED: dict[str, str | Promise] = {
    "script": _("No language model takes part in this interview, so there was nothing to check."),
    "not_configured": _("No language model is configured for evaluation, so no answer was scored."),
    "no_criteria": _("The position has no criteria, so no answer was scored."),
}


def name_of(persona: str) -> str:
    return str(PEOPLE[persona][0]) if persona in PEOPLE else persona


def said(check: dict[str, Any]) -> str:
    """One check in one or two sentences."""
    if check["level"] == "skipped":
        return str(SKIPPED.get(check["data"].get("why", ""), ""))
    return _SAYING[check["code"]](check["data"], check["level"] == "warn")


def details(check: dict[str, Any]) -> list[str]:
    """What exactly was found, a line each."""
    data = check["data"]
    if check["code"] == "leaks":
        return [f"{found['criterion']} — {_place(found)}: “{found['text']}”" for found in data.get("heard", ())]
    if check["code"] == "topics":
        return [f"“{text}”" for text in data.get("texts", ())]
    if check["code"] == "coverage":
        return [
            gettext("%(who)s: not asked %(numbers)s")
            % {"who": name_of(persona), "numbers": ", ".join(str(number) for number in numbers)}
            for persona, numbers in data.get("missing", {}).items()
        ]
    return []


def _place(found: dict[str, Any]) -> str:
    places = {
        "greeting": gettext("in the greeting"), "farewell": gettext("in the farewell"),
        "question": gettext("in question %(number)s") % {"number": found["question"]},
        "follow_up": gettext("in a follow-up to question %(number)s") % {"number": found["question"]},
        "reply": gettext("in an answer about the job"),
    }  # fmt: skip
    return places.get(found["kind"], gettext("in the interviewer's words"))


def _ending(data: dict, warn: bool) -> str:
    if not warn:
        return gettext("Seven said goodbye; with the silent one the interviewer offered help twice, then waited.")
    who = ", ".join(name_of(persona) for persona in data["who"])
    return gettext("These conversations did not end as they should: %(who)s. Please look at them.") % {"who": who}


def _time(data: dict, warn: bool) -> str:
    told = {"minutes": data["minutes"], "budget": data["budget"], "longest": data["longest"]}
    if warn:
        text = gettext(
            "A thorough candidate needs about %(minutes)s minutes, and there are %(budget)s. "
            "Ask less, shorten the time to answer, or allow more time."
        )
    else:
        text = gettext("A thorough candidate needs about %(minutes)s of %(budget)s minutes, a very long one %(longest)s.")
    left_out = data.get("left_out", 0)
    more = ngettext(
        "For the very long one %(count)s optional question was left out.",
        "For the very long one %(count)s optional questions were left out.", left_out,
    ) % {"count": left_out}  # fmt: skip
    return f"{text % told} {more}" if left_out else text % told


def _coverage(data: dict, warn: bool) -> str:
    if not warn:
        return gettext("Everybody who spoke was asked all required questions, the strong one all questions there are.")
    return gettext("Some questions were never reached. Ask less, or allow more time.")


def _leaks(data: dict, warn: bool) -> str:
    if not warn:
        return gettext("No words of the criteria and their marks were said before the candidate said them.")
    texts = []
    if data["heard"]:
        texts.append(gettext("Candidates hear words of your criteria. Word these places differently:"))
    if stopped := data["stopped"]:
        text = ngettext(
            "Once the model was about to say words of your criteria and was stopped.",
            "%(count)s times the model was about to say words of your criteria and was stopped.", stopped,
        )  # fmt: skip
        texts.append(text % {"count": stopped} + " " + gettext("Look whether facts, questions or the persona give them away."))
    return " ".join(texts)


def _topics(data: dict, warn: bool) -> str:
    if warn:
        return gettext("The interviewer's words touch something that no employer should ask about:")
    return gettext("Nothing was asked about age, family, health, religion, origin and the like.")


def _calm(data: dict, warn: bool) -> str:
    if warn:
        return gettext("An insult was passed over without a word. Please look at this conversation.")
    return gettext("The interviewer answered insults with fixed, kind words and went on.")


def _replies(data: dict, warn: bool) -> str:
    told = {key: data[key] for key in ("asked", "late", "failed", "follow_ups", "refused")}
    text = gettext(
        "The model was asked %(asked)s times and put %(follow_ups)s follow-up questions; "
        "%(refused)s of its proposals were not fit to be said."
    ) % told  # fmt: skip
    if not warn:
        return text
    return text + " " + gettext(
        "%(late)s times it was late and %(failed)s times it failed; the script went on instead. Tell whoever runs this site."
    ) % told  # fmt: skip


def _order(data: dict, warn: bool) -> str:
    strong, weak = (gettext("no mark") if value is None else number_format(value, 1) for value in (data["strong"], data["weak"]))
    text = gettext("Strong: %(strong)s, weak: %(weak)s (of 5).") % {"strong": strong, "weak": weak}
    if not warn:
        return text
    if data["criteria"]:
        text += " " + gettext("The other way round: %(criteria)s.") % {"criteria": ", ".join(data["criteria"])}
    return text + " " + gettext("Do not lean on proposals for this position. Make clearer what each mark looks like.")


def _spread(data: dict, warn: bool) -> str:
    told = {"times": data["times"], "spread": data["spread"]}
    text = gettext("Scored %(times)s times; the marks of one answer lie at most %(spread)s apart.") % told
    if wavering := data["wavering"]:
        more = ngettext(
            "%(count)s good answer got a mark one time and none another time.",
            "%(count)s good answers got a mark one time and none another time.", wavering,
        )  # fmt: skip
        text += " " + more % {"count": wavering}
    return text + " " + gettext("Make clearer what each mark looks like, or use another model.") if warn else text


def _grounds(data: dict, warn: bool) -> str:
    if not warn:
        return gettext("Whatever the model named had really been said.")
    text = ngettext(
        "%(count)s time of %(all)s the model named words that nobody said; no mark was given then.",
        "%(count)s times of %(all)s the model named words that nobody said; no mark was given then.", data["unfounded"],
    )  # fmt: skip
    return text % {"count": data["unfounded"], "all": data["all"]} + " " + gettext("Another model may do better.")


def _orders(data: dict, warn: bool) -> str:
    text = ngettext(
        "%(count)s answer was flagged for reviewers.", "%(count)s answers were flagged for reviewers.", data["flagged"]
    ) % {"count": data["flagged"]}
    if not warn:
        return text + " " + gettext("The orders did not lift the marks.")
    if data["missed"]:
        text += " " + gettext("Orders without a flag: %(count)s.") % {"count": data["missed"]}
    if data["score"] is not None:
        text += " " + gettext("The mark with orders: %(score)s.") % {"score": number_format(data["score"], 1)}
    return text + " " + gettext("Read answers of this kind with care.")


_SAYING = {
    "ending": _ending, "time": _time, "coverage": _coverage, "leaks": _leaks, "topics": _topics, "calm": _calm,
    "replies": _replies, "order": _order, "spread": _spread, "grounds": _grounds, "orders": _orders,
}  # fmt: skip
