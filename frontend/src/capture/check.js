/** The microphone on the device-check page: level, choice of device, words for what is wrong. Nothing is recorded. */
import { Microphone } from "./microphone.js";
import { paintLevel, Words } from "./words.js";

const HEARD = 0.35; // a level speech reaches easily and a quiet room does not
export const CHOICE = "iv-microphone";

export function enlivenMicrophoneTest(root) {
  const words = new Words(root);
  const bars = [...root.querySelectorAll("[data-mic-level] span")];
  const select = root.querySelector("[data-mic-select]");
  const microphone = new Microphone(root.dataset.worklet);
  let heard = 0;
  root.hidden = false;

  async function test(deviceId) {
    heard = 0;
    await microphone.open(deviceId);
    await offer();
  }

  async function offer() {
    const choices = (await microphone.choices()).filter((choice) => choice.label);
    root.querySelector("[data-mic-choice]").hidden = choices.length < 2;
    select.replaceChildren(...choices.map(({ id, label }) => new Option(label, id, false, id === microphone.settings.deviceId)));
  }

  microphone.addEventListener("frame", ({ detail }) => {
    paintLevel(bars, detail.level);
    heard += detail.level > HEARD ? 1 : 0;
    if (heard === 5) words.show("heard");
  });
  microphone.addEventListener("microphone", ({ detail }) => {
    if (detail.code === "devices") return microphone.isOpen ? offer() : undefined;
    if (detail.code !== "open") paintLevel(bars, 0);
    words.show(detail.code === "unmuted" ? "open" : detail.code);
    return undefined;
  });
  root.querySelector("[data-mic-test]").addEventListener("click", () => test(chosen()));
  select.addEventListener("change", () => {
    remember(select.value);
    test(select.value);
  });
  addEventListener("pagehide", () => microphone.close());
}

/** The device chosen on the check page; the call uses the same. */
export function chosen() {
  try {
    return sessionStorage.getItem(CHOICE) ?? "";
  } catch {
    return "";
  }
}

function remember(id) {
  try {
    sessionStorage.setItem(CHOICE, id);
  } catch {
    // storage is blocked: the browser's default microphone is used
  }
}
