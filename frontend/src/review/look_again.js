/**
 * A page about work that goes on looks again by itself: `<div data-look-again="5">`, in seconds. It waits while somebody watches
 * a film or has typed something, and while nobody looks.
 */

/** Whether a reload would take something away from the person. */
export function isBusy(page) {
  const plays = [...page.querySelectorAll("video, audio")].some((media) => !media.paused && !media.ended);
  const typed = [...page.querySelectorAll("input:not([type=hidden]), textarea")].some((field) => field.value !== field.defaultValue);
  return plays || typed || page.hidden;
}

export function lookAgain(page, reload = () => page.defaultView.location.reload(), every = setInterval) {
  const seconds = Number(page.querySelector("[data-look-again]")?.dataset.lookAgain);
  if (!(seconds > 0)) return;
  every(() => { if (!isBusy(page)) reload(); }, seconds * 1000);
}
