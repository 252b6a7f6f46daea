// Runs in the page: when sound ends and begins on the two clip elements, by the media's own events, with how many clips have
// been fetched whole by then; and the call's phases.
window.clipMarks = [];
const fetched = () => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/clip/")).length;
const mark = (name) => window.clipMarks.push({ name, at: performance.now(), fetched: fetched() });
for (const name of ["playing", "ended"]) {
  document.addEventListener(name, (event) => event.target.matches?.("[data-clip]") && mark(name), true);
}
document.addEventListener("DOMContentLoaded", () => {
  const call = document.querySelector("main.call");
  if (call) new MutationObserver(() => mark(call.dataset.phase)).observe(call, { attributeFilter: ["data-phase"] });
});
