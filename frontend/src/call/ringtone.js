import { bell } from "../lib/melody.js";

/** Two soft phrases and a rest, again and again: [Hz, seconds from the start of the round]. */
const PHRASE = [[659.25, 0], [783.99, 0.16], [987.77, 0.32], [783.99, 0.64], [659.25, 1.2], [783.99, 1.36], [987.77, 1.52], [1174.66, 1.84]];
const ROUND_S = 4.2;

/** The ringing of an incoming call by Web Audio, with the telephone's own buzz. */
export class Ringtone {
  constructor(sound, { vibrate = globalThis.navigator?.vibrate?.bind(globalThis.navigator) } = {}) {
    this.sound = sound;
    this.vibrate = vibrate;
    this.muted = false;
    this.timer = null;
    this.out = null;
  }

  /** Rings at once, or from the first touch on where the browser wants one. */
  async start() {
    this.wanted = true;
    if (!this.sound.isAvailable) return;
    const ready = await this.sound.unlock();
    if (!this.wanted) return;
    if (ready) return this.ring();
    const wake = async () => {
      removeEventListener("pointerdown", wake);
      removeEventListener("keydown", wake);
      if (this.wanted && (await this.sound.unlock()) && this.wanted) this.ring();
    };
    addEventListener("pointerdown", wake);
    addEventListener("keydown", wake);
  }

  ring() {
    if (this.timer) return;
    const { context, master } = this.sound;
    this.out = context.createGain();
    this.out.gain.value = this.muted ? 0 : 0.8;
    this.out.connect(master);
    const round = () => {
      const start = context.currentTime + 0.05;
      for (const [frequency, at] of PHRASE) bell(context, this.out, frequency, start + at, 0.7, 0.16);
      if (!this.muted) this.buzz();
    };
    round();
    this.timer = setInterval(round, ROUND_S * 1000);
  }

  buzz() {
    try {
      // Browsers refuse before the first touch, and say so in the console.
      if (globalThis.navigator?.userActivation?.hasBeenActive !== false) this.vibrate?.([300, 160, 300]);
    } catch {
      // not allowed here: the picture rings too
    }
  }

  mute(muted) {
    this.muted = muted;
    if (this.out) this.out.gain.setTargetAtTime(muted ? 0 : 0.8, this.sound.context.currentTime, 0.05);
    if (muted) this.stopBuzz();
  }

  stopBuzz() {
    try {
      this.vibrate?.(0);
    } catch {
      // as above
    }
  }

  stop() {
    this.wanted = false;
    clearInterval(this.timer);
    this.timer = null;
    this.stopBuzz();
    const out = this.out;
    this.out = null;
    if (!out) return;
    out.gain.setTargetAtTime(0, this.sound.context.currentTime, 0.04);
    setTimeout(() => out.disconnect(), 300);
  }
}
