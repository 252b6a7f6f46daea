/** Keys of the review page: j and k go through the questions, m goes to the marks. */

/** The index to go to from `current` (−1: none yet) among `count` questions; null when the key means nothing. */
export function target(key, current, count) {
  if (key === "j") return Math.min(current + 1, count - 1);
  if (key === "k") return Math.max(current - 1, 0);
  return null;
}

export function moveThroughQuestions(root) {
  const questions = [...root.querySelectorAll(".hr-question")];
  if (!questions.length) return;
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select, [contenteditable]")) return;
    if (event.key === "m") {
      root.querySelector("#marks input")?.focus();
      event.preventDefault();
      return;
    }
    const current = questions.findIndex((question) => question.contains(root.activeElement));
    const next = target(event.key, current, questions.length);
    if (next === null) return;
    questions[next].focus();
    questions[next].scrollIntoView({ block: "start" });
    event.preventDefault();
  });
}
