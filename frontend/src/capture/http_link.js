/**
 * Sound by HTTP where no socket gets through (threats 31): the recorder's link with the same messages and frames.
 *
 * One request at a time. What is handed over while one is under way waits for the next; when one fails everything that waits is
 * dropped, because the recorder asks the server where it stands and sends again.
 *
 *   post(body, contentType) → {messages}; rejects with {status} when it was refused or the network is gone
 *   onOpen(), onLost()      as of a socket; onMessage(message)
 */
import { message } from "../lib/payloads.js";

const REST_MS = 600; // between requests: the server counts them
const AGAIN_MS = 5_000;
const MOST_BYTES = 128 * 1024;
const NEVER = new Set([400, 403, 404]); // the same again would be refused again

export class HttpLink {
  constructor({ post, onOpen, onMessage, onLost, timers = globalThis }) {
    Object.assign(this, { post, onOpen, onMessage, onLost, timers });
    this.isOn = false;
    this.waiting = [];
    this.timer = null;
    this.run = 0; // grows with each start and stop: an answer to an older run is void
  }

  start() {
    if (this.isOn) return;
    this.isOn = true;
    this.run += 1;
    this.onOpen();
  }

  stop() {
    this.timers.clearTimeout(this.timer);
    this.timer = null;
    if (!this.isOn) return;
    this.isOn = false;
    this.run += 1;
    this.waiting = [];
    this.onLost();
  }

  send(type, fields) {
    return this.hold(message(type, fields));
  }

  sendFrame(bytes) {
    return this.hold(bytes);
  }

  hold(item) {
    if (!this.isOn) return false;
    this.waiting.push(item);
    this.timer ??= this.timers.setTimeout(() => this.flush(this.run), 0);
    return true;
  }

  async flush(run) {
    try {
      const { messages } = await this.next();
      if (run !== this.run) return;
      messages.forEach((told) => this.onMessage(told));
      this.timer = this.timers.setTimeout(() => (this.waiting.length ? this.flush(run) : (this.timer = null)), REST_MS);
    } catch (error) {
      if (run !== this.run) return;
      this.stop();
      if (!NEVER.has(error?.status)) this.timer = this.timers.setTimeout(() => this.again(), AGAIN_MS);
    }
  }

  again() {
    this.timer = null;
    this.start();
  }

  /** The first message that waits, or all frames before the next one, as one request. */
  next() {
    if (typeof this.waiting[0] === "string") return this.post(this.waiting.shift(), "application/json");
    const frames = [];
    let size = 0;
    while (this.waiting.length && typeof this.waiting[0] !== "string" && size + this.waiting[0].length <= MOST_BYTES) {
      size += this.waiting[0].length;
      frames.push(this.waiting.shift());
    }
    const body = new Uint8Array(size);
    let at = 0;
    for (const bytes of frames) {
      body.set(bytes, at);
      at += bytes.length;
    }
    return this.post(body, "application/octet-stream");
  }
}
