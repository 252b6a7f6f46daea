/**
 * Says the server's sentences one after the other (design §5): the sound of the next is fetched while one plays, each is
 * reported as heard at its end, and a sentence whose sound fails is shown as text for as long as reading takes.
 *
 * Everything outside is handed in:
 *   load(say)            → Promise<{buffer, timeline}>; buffer null on the rung "text"
 *   play(buffer)         → {clock(): ms, ended: Promise<"ended"|"stopped">, stop()}; may reject
 *   onSentence(say, {timeline, clock})   a sentence begins; `clock` null when it is only shown
 *   onHeard(say, ms)     it was heard (or read) to its end
 *   onIdle(), onBusy()   the queue has run empty, or begins
 *   onFault(say)         its sound could not be had
 */
const LOAD_MS = 8_000; // the server's margin is shorter than a person's patience, but a slow network deserves a chance
const READ_MS_PER_CHARACTER = 60;
const READ_LEAST_MS = 1_800;

export function readingMs(text) {
  return Math.max(READ_LEAST_MS, [...text].length * READ_MS_PER_CHARACTER);
}

export class Player {
  constructor({ load, play, onSentence, onHeard, onIdle, onBusy, onFault, timers = globalThis }) {
    Object.assign(this, { load, play, onSentence, onHeard, onIdle, onBusy, onFault, timers });
    this.queue = [];
    this.current = null;
    this.lastHeard = -1;
    this.running = false;
  }

  get busy() {
    return this.running;
  }

  /** A `say` message. One that comes twice is played once; one that was heard is reported again. */
  enqueue(say) {
    if (say.sentence <= this.lastHeard) return this.onHeard(say, say.duration_ms);
    const known = [this.current, ...this.queue].find((entry) => entry?.say.sentence === say.sentence && !entry.dropped);
    if (known) {
      known.say = { ...known.say, generation: say.generation };
      return;
    }
    const entry = { say, loaded: this.load(say).catch(() => null), dropped: false, cut: null };
    this.queue.push(entry);
    this.run();
  }

  /** A new connection: what waits is said again by the server; what is being said goes on. */
  renew(heardSentence) {
    for (const entry of this.queue) entry.dropped = true;
    this.queue = [];
    this.lastHeard = Math.max(this.lastHeard, heardSentence);
  }

  /** `stop_speaking`: everything up to this generation is void; nothing of it counts as heard. */
  stop(generation = Infinity) {
    this.queue = this.queue.filter((entry) => {
      entry.dropped = entry.say.generation <= generation;
      return !entry.dropped;
    });
    if (this.current && this.current.say.generation <= generation) {
      this.current.dropped = true;
      this.current.cut?.();
    }
  }

  async run() {
    if (this.running) return;
    this.running = true;
    this.onBusy();
    while (this.queue.length) {
      this.current = this.queue.shift();
      await this.speak(this.current);
      this.current = null;
    }
    this.running = false;
    this.onIdle();
  }

  async speak(entry) {
    const loaded = await this.within(entry, entry.loaded, LOAD_MS);
    if (entry.dropped) return;
    const played = loaded?.buffer ? await this.sound(entry, loaded) : null;
    if (played === null) {
      if (entry.say.audio_url) this.onFault(entry.say);
      this.onSentence(entry.say, { timeline: null, clock: null });
      await this.within(entry, new Promise(() => {}), readingMs(entry.say.text));
    }
    if (entry.dropped || played === "stopped") return;
    this.lastHeard = Math.max(this.lastHeard, entry.say.sentence);
    this.onHeard(entry.say, entry.say.duration_ms);
  }

  /** "ended", "stopped", or null when the sound would not play. */
  async sound(entry, { buffer, timeline }) {
    let playing;
    try {
      playing = await this.play(buffer);
    } catch {
      return null;
    }
    if (entry.dropped) {
      playing.stop();
      return "stopped";
    }
    entry.cut = () => playing.stop();
    this.onSentence(entry.say, { timeline, clock: playing.clock });
    return playing.ended;
  }

  /** What `promise` gives, or null after `ms` or when the entry is dropped. */
  within(entry, promise, ms) {
    return new Promise((resolve) => {
      const timer = this.timers.setTimeout(() => resolve(null), ms);
      entry.cut = () => {
        this.timers.clearTimeout(timer);
        resolve(null);
      };
      promise.then((value) => {
        this.timers.clearTimeout(timer);
        resolve(value);
      });
    });
  }
}
