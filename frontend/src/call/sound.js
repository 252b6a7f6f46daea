/**
 * The loudspeaker: one AudioContext for ringing, speech and cues, with what browsers do to it (threats 17, 30).
 *
 * Autoplay rules want a tap first: `onBlocked(true)` until it came. A device without a loudspeaker never runs even then: the
 * sentence goes on silently by the wall clock, so that lips, captions and the interview go on (`onSilent`).
 */
const LEAD_S = 0.04; // time to schedule; without it the first milliseconds are cut
const FADE_S = 0.08;
const PROMPT_MS = 150; // a context that may run does so by then
const PATIENCE_MS = 1_500; // a slow device gets so long after a tap

export class Sound {
  constructor({ onBlocked, onSilent = () => {}, Context = globalThis.AudioContext || globalThis.webkitAudioContext, hasTapped = tapped, timers = globalThis }) {
    Object.assign(this, { onBlocked, onSilent, Context, hasTapped, timers });
    this.context = null;
    this.waiting = new Set(); // those who wait for the context to run or for a tap that did not help
    this.playing = null;
    this.wasSilent = false;
  }

  get isAvailable() {
    return Boolean(this.Context);
  }

  get isRunning() {
    return this.context?.state === "running";
  }

  open() {
    if (this.context || !this.Context) return this.context;
    this.context = new this.Context();
    this.master = this.context.createGain();
    this.master.connect(this.context.destination);
    // "suspended" by autoplay rules, "interrupted" by a phone call on iOS: both wait for a tap or come back alone.
    this.context.onstatechange = () => {
      if (this.isRunning) this.release();
      else if (this.playing) this.onBlocked(true);
    };
    return this.context;
  }

  /** Ask the browser to play; true when it does. Call it inside a tap to be sure. */
  async unlock(patienceMs = PROMPT_MS) {
    const context = this.open();
    if (!context) return false;
    if (!this.isRunning) {
      // Without a gesture resume() stays pending for ever in some browsers: do not wait for it.
      context.resume().catch(() => {});
      await this.running(patienceMs);
    }
    return this.isRunning;
  }

  /** The person tapped the card: plays, or goes on in silence where the device has no sound. */
  async tapped() {
    await this.unlock(PATIENCE_MS);
    if (!this.isRunning) this.playing?.goOnSilently();
    this.release();
  }

  async decode(bytes) {
    const context = this.open();
    if (!context) throw new Error("no Web Audio");
    return context.decodeAudioData(bytes);
  }

  /** Plays a buffer from its first sample: {clock(): ms, ended: Promise<"ended"|"stopped">, stop()}. */
  async play(buffer) {
    const context = this.open();
    let runs = await this.unlock();
    if (!runs && this.hasTapped()) runs = await this.unlock(PATIENCE_MS);
    else if (!runs) {
      this.onBlocked(true);
      await this.running();
      runs = this.isRunning;
    }
    if (!runs) return this.silently(buffer.duration);
    this.wasSilent = false;
    const source = context.createBufferSource();
    const gain = context.createGain();
    source.buffer = buffer;
    source.connect(gain).connect(this.master);
    const start = context.currentTime + LEAD_S;
    const clock = () => (context.currentTime - start - (context.outputLatency || 0)) * 1000;
    let finish;
    let timer = null;
    const ended = new Promise((resolve) => {
      finish = (how) => {
        this.timers.clearTimeout(timer);
        this.playing = null;
        resolve(how);
      };
    });
    source.onended = () => finish("ended");
    source.start(start);
    this.playing = { goOnSilently: () => (timer = this.timers.setTimeout(() => finish("ended"), Math.max(0, buffer.duration * 1000 - clock()))) };
    const stop = () => {
      const now = context.currentTime;
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(0, now + FADE_S);
      source.onended = null;
      source.stop(now + FADE_S);
      finish("stopped");
    };
    return { clock, ended, stop };
  }

  /** As `play`, by the wall clock and without a sound. */
  silently(seconds) {
    if (!this.wasSilent) this.onSilent();
    this.wasSilent = true;
    const start = performance.now();
    let finish;
    const ended = new Promise((resolve) => (finish = resolve));
    const timer = this.timers.setTimeout(() => finish("ended"), seconds * 1000);
    const stop = () => {
      this.timers.clearTimeout(timer);
      finish("stopped");
    };
    return { clock: () => performance.now() - start, ended, stop };
  }

  /** Resolves when the context runs, after `ms`, or when a tap did not help. */
  running(ms = null) {
    return new Promise((resolve) => {
      const done = () => {
        this.timers.clearTimeout(timer);
        this.waiting.delete(done);
        resolve();
      };
      const timer = ms === null ? null : this.timers.setTimeout(done, ms);
      this.waiting.add(done);
    });
  }

  release() {
    this.onBlocked(false);
    for (const done of [...this.waiting]) done();
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

function tapped() {
  return globalThis.navigator?.userActivation?.hasBeenActive ?? false;
}
