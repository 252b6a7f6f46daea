/** Buttons, keys and the browser's own events of the call page, tied to the conductor's verbs. */
import { playMelody } from "../lib/melody.js";
import { listenToKeys } from "./keys.js";

export function bindActions(page) {
  const actions = {
    answer: () => page.pickUp(),
    decline: () => page.sheets.ask("decline"),
    "mute-ring": (button) => page.ringtone.mute(press(button)),
    reconnect: () => (page.socket.socket ? page.socket.drop() : page.socket.connect()),
    unblock: () => {
      page.clips.tapped();
      page.sound.tapped();
    },
    resume: () => page.resume(),
    "take-over": () => {
      page.sound.unlock();
      page.clips.unlock();
      page.on({ type: "taking_over" });
      page.socket.takeOver();
    },
    repeat: () => page.socket.send("repeat"),
    pause: () => page.pauseOrResume(),
    thinking: () => page.socket.send("thinking"),
    skip: () => page.skip(),
    type: (button) => openComposer(page, button),
    captions: (button) => (page.root.dataset.captions = press(button) ? "on" : "off"),
    drawer: () => drawer(page, page.root.dataset.drawer !== "open"),
    help: () => page.sheets.ask("help"),
    "hang-up": () => page.hangUp(),
    "test-sound": async () => (await page.sound.unlock()) && playMelody(page.sound.context),
    reload: () => location.reload(),
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    const act = button && actions[button.dataset.act];
    if (act && button.type !== "submit") act(button);
  });
  page.screen.button("captions").setAttribute("aria-pressed", String(page.root.dataset.captions === "on"));
  document.querySelector("[data-person-form]").addEventListener("submit", (event) => page.askPerson(event));
  for (const online of [true, false]) {
    addEventListener(online ? "online" : "offline", () => {
      page.on({ type: "network", online });
      if (online && page.state.stage === "on") page.socket.nudge();
    });
  }
  document.addEventListener("visibilitychange", () => !document.hidden && page.state.stage === "on" && page.socket.nudge());
  // A page brought back from the cache has a dead socket and old words.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  listenToKeys({
    isBusy: () => page.sheets.isOpen,
    onSpace: () => page.pauseOrResume(),
    onEnter: () => (page.state.stage === "ringing" ? page.pickUp() : page.screen.part("answer").focus()),
    onEscape: () => drawer(page, false),
  });
}

function openComposer(page, button) {
  const open = page.root.dataset.composer !== "open";
  page.root.dataset.composer = open ? "open" : "closed";
  button.setAttribute("aria-expanded", String(open));
  if (open) page.screen.part("answer").focus();
}

function drawer(page, open) {
  if ((page.root.dataset.drawer === "open") === open) return;
  page.root.dataset.drawer = open ? "open" : "closed";
  const opener = document.querySelector(".drawer-button");
  opener.setAttribute("aria-expanded", String(open));
  page.transcript.scroll();
  (open ? document.querySelector(".drawer-close") : opener).focus();
}

function press(button) {
  const pressed = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(pressed));
  return pressed;
}
