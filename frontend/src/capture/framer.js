/** Cuts a stream of samples into PCM16 frames of exactly 1,024; `flush` gives the short rest, a take's last frame. */
import { SAMPLES } from "./codec.js";

export class Framer {
  constructor() {
    this.frame = new Int16Array(SAMPLES);
    this.filled = 0;
  }

  /** Whole frames, each an Int16Array of its own. */
  push(samples) {
    const frames = [];
    for (const sample of samples) {
      const bounded = Math.max(-1, Math.min(1, sample));
      this.frame[this.filled] = Math.round(bounded * 32767);
      this.filled += 1;
      if (this.filled === SAMPLES) {
        frames.push(this.frame);
        this.frame = new Int16Array(SAMPLES);
        this.filled = 0;
      }
    }
    return frames;
  }

  flush() {
    const rest = this.frame.slice(0, this.filled);
    this.filled = 0;
    return rest;
  }
}
