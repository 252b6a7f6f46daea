import { canStore } from "../lib/storage.js";

const CHECKS = {
  sound: () => Boolean(globalThis.AudioContext || globalThis.webkitAudioContext),
  socket: () => "WebSocket" in globalThis,
  picture: () => Boolean(document.createElement("canvas").getContext("2d")),
  storage: () => canStore(),
};

/** Ticks what this browser can do; `insecure` is shown where the page has no right to a microphone (threats 17). */
export function enlivenBrowserCheck(list, insecure) {
  for (const item of list.querySelectorAll("[data-check]")) {
    const able = CHECKS[item.dataset.check]();
    item.classList.add(able ? "yes" : "no");
    const verdict = item.querySelector(".verdict");
    if (!able) verdict.textContent = `— ${verdict.dataset.no}`;
  }
  if (insecure && !globalThis.isSecureContext) insecure.hidden = false;
}
