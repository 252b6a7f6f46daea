/**
 * Microphone and recorder together: what the call page uses. A muted, ended or hidden microphone ends the take, its return
 * begins a new one (threats 30); typed answers go on all the time.
 *
 *   const voice = await createVoice({ interview, device, workletUrl, link });
 *   await voice.open(deviceId)   // from a click → "open", "denied", "missing", "busy", "insecure", "unsupported", "failed"
 *   voice.start() · voice.stop() // from the first question to goodbye; pause in between
 *   voice.connected() · voice.disconnected() · voice.received(message)   // the socket, after "hello" was sent
 *   link: {send(type, fields), sendFrame(bytes)}, both false without an open socket
 *
 * Events: "level" {level} · "microphone" {code} (also "hidden", "visible") · "recording" {on} · "saved" {unsavedMs} ·
 *         "complete" {key} · "trouble" {code, text} · "leftovers" {takes, ms}
 */
import { pcmBytes } from "./codec.js";
import { Microphone } from "./microphone.js";
import { openStore } from "./outbox.js";
import { Recorder } from "./recorder.js";

export async function createVoice({ interview, device, workletUrl, link, page = document }) {
  const store = await openStore(interview);
  const microphone = new Microphone(workletUrl);
  const recorder = new Recorder({ store, link, device, clock: browserClock() });
  return new Voice(microphone, recorder, page);
}

export class Voice extends EventTarget {
  constructor(microphone, recorder, page) {
    super();
    Object.assign(this, { microphone, recorder, page });
    this.wanted = false;
    this.on = false;
    this.turns = Promise.resolve();
    for (const kind of ["saved", "complete", "trouble", "take"]) {
      recorder.addEventListener(kind, ({ detail }) => this.say(kind, detail));
    }
    microphone.addEventListener("frame", ({ detail }) => {
      if (this.on) recorder.push(pcmBytes(detail.samples));
      this.say("level", { level: detail.level });
    });
    microphone.addEventListener("rest", ({ detail }) => {
      this.rest = pcmBytes(detail.samples);
    });
    microphone.addEventListener("microphone", ({ detail }) => {
      this.say("microphone", detail);
      this.adjust();
    });
    this.seen = () => {
      this.say("microphone", { code: page.hidden ? "hidden" : "visible" });
      if (!page.hidden) microphone.wake();
      this.adjust();
    };
    page.addEventListener("visibilitychange", this.seen);
  }

  open(deviceId = "") {
    return this.microphone.open(deviceId);
  }

  choices() {
    return this.microphone.choices();
  }

  /** Record from now on, as far as there is something to hear. */
  start() {
    this.wanted = true;
    return this.adjust();
  }

  /** Mute, pause, goodbye: the take ends, its rest is sent. */
  stop() {
    this.wanted = false;
    return this.adjust();
  }

  connected() {
    this.recorder.connected();
  }

  disconnected() {
    this.recorder.disconnected();
  }

  received(message) {
    return this.recorder.received(message);
  }

  /** Sound of an earlier visit that is still here: {takes, ms}; `sendLeftovers` sends it. */
  leftovers() {
    return this.recorder.leftovers();
  }

  sendLeftovers() {
    return this.recorder.adopt();
  }

  get unsavedMs() {
    return this.recorder.unsavedMs;
  }

  get isComplete() {
    return this.recorder.isComplete;
  }

  /** Ends the take and lets the microphone go; sending goes on as long as the page lives. */
  async release() {
    await this.stop();
    this.page.removeEventListener("visibilitychange", this.seen);
    this.microphone.close();
  }

  adjust() {
    this.turns = this.turns.then(async () => {
      const should = this.wanted && this.microphone.isHearing && !this.page.hidden;
      if (should === this.on) return;
      if (should) {
        await this.microphone.wake();
        await this.recorder.begin();
        this.on = true;
      } else {
        this.rest = undefined;
        if (this.microphone.isOpen) await this.microphone.flush();
        this.on = false;
        await this.recorder.end(this.rest);
      }
      this.say("recording", { on: this.on });
    });
    return this.turns;
  }

  say(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

function browserClock() {
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
  };
}
