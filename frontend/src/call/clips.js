/**
 * Recorded clips on two <video> elements: one plays, the other holds the next one ready, so that nothing is heard between
 * two clips. A clip is fetched whole before it plays: what plays does not depend on the network any more.
 *
 *   load(url)           → Promise of a local address; the same clip is fetched once
 *   cue(address)        put it into the free element, ready to start; while another clip is only starting, after that
 *   play(address, ms)   → Promise of {clock(): ms, ended: Promise<"ended"|"stopped"|"failed">, stop()}; rejects when it will not start
 *   rest()              nothing is said now: the last picture stays, with the mouth shut
 */
const KEPT = 6; // clips in memory: some megabytes each
const START_MS = 1_800; // from play() to the first picture; with the time to load it stays below the 3 s of a fall
const STALL_MS = 1_500; // a picture that stands still for so long has failed
const LOOK_MS = 100;
const FADE_MS = 60;
const LAST_PICTURE_S = 0.04;

export class Clips {
  constructor({ videos, fetchBytes, onBlocked, addresses = globalThis.URL, timers = globalThis, hidden = () => document.hidden }) {
    Object.assign(this, { videos, fetchBytes, onBlocked, addresses, timers, hidden });
    this.known = new Map(); // url → {loaded: Promise<address>, address, abort}
    this.front = null; // the element in the picture
    this.starting = null; // the play that has no picture yet: its element is not free, though another is still in front
    this.waiting = null; // the address to be cued when it has
    this.level = 1;
    this.taps = new Set();
    this.fading = new Map(); // element → timer of its pause
  }

  /** Inside a tap: some browsers let an element speak only after one. */
  unlock() {
    for (const video of this.videos) if (!video.src) video.load();
  }

  /** Rejects when it cannot be fetched; the next call tries again. */
  load(url) {
    const before = this.known.get(url);
    if (before) return before.loaded;
    const abort = new AbortController();
    const entry = { abort, address: null, loaded: null };
    entry.loaded = this.fetchBytes(url, abort.signal).then(
      (bytes) => (entry.address = this.addresses.createObjectURL(new Blob([bytes], { type: "video/mp4" }))),
      (error) => {
        this.known.delete(url);
        throw error;
      },
    );
    this.known.set(url, entry);
    this.forgetOldest();
    return entry.loaded;
  }

  /** It came too late or would not play: the line is needed for the sound that says it instead. */
  drop(url) {
    const entry = this.known.get(url);
    if (!entry) return;
    this.known.delete(url);
    entry.abort.abort();
    if (entry.address) this.addresses.revokeObjectURL(entry.address);
  }

  cue(address) {
    if (this.starting && !this.holding(address)) this.waiting = address;
    else this.put(address);
  }

  put(address) {
    const video = this.holding(address) ?? this.videos.find((one) => one !== this.front);
    if (video.dataset.address !== address) {
      video.dataset.address = address;
      video.src = address;
      video.load();
    }
    return video;
  }

  async play(address, fromMs = 0) {
    const video = this.put(address);
    const mine = (this.starting = {});
    this.timers.clearTimeout(this.fading.get(video));
    if (fromMs || video.ended || video.currentTime) video.currentTime = fromMs / 1000;
    this.setVolume(video);
    try {
      await this.start(video);
      this.show(video);
    } finally {
      if (this.starting === mine) this.started();
    }
    return this.watch(video);
  }

  started() {
    const next = this.waiting;
    this.starting = this.waiting = null;
    if (next) this.put(next);
  }

  rest() {
    const video = this.front;
    if (video && !video.ended && Number.isFinite(video.duration)) video.currentTime = Math.max(0, video.duration - LAST_PICTURE_S);
  }

  /** Softer while somebody else may be speaking. Where the volume cannot be set (iOS), half of it is silence. */
  duck(level) {
    this.level = Math.min(1, Math.max(0, level));
    for (const video of this.videos) this.setVolume(video);
  }

  /** The person tapped: what waited for it starts. */
  tapped() {
    for (const done of [...this.taps]) done();
  }

  close() {
    for (const video of this.videos) {
      video.pause();
      video.removeAttribute("src");
    }
    for (const url of [...this.known.keys()]) this.drop(url);
  }

  setVolume(video, level = this.level) {
    video.volume = level;
    video.muted = Math.abs(video.volume - level) > 0.01 && level < 0.5;
  }

  /** Resolves when a picture moves. Rejects after START_MS, on an error, and when it was stopped. */
  async start(video) {
    const begun = this.begun(video);
    begun.catch(() => {}); // a refusal of play() comes first
    try {
      await video.play();
    } catch (error) {
      if (error?.name !== "NotAllowedError") throw error;
      this.onBlocked(true);
      await new Promise((resolve) => this.taps.add(resolve)).finally(() => this.taps.clear());
      this.onBlocked(false);
      return this.start(video);
    }
    await begun;
  }

  begun(video) {
    return new Promise((resolve, reject) => {
      const over = (how) => () => {
        this.timers.clearTimeout(timer);
        video.removeEventListener("playing", yes);
        video.removeEventListener("error", no);
        how(new Error("the clip does not start"));
      };
      const yes = over(resolve);
      const no = over(reject);
      const timer = this.timers.setTimeout(no, START_MS);
      video.addEventListener("playing", yes);
      video.addEventListener("error", no);
    });
  }

  show(video) {
    const before = this.front;
    this.front = video;
    video.classList.add("on", "front");
    if (before === video || !before) return;
    before.classList.remove("front");
    // The old picture stays beneath until the new one has faded in.
    this.timers.setTimeout(() => before !== this.front && before.classList.remove("on"), 250);
  }

  watch(video) {
    let seen = -1;
    let still = 0;
    let finish;
    const ended = new Promise((resolve) => (finish = resolve));
    const over = (how) => () => {
      this.timers.clearInterval(look);
      for (const [name, listener] of listeners) video.removeEventListener(name, listener);
      finish(how);
    };
    const listeners = [["ended", over("ended")], ["error", over("failed")]];
    for (const [name, listener] of listeners) video.addEventListener(name, listener);
    const look = this.timers.setInterval(() => {
      if (video.currentTime !== seen) {
        seen = video.currentTime;
        still = 0;
        return;
      }
      // A page that nobody sees may be paused by its browser; it goes on when it is seen again.
      if (this.hidden()) {
        still = 0;
        return;
      }
      if (video.paused && still === 0) video.play().catch(() => {});
      still += LOOK_MS;
      if (still >= STALL_MS) over("failed")();
    }, LOOK_MS);
    const stop = () => {
      over("stopped")();
      this.setVolume(video, 0);
      this.fading.set(video, this.timers.setTimeout(() => video.pause(), FADE_MS));
    };
    return { clock: () => video.currentTime * 1000, ended, stop };
  }

  holding(address) {
    return this.videos.find((video) => video.dataset.address === address);
  }

  forgetOldest() {
    for (const [url, { address }] of [...this.known].slice(0, Math.max(0, this.known.size - KEPT))) {
      if (!address || !this.holding(address)) this.drop(url);
    }
  }
}
