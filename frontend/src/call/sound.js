/** The loudspeaker: one AudioContext for ringing, speech and cues, with what browsers do to it (threats 17, 30). */
const LEAD_S = 0.04; // time to schedule; without it the first milliseconds are cut
const FADE_S = 0.08;

export class Sound {
  /** onBlocked(boolean): the browser plays nothing until a tap, or plays again. */
  constructor({ onBlocked, Context = globalThis.AudioContext || globalThis.webkitAudioContext }) {
    this.onBlocked = onBlocked;
    this.Context = Context;
    this.context = null;
    this.level = 1;
  }

  get isAvailable() {
    return Boolean(this.Context);
  }

  open() {
    if (this.context || !this.Context) return this.context;
    this.context = new this.Context();
    this.master = this.context.createGain();
    this.master.connect(this.context.destination);
    // "suspended" by autoplay rules, "interrupted" by a phone call on iOS: both wait for a tap or come back alone.
    this.context.onstatechange = () => this.onBlocked(this.wanted === true && this.context.state !== "running");
    return this.context;
  }

  /** Ask the browser to play; true when it does. Call it inside a tap to be sure. */
  async unlock() {
    const context = this.open();
    if (!context) return false;
    if (context.state !== "running") {
      // Without a gesture resume() stays pending for ever in some browsers: do not wait for it.
      context.resume().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    return context.state === "running";
  }

  async decode(bytes) {
    const context = this.open();
    if (!context) throw new Error("no Web Audio");
    return context.decodeAudioData(bytes);
  }

  /** Plays a buffer from its first sample. While blocked it waits: the audio clock stands still, nothing is lost. */
  async play(buffer) {
    const context = this.open();
    this.wanted = true;
    if (!(await this.unlock())) this.onBlocked(true);
    const source = context.createBufferSource();
    const gain = context.createGain();
    source.buffer = buffer;
    source.connect(gain).connect(this.master);
    const start = context.currentTime + LEAD_S;
    let finish;
    const ended = new Promise((resolve) => (finish = resolve));
    source.onended = () => {
      this.wanted = false;
      finish("ended");
    };
    source.start(start);
    return {
      clock: () => (context.currentTime - start - (context.outputLatency || 0)) * 1000,
      ended,
      stop: () => {
        const now = context.currentTime;
        gain.gain.setValueAtTime(gain.gain.value, now);
        gain.gain.linearRampToValueAtTime(0, now + FADE_S);
        source.onended = null;
        source.stop(now + FADE_S);
        this.wanted = false;
        finish("stopped");
      },
    };
  }

  /** Softer while somebody else may be speaking; 1 is full. */
  duck(level) {
    if (!this.context) return;
    this.master.gain.setTargetAtTime(Math.min(1, Math.max(0, level)), this.context.currentTime, 0.03);
  }

  close() {
    if (this.context) this.context.onstatechange = null;
    this.context?.close().catch(() => {});
    this.context = null;
  }
}
