/** A profile's form: the order of providers, the pickers of avatars and voices, counters, and the test. Without it the form still saves. */
import { CatalogueDialog, icon } from "../admin/catalogue_dialog.js";
import { get, postForm } from "../lib/api.js";

const POLL_MS = 1500;
const data = JSON.parse(document.getElementById("avatar-profile-data").textContent);
const { words, urls } = data;
const root = document.querySelector("[data-try]");
const form = root.closest("form");

/** {status, body}, whatever was answered; status 0 when the network failed. */
const send = (url, fields) => postForm(url, fields).then((body) => ({ status: 200, body }), ({ status, body }) => ({ status, body }));

const catalogue = new CatalogueDialog(data, send);
const changed = (input) => {
  for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
};

// --- The order of providers ---
for (const list of document.querySelectorAll("[data-order]")) {
  for (const moves of list.querySelectorAll(".pv-moves")) moves.hidden = false;
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    const row = button.closest("li");
    const other = button.dataset.move === "-1" ? row.previousElementSibling : row.nextElementSibling;
    if (!other?.querySelector("input")) return;
    if (button.dataset.move === "-1") other.before(row);
    else other.after(row);
    button.focus();
    changed(row.querySelector("input"));
  });
}

// --- Avatars ---
for (const row of document.querySelectorAll("[data-character]")) {
  const input = row.querySelector("input");
  const button = row.querySelector("[data-open-catalogue]");
  if (!button) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const { character: kind, use, label } = row.dataset;
    const value = (name) => form?.querySelector(`[name="${name}"]`)?.value;
    const item = await catalogue.open({ kind, use, label, what: "character", chosen: input.value, language: value("language"), engine: value("speech_engine") });
    if (!item) return button.focus();
    input.value = item.id;
    row.querySelector("[data-title]").textContent = item.name || words.clear;
    row.querySelector(".pv-face").replaceChildren(item.picture ? Object.assign(document.createElement("img"), { src: item.picture, alt: "", width: 72, height: 72 }) : icon("person"));
    changed(input);
    button.focus();
  });
}

// --- Voices ---
const voice = form?.querySelector("select[data-voice]");
const engine = form?.querySelector('[name="speech_engine"]');
if (voice && engine) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "hr-button is-small pv-voices" });
  button.append(icon("graphic_eq"), words.all_voices);
  (voice.closest(".relative") ?? voice).after(button);
  button.addEventListener("click", async () => {
    const label = engine.options[engine.selectedIndex].textContent;
    const language = form.querySelector('[name="language"]').value;
    const item = await catalogue.open({ kind: engine.value, what: "voice", label, language, chosen: voice.value });
    if (!item) return button.focus();
    if (![...voice.options].some((option) => option.value === item.id)) voice.append(new Option(item.name, item.id));
    voice.value = item.id;
    changed(voice);
    button.focus();
  });
}

// --- Counters ---
for (const area of document.querySelectorAll("textarea[data-count]")) {
  const note = Object.assign(document.createElement("p"), { className: "hr-hint pv-count" });
  const count = () => {
    // As the server counts: letters, not UTF-16 units.
    note.textContent = words.left.replace("%(n)s", [...area.value].length).replace("%(most)s", area.dataset.count);
    note.classList.toggle("is-bad", [...area.value].length >= Number(area.dataset.count));
  };
  area.after(note);
  area.addEventListener("input", count);
  count();
}

// --- The test ---
// What is typed here is not saved with the profile: leaving it is no loss to warn about.
root.addEventListener("input", (event) => event.stopImmediatePropagation(), true);
const begin = root.querySelector("[data-try-start]");
const part = (name) => root.querySelector(`[data-try-${name}]`);

function show(state) {
  part("result").hidden = false;
  part("label").textContent = state.label;
  part("note").textContent = state.text;
  part("page").href = state.page;
  const bar = part("progress");
  bar.hidden = state.done;
  if (state.progress) bar.value = state.progress;
  else bar.removeAttribute("value");
  for (const [name, address] of [["sound", state.sound], ["film", state.film]]) {
    const media = part(name);
    media.hidden = !address;
    if (address && media.getAttribute("src") !== address) media.src = address;
  }
  begin.disabled = !state.done;
  if (!state.done) setTimeout(() => look(state), POLL_MS);
}

async function look(state) {
  try {
    show(await get(`${urls.test}${state.video}/`, "json"));
  } catch {
    show({ ...state, text: words.lost });
  }
}

begin?.addEventListener("click", async () => {
  begin.disabled = true;
  const text = part("text").value;
  let { status, body } = await send(urls.test, { text });
  if (body.sure) {
    if (!window.confirm([words.sure, ...body.sure.map((line) => `• ${line}`), "", words.go].join("\n"))) return (begin.disabled = false);
    ({ status, body } = await send(urls.test, { text, sure: 1 }));
  }
  if (status === 200) return show(body);
  part("result").hidden = false;
  part("label").textContent = "";
  part("note").textContent = body.text || words.lost;
  begin.disabled = false;
});
