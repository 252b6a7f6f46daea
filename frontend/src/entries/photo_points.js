/** A photo presenter's form: six points dragged by pointer or keys, then the built presenter says a sample. */
import { closeUp, inside, movedByKey, outline, same } from "../admin/points.js";
import { get } from "../lib/api.js";
import { Presenter } from "../presenter/presenter.js";
import { askFor, Sample } from "../presenter/sample.js";

const POLL_MS = 700;
const root = document.querySelector("[data-photo-points]");
const data = JSON.parse(document.getElementById(root.dataset.photoPoints).textContent);
const field = root.closest("form")?.querySelector('[name="points"]');
const plane = root.querySelector(".points-plane");
const line = plane.querySelector("path");
const view = root.querySelector("[data-whole]");
const note = root.querySelector("[data-note]");
const bar = root.querySelector("progress");
const button = root.querySelector("[data-say]");
const language = root.querySelector("[data-language]");

const points = JSON.parse(field?.value || JSON.stringify(data.built));
let saved = structuredClone(data.built);
let presenter = null;
let shown = "";
let zoom = 1;

function show(name, handle) {
  handle.style.left = `${points[name][0] * 100}%`;
  handle.style.top = `${points[name][1] * 100}%`;
  line.setAttribute("d", outline(points));
  if (field) field.value = JSON.stringify(points);
}

function move(name, handle, point) {
  points[name] = inside(point);
  show(name, handle);
}

for (const [name, label] of Object.entries(data.names)) {
  const handle = Object.assign(document.createElement("button"), { type: "button", className: "points-handle", disabled: !field });
  handle.setAttribute("aria-label", label);
  handle.append(Object.assign(document.createElement("span"), { textContent: label }));
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    handle.classList.add("held");
    const area = plane.getBoundingClientRect();
    // The point keeps its distance from the finger that holds it, so that taking hold moves nothing.
    const off = [event.clientX - area.left - points[name][0] * area.width, event.clientY - area.top - points[name][1] * area.height];
    const drag = (to) => move(name, handle, [(to.clientX - area.left - off[0]) / area.width, (to.clientY - area.top - off[1]) / area.height]);
    const drop = () => {
      handle.classList.remove("held");
      handle.removeEventListener("pointermove", drag);
    };
    handle.addEventListener("pointermove", drag);
    handle.addEventListener("lostpointercapture", drop, { once: true });
  });
  handle.addEventListener("keydown", (event) => {
    const next = movedByKey(points[name], event.key, { large: event.shiftKey, ratio: data.width / data.height, zoom });
    if (!next) return;
    event.preventDefault();
    move(name, handle, next);
  });
  plane.append(handle);
  show(name, handle);
}

/** The face alone, or the whole picture: small faces cannot be worked on in it. */
function look({ close }) {
  const at = close ? closeUp(points) : { zoom: 1, left: 0, top: 0 };
  zoom = at.zoom;
  Object.assign(plane.style, { width: `${at.zoom * 100}%`, left: `${at.left * 100}%`, top: `${at.top * 100}%` });
  view.setAttribute("aria-pressed", String(!close));
}

view.hidden = closeUp(points).zoom < 1.2;
view.addEventListener("click", () => look({ close: view.getAttribute("aria-pressed") === "true" }));
look({ close: data.found && !view.hidden });

/** Follow the build until it ends; its status, or an Error with a text for the person. */
async function built(status) {
  while (status.building) {
    bar.hidden = false;
    bar.value = status.progress;
    note.textContent = data.words.building;
    await new Promise((done) => setTimeout(done, POLL_MS));
    status = await get(data.status, "json").catch(() => status);
  }
  bar.hidden = true;
  note.textContent = "";
  if (status.failed) throw new Error(data.words.build_failed);
  return status;
}

async function draw({ baseUrl }) {
  if (!baseUrl || baseUrl === shown) return;
  presenter?.destroy();
  presenter = new Presenter(root.querySelector("canvas"), { baseUrl, background: "#cfdce6" });
  await presenter.load().catch(() => {
    throw new Error(data.words.failed);
  });
  shown = baseUrl;
}

const sample = new Sample({ ask: () => askFor(data.speak, { language: language.value }) });

async function attempt(act) {
  button.disabled = true;
  try {
    await act();
  } catch (error) {
    bar.hidden = true;
    note.textContent = error.message || data.words.not_saved;
  } finally {
    button.disabled = false;
  }
}

button.addEventListener("click", () =>
  attempt(async () => {
    let status = data.status_now;
    if (field && (!same(points, saved) || status.failed || !shown)) {
      status = await askFor(data.points, { points: JSON.stringify(points) });
      saved = structuredClone(points);
    }
    data.status_now = await built(status);
    await draw(data.status_now);
    await sample.say(presenter);
  }),
);

language.value = [...language.options].some((option) => option.value === document.documentElement.lang) ? document.documentElement.lang : "ru";
attempt(async () => draw((data.status_now = await built(data.status_now))));
