/**
 * Says the server's sentences one after the other (design §5): the sound of the next is fetched while one plays, each is
 * reported as heard at its end, and a sentence whose sound fails is shown as text for as long as reading takes.
 *
 * A clip says several sentences: each is reported at its own end, and a clip that fails is handed back to the server at the
 * sentence it has reached (`onFell`), which says the rest in another way.
 *
 * Everything outside is handed in:
 *   load(say)            → Promise<{buffer, timeline}> or, of a clip, Promise<{clip}>; buffer null on the rung "text"
 *   play(loaded, ms)     → {clock(): ms, ended: Promise<"ended"|"stopped"|"failed">, stop()}; may reject. `ms`: where to begin
 *   cue(loaded)          what will be played next
 *   onSentence(say, {timeline, clock})   a sentence begins; `clock` null when it is only shown
 *   onFirstSound(say)    the first sentence of a reply can be heard
 *   onHeard(say, ms)     it was heard (or read) to its end
 *   onIdle(), onBusy()   the queue has run empty, or begins
 *   onFault(say)         its sound could not be had
 *   onFell(say, number)  the clip cannot go on from this sentence
 */
const LOAD_MS = 8_000; // the server's margin is shorter than a person's patience, but a slow network deserves a chance
const CLIP_LOAD_MS = 1_000; // clips are fetched ahead: with the start it stays below the 3 s of a fall
const FALL_MS = 3_000; // for the server to say the rest in another way; then it is shown
const PART_MS = 50;
const READ_MS_PER_CHARACTER = 60;
const READ_LEAST_MS = 1_800;

export function readingMs(text) {
  return Math.max(READ_LEAST_MS, [...text].length * READ_MS_PER_CHARACTER);
}

export class Player {
  constructor({ load, play, cue = () => {}, onSentence, onHeard, onIdle, onBusy, onFault, onFell = () => {}, onFirstSound = () => {}, timers = globalThis }) {
    Object.assign(this, { load, play, cue, onSentence, onHeard, onIdle, onBusy, onFault, onFell, onFirstSound, timers });
    this.sounding = null; // the generation that was heard last
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
    if (this.current?.fallen && say.generation > this.current.say.generation) this.dropCurrent();
    const known = [this.current, ...this.queue].find((entry) => entry && !entry.dropped && covers(entry.say, say.sentence));
    if (known) {
      known.say = { ...known.say, generation: say.generation };
      return;
    }
    const entry = { say, loaded: this.load(say).catch(() => null), dropped: false, fallen: false, cued: false, cut: null };
    this.queue.push(entry);
    this.cueNext();
    this.run();
  }

  /** A new connection: what waits is said again by the server; what is being said goes on. */
  renew(heardSentence) {
    for (const entry of this.queue) entry.dropped = true;
    this.queue = [];
    if (this.current?.fallen) this.dropCurrent();
    this.lastHeard = Math.max(this.lastHeard, heardSentence);
  }

  /** `stop_speaking`: everything up to this generation is void; nothing of it counts as heard. */
  stop(generation = Infinity) {
    this.queue = this.queue.filter((entry) => {
      entry.dropped = entry.say.generation <= generation;
      return !entry.dropped;
    });
    if (this.current && this.current.say.generation <= generation) this.dropCurrent();
  }

  dropCurrent() {
    this.current.dropped = true;
    this.current.cut?.();
  }

  /** Make ready what comes after the sentence that is being said. */
  cueNext() {
    const next = this.queue[0];
    if (!this.running || !next?.say.clip_url || next.cued) return;
    next.cued = true;
    next.loaded.then((loaded) => loaded && !next.dropped && this.queue[0] === next && this.cue(loaded));
  }

  async run() {
    if (this.running) return;
    this.running = true;
    this.onBusy();
    while (this.queue.length) {
      this.current = this.queue.shift();
      this.cueNext();
      await this.speak(this.current);
      this.current = null;
    }
    this.running = false;
    this.onIdle();
  }

  async speak(entry) {
    const loaded = await this.within(entry, entry.loaded, entry.say.clip_url ? CLIP_LOAD_MS : LOAD_MS);
    if (entry.dropped) return;
    if (entry.say.clip_url || entry.say.rung === "live") return this.film(entry, loaded);
    const played = loaded?.buffer ? await this.sound(entry, loaded) : null;
    if (played === null) {
      if (entry.say.audio_url) this.onFault(entry.say);
      await this.show(entry, entry.say);
    }
    if (entry.dropped || played === "stopped") return;
    this.heard(entry.say);
  }

  /** "ended", "stopped", or null when the sound would not play. */
  async sound(entry, loaded) {
    const playing = await this.started(entry, loaded);
    if (!playing) return entry.dropped ? "stopped" : null;
    this.begins(entry.say, { timeline: loaded.timeline, clock: playing.clock });
    return playing.ended;
  }

  /** A clip, from the first of its sentences that was not heard. */
  async film(entry, loaded) {
    const parts = sentencesOf(entry.say);
    let at = Math.max(0, parts.findIndex((part) => part.sentence > this.lastHeard));
    const playing = loaded && (await this.started(entry, loaded, parts[at].start_ms));
    if (entry.dropped) return;
    if (!playing) return this.fall(entry, parts.slice(at));
    const begin = () => this.begins(parts[at], { timeline: { words: parts[at].words }, clock: playing.clock });
    begin();
    const look = this.timers.setInterval(() => {
      while (at < parts.length - 1 && playing.clock() >= parts[at].end_ms) {
        this.heard(parts[at]);
        at += 1;
        begin();
      }
    }, PART_MS);
    const how = await playing.ended;
    this.timers.clearInterval(look);
    if (entry.dropped || how === "stopped") return;
    if (how === "failed") return this.fall(entry, parts.slice(at));
    for (const part of parts.slice(at)) this.heard(part);
  }

  /** The server is told and says the rest by another rung; should it not answer, the rest is shown. */
  async fall(entry, rest) {
    entry.fallen = true;
    this.onFell(entry.say, rest[0].sentence);
    await this.within(entry, new Promise(() => {}), FALL_MS);
    for (const part of rest) {
      if (entry.dropped) return;
      await this.show(entry, part);
      if (!entry.dropped) this.heard(part);
    }
  }

  /** Only shown, for as long as reading takes. */
  show(entry, say) {
    this.begins(say, { timeline: null, clock: null });
    return this.within(entry, new Promise(() => {}), readingMs(say.text));
  }

  /** A sentence begins; of each reply the first that can be heard is told apart. */
  begins(say, how) {
    if (how.clock && say.generation !== this.sounding) {
      this.sounding = say.generation;
      this.onFirstSound(say);
    }
    this.onSentence(say, how);
  }

  heard(say) {
    this.lastHeard = Math.max(this.lastHeard, say.sentence);
    this.onHeard(say, say.duration_ms);
  }

  /** What plays now, or null when it would not or was dropped meanwhile. */
  async started(entry, loaded, fromMs = 0) {
    let playing;
    try {
      playing = await this.play(loaded, fromMs);
    } catch {
      return null;
    }
    if (entry.dropped) {
      playing.stop();
      return null;
    }
    entry.cut = () => playing.stop();
    return playing;
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

/** A page that met an older server knows no `first`. */
const covers = (say, sentence) => (say.first ?? say.sentence) <= sentence && sentence <= say.sentence;

/** The sentences of a clip, each like a `say` of its own. */
function sentencesOf(say) {
  return say.parts.map((part, index) => ({ ...say, ...part, sentence: say.first + index, duration_ms: part.end_ms - part.start_ms }));
}
