// Runs in the page: when sound ends and begins on the two clip elements, by the media's own events, with whether the other
// of the two could play at that moment; and the call's phases.
window.clipMarks = [];
const mark = (name, more) => window.clipMarks.push({ name, at: performance.now(), ...more });
const canPlay = (clip) => clip.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
for (const name of ["playing", "ended"]) {
  document.addEventListener(
    name,
    ({ target }) => {
      if (!target.matches?.("[data-clip]")) return;
      mark(name, { held: [...document.querySelectorAll("[data-clip]")].some((clip) => clip !== target && canPlay(clip)) });
    },
    true,
  );
}
document.addEventListener("DOMContentLoaded", () => {
  const call = document.querySelector("main.call");
  if (call) new MutationObserver(() => mark(call.dataset.phase)).observe(call, { attributeFilter: ["data-phase"] });
});
