/** The status page: starts checks without leaving it, follows the running ones, asks before what costs. Without it: plain forms. */
import { ApiError, get, post } from "../lib/api.js";

const EVERY_MS = 1500;
const page = document.querySelector("[data-status]");
const words = JSON.parse(document.getElementById("status-words").textContent);
const lost = page.querySelector("[data-lost]");

/** The card's new HTML takes its place; what plays goes on playing. */
function replace(old, { html, running }) {
  const card = document.getElementById(old.id) ?? old;
  if ([...card.querySelectorAll("audio, video")].some((media) => !media.paused)) return card;
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-block]");
  const focused = card.contains(document.activeElement) ? document.activeElement.closest("form")?.getAttribute("action") : null;
  card.replaceWith(fresh);
  if (focused) fresh.querySelector(`form[action="${CSS.escape(focused)}"] button`)?.focus();
  if (running) follow(fresh);
  return fresh;
}

function tell(error) {
  lost.querySelector("span:last-child").textContent = words.lost;
  lost.hidden = !(error instanceof ApiError);
}

function follow(card) {
  setTimeout(async () => {
    if (!card.isConnected) return;
    try {
      replace(card, await get(card.dataset.block, "json"));
      lost.hidden = true;
    } catch (error) {
      tell(error);
      follow(card);
    }
  }, EVERY_MS);
}

async function start(form) {
  const card = form.closest("[data-block]");
  for (const button of card.querySelectorAll(`form[action="${CSS.escape(form.getAttribute("action"))}"] button`)) button.disabled = true;
  try {
    replace(card, await post(form.action, form.querySelector("[name=csrfmiddlewaretoken]").value));
  } catch (error) {
    tell(error);
  }
}

page.addEventListener("submit", (event) => {
  const form = event.target.closest("form");
  if (!form?.closest("[data-block]")) return;
  event.preventDefault();
  if (!("costs" in form.dataset) || window.confirm(words.sure)) start(form);
});
for (const card of page.querySelectorAll("[data-running]")) follow(card);
// One after the other: each answer replaces its card.
for (const form of page.querySelectorAll("form[data-stale]")) start(form);
