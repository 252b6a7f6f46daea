const TYPING = "input, textarea, select, [contenteditable]";
const PRESSING = "button, a, summary, [role=button]";

/** Keys outside of fields: Space pauses and continues, Enter goes to the answer, Escape closes the drawer. */
export function listenToKeys({ onSpace, onEnter, onEscape, isBusy }) {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isBusy()) return;
    if (event.key === "Escape") return onEscape();
    if (event.target.closest?.(TYPING) || event.target.closest?.(PRESSING)) return;
    if (event.key === " ") {
      event.preventDefault();
      onSpace();
    } else if (event.key === "Enter") {
      event.preventDefault();
      onEnter();
    }
  });
}
