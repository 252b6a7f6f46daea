/** A profile's form: the presenter on its canvas changes with the fields and says a sample. Without this script the form still saves. */
import { addSwatches } from "../admin/swatches.js";
import { chosenBackground } from "../admin/background_choice.js";
import { Presenter } from "../presenter/presenter.js";
import { askFor, Sample } from "../presenter/sample.js";

const CLOTHES = ["#2f5080", "#3d4a5c", "#7a2e3a", "#2e5f4f", "#5b4a7a", "#8a6d4f", "#c9ced6", "#23262b"];
const BACKDROPS = ["#cfdce6", "#eef1f5", "#d9e4da", "#ead9d3", "#26324a", "#1d1f24"];

const root = document.querySelector("[data-avatar-preview]");
const data = JSON.parse(document.getElementById(root.dataset.avatarPreview).textContent);
const form = root.closest("form");
const canvas = root.querySelector("canvas");
const note = root.querySelector("[data-note]");
const field = (name) => form?.querySelector(`[name="${name}"]`);
const value = (name) => (name === "presenter" ? form?.querySelector('[name="presenter"]:checked')?.value : field(name)?.value) ?? data.saved[name];

let presenter = null;
let shown = null;
let upload = null; // address of a chosen file, for this page only

function look() {
  const chosen = data.presenters[value("presenter")];
  return {
    baseUrl: chosen?.baseUrl ?? data.fallback,
    photo: Boolean(chosen?.photo),
    background: chosenBackground({ wanted: value("background"), colour: value("background_colour"), upload, known: data.backgrounds }),
    clothes: /^#[0-9a-f]{6}$/i.test(value("clothes")) ? value("clothes") : null,
  };
}

async function show() {
  const { baseUrl, background, clothes, photo } = look();
  note.textContent = photo ? data.words.photo : "";
  if (baseUrl !== shown) {
    shown = baseUrl;
    presenter?.destroy();
    const next = (presenter = new Presenter(canvas, { baseUrl, background, clothes }));
    await next.load().catch(() => (note.textContent = data.words.failed));
    return;
  }
  presenter.setClothes(clothes);
  await presenter.setBackground(background);
}

/** Rows of the form that matter only for one kind of background. */
function showRows() {
  const wanted = value("background");
  for (const [name, when] of [["background_colour", "colour"], ["background_upload", "upload"]]) {
    const row = field(name)?.closest(".field-line, .form-row, [class*='field-']");
    if (row) row.hidden = wanted !== when && !row.querySelector(".errorlist, .text-red-600");
  }
}

if (form) {
  addSwatches(field("clothes"), CLOTHES, data.words, { own: data.words.own_clothes });
  addSwatches(field("background_colour"), BACKDROPS, data.words);
  form.addEventListener("input", show);
  form.addEventListener("change", (event) => {
    if (event.target.name === "background_upload") {
      if (upload) URL.revokeObjectURL(upload);
      upload = event.target.files[0] ? URL.createObjectURL(event.target.files[0]) : null;
    }
    if (event.target.name === "background" && event.target.value === "colour" && !value("background_colour")) field("background_colour").value = BACKDROPS[0];
    showRows();
    show();
  });
  showRows();
}

const sample = new Sample({
  ask: () => askFor(data.speak, { ...Object.fromEntries(["presenter", "language", "voice", "speed", "speech_engine"].map((name) => [name, value(name) ?? ""])) }),
});
const button = root.querySelector("[data-say]");
button.addEventListener("click", async () => {
  button.disabled = true;
  try {
    await sample.say(presenter);
  } catch (error) {
    note.textContent = error.message || data.words.no_voice;
  } finally {
    button.disabled = false;
  }
});
show();
