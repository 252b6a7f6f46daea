/**
 * HR's own pages: copy buttons, questions before what cannot be undone, keys of the review page, and the wording of the
 * chosen mark. Everything works without this module; it only saves steps.
 */
import { moveThroughQuestions } from "../review/keys.js";
import { lookAgain } from "../review/look_again.js";

async function copy(button) {
  const label = button.querySelector("[data-copy-label]");
  const before = label.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Plain http from another machine has no clipboard: select the text, so that Ctrl-C does it.
    button.parentElement.querySelector("input")?.select();
    return;
  }
  label.textContent = button.dataset.done;
  setTimeout(() => { label.textContent = before; }, 2000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  for (const menu of document.querySelectorAll(".hr-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  if (form.target === "_blank" || !form.closest(".hr-page, .hr-bar")) return;
  // A second click while the first is on its way sends nothing.
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function showAnchor(fieldset) {
  const chosen = fieldset.querySelector("input:checked")?.value;
  for (const anchor of fieldset.querySelectorAll("[data-score]")) {
    anchor.classList.toggle("is-chosen", anchor.dataset.score === chosen);
  }
}
for (const fieldset of document.querySelectorAll(".hr-criterion")) {
  fieldset.addEventListener("change", () => showAnchor(fieldset));
  showAnchor(fieldset);
}

const language = document.querySelector(".hr-invite select[name=language]");
language?.addEventListener("change", () => {
  for (const letter of document.querySelectorAll(".hr-letter")) letter.open = letter.dataset.language === language.value;
});

moveThroughQuestions(document);
lookAgain(document);
