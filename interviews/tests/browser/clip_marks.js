// Runs in the page: when sound ends and begins on the two clip elements, by the media's own events; and the call's phases.
window.clipMarks = [];
const mark = (name) => window.clipMarks.push({ name, at: performance.now() });
for (const name of ["playing", "ended"]) {
  document.addEventListener(name, (event) => event.target.matches?.("[data-clip]") && mark(name), true);
}
document.addEventListener("DOMContentLoaded", () => {
  const call = document.querySelector("main.call");
  if (call) new MutationObserver(() => mark(call.dataset.phase)).observe(call, { attributeFilter: ["data-phase"] });
});
