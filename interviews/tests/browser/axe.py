"""axe-core in a page: the rules of WCAG 2.2 A and AA, and the keyboard as the only way."""

from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page

SOURCE = Path(settings.BASE_DIR) / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

# What is still fading in has the contrast of neither state: axe looks when the finite animations are over.
RUN = """async (tags) => {
  const running = document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
  await Promise.allSettled(running.map((one) => one.finished));
  const { violations, passes } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  const tell = (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`);
  return { passes: passes.length, violations: violations.flatMap(tell) };
}"""

FOCUS = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const onItsWay = at.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
  onItsWay.forEach((one) => one.finish()); // into sight
  // A large control may show the focus on its picture or on the word beside it.
  const drawn = [at, ...at.querySelectorAll("*"), at.nextElementSibling].filter(Boolean).some((each) => {
    const style = getComputedStyle(each);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = at.getBoundingClientRect();
  const inSight = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  return { seen: drawn && inSight, what: at.outerHTML.slice(0, 160) };
}"""


def violations(page: Page) -> list[str]:
    """`rule: place and what to do` for each breach on the page as it stands; the page's context has SOURCE as init script."""
    found = page.evaluate(RUN, TAGS)
    assert found["passes"], "axe looked at nothing"
    return found["violations"]


def tab_to(page: Page, selector: str, *, key: str = "Tab", most: int = 60) -> None:
    """Press Tab (or Shift+Tab) until the element has the focus; every stop on the way must be seen.

    Raises AssertionError where a stop shows no focus or the element is never reached.
    """
    for _ in range(most):
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus is None or focus["seen"], f"the focus is not seen on {focus['what']}"
    raise AssertionError(f"{key} never comes to {selector}")
