"""The scripted interviewer: which words are said where. Fixed questions, polite bridges, nothing that judges an answer."""

from interviews.conversation import names
from interviews.conversation.values import AVATAR, Draft, Facts
from interviews.conversation.wording import lines, vary
from interviews.plan import Plan, PlanQuestion


def avatar(kind: str, text: str, question: str | None = None) -> Draft:
    return Draft(speaker=AVATAR, kind=kind, text=text.strip(), question=question)


def greeting(plan: Plan, facts: Facts) -> Draft:
    """What speaks is said first, in one sentence and with the person's name; the rest is the same for everybody."""
    words = lines(facts.language)
    name = names.spoken(facts.name, facts.form_of_address)
    hello = words["hello_named"].format(name=name) if name else words["hello"]
    return avatar("greeting", f"{words['disclosure'].format(hello=hello)} {intro(plan, facts.language, facts.company)}")


def intro(plan: Plan, language: str, company: str) -> str:
    """The own intro of the position or the standard one."""
    words = lines(language)
    if plan.intro.strip():
        return plan.intro.strip()
    thanks = words["greeting_company"].format(company=company.strip()) if company.strip() else ""
    return f"{thanks} {words['greeting']}".strip()


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
    return avatar("farewell", _goodbye(plan, facts.language))


def _goodbye(plan: Plan, language: str) -> str:
    return plan.farewell.strip() or lines(language)["farewell"]


def noted(facts: Facts, index: int) -> Draft:
    return avatar("reply", vary(lines(facts.language)["noted"], facts.seed, index))


def fixed_texts(plan: Plan, language: str, company: str) -> dict[str, str]:
    """What every candidate of this plan hears word for word, by a name that stays: greeting, questions, bridges, goodbye.

    These can be filmed before anybody is invited. Names: "greeting", "question:<uuid>", "invite_questions", "farewell",
    "bridge:<n>" and "last_question:<n>".
    """
    words = lines(language)
    texts = {"greeting": intro(plan, language, company)}
    texts |= {f"question:{asked.uuid}": asked.text for asked in plan.questions}
    texts |= {"invite_questions": words["invite_questions"], "farewell": _goodbye(plan, language)}
    if len(plan.questions) > 1:
        texts |= {f"bridge:{index}": text for index, text in enumerate(words["bridges"])}
    if len(plan.questions) > 2:
        texts |= {f"last_question:{index}": text for index, text in enumerate(words["last_question"])}
    return texts


def follow_up(text: str, question: str) -> Draft:
    return avatar("follow_up", text, question)


def rephrased(facts: Facts, text: str, question: str, *, index: int) -> Draft:
    """The question in other words, which a model found and the core has checked."""
    return avatar("repeat", f"{vary(lines(facts.language)['rephrase_leads'], facts.seed, index)} {text}", question)


def explained(facts: Facts, text: str, question: str | None, *, index: int) -> Draft:
    """Without a model: a simpler way in, then the question as it stands."""
    return avatar("repeat", f"{vary(lines(facts.language)['explain_leads'], facts.seed, index)} {text}", question)


def told(facts: Facts, fact: str, index: int) -> Draft:
    """HR's own words about the job, word for word."""
    words = lines(facts.language)
    lead, more = vary(words["fact_leads"], facts.seed, index), vary(words["anything_else"], facts.seed, index)
    return avatar("reply", f"{lead} {fact} {more}")


def away(facts: Facts, text: str, question: str) -> Draft:
    return avatar("offer", f"{lines(facts.language)['away']} {text}", question)
