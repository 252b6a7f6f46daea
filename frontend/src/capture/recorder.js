/**
 * The recorder's page half (design §4, §5): takes, numbers, the outbox, and what the server says about them. No DOM, no clock
 * of its own: a model test drives it.
 *
 *   link:  {send(type, fields), sendFrame(bytes)} – both return false while there is no socket
 *   clock: {now() ms, wall() ms since the epoch, after(ms, act) → cancel()}
 *
 * Events: "saved" {unsavedMs}, "take" {key, number}, "complete" {key}, "trouble" {code, text}.
 */
import { newId } from "../lib/ids.js";
import { encode, FRAME_MS, SAMPLES } from "./codec.js";
import * as sha256 from "./sha256.js";

const WINDOW = 64; // frames sent and not yet saved, each take
const CATCH_UP_PER_S = 230; // below the server's cap of 20 × real time (threats 27)
const SILENCE_MS = 10_000; // no answer for so long: send again from what is saved
const PATIENCE_MS = 5_000; // after many refusals without progress
const MOST_REWINDS = 6;
const OVER = new Set(["too_long", "too_many_takes", "erased", "unknown_take", "take_ended"]);

export class Recorder extends EventTarget {
  constructor({ store, link, device, clock, newKey = newId }) {
    super();
    Object.assign(this, { store, link, device, clock, newKey });
    this.tracks = new Map(); // key → {record, cursor, ready, pausedUntil, rewinds, over}
    this.live = null;
    this.online = false;
    this.tokens = WINDOW;
    this.tokensAt = clock.now();
    this.work = Promise.resolve();
    this.pumping = false;
    this.timers = new Set();
  }

  /** A new take begins now, with or without a socket. */
  begin() {
    return this.inOrder(async () => {
      if (this.live) await this.close(this.live);
      const record = {
        key: this.newKey(), startedAt: this.clock.wall(), number: null, next: 0, count: 0, ended: false, hash: sha256.start(), sha256: "",
      };
      await this.store.claim(record.key);
      await this.store.add(record);
      this.live = this.follow(record);
      this.ask(this.live);
    });
  }

  /** One full frame of the live take (Uint8Array, PCM16-LE). Kept on the device first, then sent. */
  push(pcm) {
    return this.inOrder(async () => {
      if (!this.live || !pcm.length) return;
      const { record } = this.live;
      await this.store.put(record.key, record.count, pcm);
      record.count += 1;
      this.pump();
    });
  }

  /** The live take is over; `rest` is its short last frame, if any. */
  end(rest = new Uint8Array(0)) {
    this.push(rest);
    return this.inOrder(async () => {
      if (this.live) await this.close(this.live);
    });
  }

  /** The socket is open and has said hello: ask for every take where the server stands. */
  connected() {
    this.online = true;
    for (const track of this.tracks.values()) this.ask(track);
  }

  disconnected() {
    this.online = false;
    for (const track of this.tracks.values()) track.ready = false;
  }

  /** {takes, ms} this device still holds from before this page, and nobody else is sending. */
  async leftovers() {
    const records = await this.strangers();
    return { takes: records.length, ms: records.reduce((sum, record) => sum + (record.count - record.next) * FRAME_MS, 0) };
  }

  /** Send them too. */
  adopt() {
    return this.inOrder(async () => {
      for (const record of await this.strangers()) {
        await this.store.change(record.key, { ended: true });
        this.ask(this.follow({ ...record, ended: true }));
      }
    });
  }

  get unsavedMs() {
    let frames = 0;
    for (const { record, over } of this.tracks.values()) if (!over) frames += record.count - record.next;
    return frames * FRAME_MS;
  }

  /** True when everything of ended takes is complete on the server. */
  get isComplete() {
    return [...this.tracks.values()].every((track) => track.over || track === this.live);
  }

  received(message) {
    return this.inOrder(() => this.obey(message));
  }

  stop() {
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    this.online = false;
  }

  // --- Within ---------------------------------------------------------------------------------------------------------

  inOrder(act) {
    this.work = this.work.then(act).catch((fault) => this.trouble({ code: "device_storage", text: String(fault?.name ?? fault) }));
    return this.work;
  }

  follow(record) {
    const track = { record, cursor: record.next, ready: false, pausedUntil: 0, rewinds: 0, over: false, heardAt: this.clock.now() };
    this.tracks.set(record.key, track);
    return track;
  }

  /** Takes of earlier pages that no other tab sends; those nothing was ever said into are forgotten. */
  async strangers() {
    const found = [];
    for (const record of await this.store.takes()) {
      if (this.tracks.has(record.key) || !(await this.store.claim(record.key))) continue;
      if (record.count === 0 && record.number === null) await this.store.drop(record.key);
      else found.push(record);
    }
    return found;
  }

  async close(track) {
    this.live = this.live === track ? null : this.live;
    track.record.ended = true;
    await this.store.change(track.record.key, { ended: true });
    await this.settle(track);
  }

  ask(track) {
    if (!this.online || track.over) return;
    const { key, startedAt } = track.record;
    track.ready = false;
    this.link.send("take", { device: this.device, key, age_ms: Math.max(0, Math.round(this.clock.wall() - startedAt)) });
    this.later(SILENCE_MS, () => {
      if (!track.ready) this.ask(track);
    });
  }

  async obey(message) {
    const track = this.trackOf(message);
    if (!track) {
      if (message.type === "error" && message.take !== undefined) this.trouble(message);
      return;
    }
    track.heardAt = this.clock.now();
    if (message.type === "take") await this.placed(track, message);
    else if (message.type === "saved") await this.saved(track, message.next);
    else if (message.type === "finished_take") await this.finished(track, message);
    else if (message.type === "error") this.refused(track, message);
    this.pump();
  }

  trackOf(message) {
    if (message.key) return this.tracks.get(message.key);
    return [...this.tracks.values()].find(({ record }) => record.number !== null && record.number === message.take);
  }

  async placed(track, message) {
    track.record.number = message.take;
    await this.store.change(track.record.key, { number: message.take });
    this.dispatchEvent(new CustomEvent("take", { detail: { key: track.record.key, number: message.take } }));
    if (message.next < track.record.next) {
      this.giveUp(track, { code: "server_lost_sound", text: "" });
      return;
    }
    track.ready = true;
    track.cursor = message.next;
    await this.saved(track, message.next);
    await this.settle(track);
  }

  /** Everything before `next` is on the server's disk: hash it, then forget it. */
  async saved(track, next) {
    const { record } = track;
    const until = Math.min(next, record.count);
    while (record.next < until) {
      const frames = await this.store.frames(record.key, record.next, Math.min(WINDOW, until - record.next));
      if (!frames.length) break;
      let { hash, sha256: whole } = record;
      for (const pcm of frames) {
        if (pcm.length === SAMPLES * 2) hash = sha256.add(hash, pcm);
        else whole = sha256.finish(hash, pcm);
      }
      const after = record.next + frames.length;
      await this.store.saved(record.key, record.next, after, { hash, sha256: whole });
      Object.assign(record, { next: after, hash, sha256: whole });
      track.rewinds = 0;
    }
    track.cursor = Math.max(track.cursor, record.next);
    this.dispatchEvent(new CustomEvent("saved", { detail: { unsavedMs: this.unsavedMs } }));
    await this.settle(track);
  }

  /** An ended take whose last frame is saved asks for the final word. */
  async settle(track) {
    const { record } = track;
    if (!record.ended || track.over || record.next < record.count) return;
    if (record.number === null && record.count === 0) {
      track.over = true;
      await this.store.drop(record.key);
      return;
    }
    if (!track.ready || record.number === null) return;
    this.link.send("finish", { take: record.number, frames: record.count, sha256: record.sha256 || sha256.finish(record.hash) });
  }

  async finished(track, message) {
    if (message.complete) {
      track.over = true;
      await this.store.drop(track.record.key);
      this.dispatchEvent(new CustomEvent("complete", { detail: { key: track.record.key } }));
    } else if (message.reason === "missing" && message.next >= track.record.next) {
      track.cursor = message.next;
    } else {
      this.giveUp(track, { code: message.reason === "missing" ? "server_lost_sound" : "not_the_same", text: "" });
    }
  }

  refused(track, message) {
    if (OVER.has(message.code)) {
      this.giveUp(track, message);
    } else if (message.code === "gap" || message.code === "corrupt") {
      track.cursor = Math.max(track.record.next, Math.min(message.next ?? track.record.next, track.cursor));
      track.rewinds += 1;
      if (track.rewinds > MOST_REWINDS) this.pause(track, PATIENCE_MS);
    } else if (message.retry_s > 0) {
      this.pause(track, message.retry_s * 1000);
      this.trouble(message);
    } else {
      this.trouble(message);
    }
  }

  pause(track, ms) {
    track.rewinds = 0;
    track.ready = false;
    track.cursor = track.record.next;
    track.pausedUntil = this.clock.now() + ms;
    this.later(ms + 50, () => this.ask(track));
  }

  /** Nothing more can be done from here; what is stored on either side stays there. */
  giveUp(track, message) {
    track.over = true;
    if (this.live === track) this.live = null;
    this.trouble(message);
  }

  trouble({ code, text }) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: { code, text: text ?? "" } }));
  }

  /** Send what may be sent: the live take first, the older ones with what is left. */
  pump() {
    if (this.pumping) return;
    this.pumping = true;
    this.inOrder(async () => {
      this.pumping = false;
      const order = [...this.tracks.values()].sort((a, b) => (b === this.live) - (a === this.live));
      for (const track of order) await this.sendSome(track);
    });
  }

  async sendSome(track) {
    const { record } = track;
    if (!this.online || !track.ready || track.over) return;
    const wanted = Math.min(record.count - track.cursor, WINDOW - (track.cursor - record.next));
    if (wanted <= 0) return this.watch(track);
    const frames = await this.store.frames(record.key, track.cursor, Math.min(wanted, this.allowance()));
    for (const pcm of frames) {
      if (!this.link.sendFrame(encode(record.number, track.cursor, pcm))) return undefined;
      track.cursor += 1;
      this.tokens -= 1;
    }
    if (frames.length < wanted) this.later(100, () => this.pump());
    return this.watch(track);
  }

  allowance() {
    const now = this.clock.now();
    this.tokens = Math.min(WINDOW, this.tokens + ((now - this.tokensAt) / 1000) * CATCH_UP_PER_S);
    this.tokensAt = now;
    return Math.floor(this.tokens);
  }

  /** Sent and no answer: the acknowledgement or the frames were lost. */
  watch(track) {
    if (track.watched || (track.cursor === track.record.next && !track.record.ended)) return;
    track.watched = true;
    this.later(SILENCE_MS, () => {
      track.watched = false;
      if (track.over || !this.online) return;
      if (this.clock.now() - track.heardAt >= SILENCE_MS && (track.cursor > track.record.next || track.record.ended)) this.ask(track);
      else this.watch(track);
    });
  }

  later(ms, act) {
    const cancel = this.clock.after(ms, () => {
      this.timers.delete(cancel);
      act();
    });
    this.timers.add(cancel);
  }
}
