"""The scripted interviewer: which words are said where. Fixed questions, polite bridges, nothing that judges an answer."""

from interviews.conversation import names
from interviews.conversation.values import AVATAR, Draft, Facts
from interviews.conversation.wording import lines, vary
from interviews.plan import Plan, PlanQuestion


def avatar(kind: str, text: str, question: str | None = None) -> Draft:
    return Draft(speaker=AVATAR, kind=kind, text=text.strip(), question=question)


def greeting(plan: Plan, facts: Facts) -> Draft:
    """The own intro of the position or the standard one; what speaks is said first, in one sentence, whatever the intro says."""
    words = lines(facts.language)
    name = names.address(facts.name)
    hello = words["hello_named"].format(name=name) if name else words["hello"]
    said = [words["disclosure"].format(hello=hello)]
    if plan.intro.strip():
        said.append(plan.intro.strip())
    else:
        if facts.company.strip():
            said.append(words["greeting_company"].format(company=facts.company.strip()))
        said.append(words["greeting"])
    return avatar("greeting", " ".join(said))


def question(asked: PlanQuestion) -> Draft:
    return avatar("question", asked.text, asked.uuid)


def bridge(facts: Facts, *, closed: str, index: int, skipped: bool, is_last: bool) -> Draft:
    """Between two questions; `index` counts the questions asked so far, so that neighbours never sound alike."""
    words = lines(facts.language)
    if skipped:
        choices = words["bridges_skipped"]
    else:
        choices = words["last_question"] if is_last else words["bridges"]
    return avatar("reply", vary(choices, facts.seed, index), closed)


def line(kind: str, name: str, facts: Facts, question: str | None = None) -> Draft:
    """One of the fixed lines of the table."""
    return avatar(kind, lines(facts.language)[name], question)


def repeat(facts: Facts, text: str, question: str | None, *, index: int, going_on: bool = False) -> Draft:
    words = lines(facts.language)
    lead = words["going_on"] if going_on else vary(words["repeat_leads"], facts.seed, index)
    return avatar("repeat", f"{lead} {text}", question)


def farewell(plan: Plan, facts: Facts) -> Draft:
    return avatar("farewell", plan.farewell.strip() or lines(facts.language)["farewell"])


def noted(facts: Facts, index: int) -> Draft:
    return avatar("reply", vary(lines(facts.language)["noted"], facts.seed, index))
