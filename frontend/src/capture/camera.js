/**
 * The candidate's camera, where position and candidate want it: MediaRecorder's pieces, kept on the device until the server has
 * them (threats 19–25). Whatever goes wrong with it stays here: the interview goes on without a picture.
 *
 *   CameraUpload: begin() · push(bytes) · end() · adopt() – numbers, hashes, the outbox, the requests; no DOM
 *     events: "progress" · "cut", when nothing more of the present recording is taken
 *     store: capture/outbox.js under a name of its own · post(body, contentType, query) → answer, rejects with {status, body}
 *     record.hash is the chain: SHA-256(chain + hex SHA-256 of the piece), hex
 *   Camera: start() · stop() · again() – getUserMedia and MediaRecorder
 */
import { newId } from "../lib/ids.js";
import { faultCode } from "./faults.js";
import { openStore } from "./outbox.js";

const MOST_BYTES = 512 * 1024;
const AGAIN_MS = 5_000;
const NEVER = new Set([400, 403, 404, 413, 415]);
const PIECE_MS = 4_000;
const KINDS = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp8", "video/webm", "video/mp4"];

export async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class CameraUpload extends EventTarget {
  constructor({ store, post, device, newKey = newId, wall = () => Date.now(), timers = globalThis }) {
    super();
    Object.assign(this, { store, post, device, newKey, wall, timers });
    this.records = []; // those this page sends
    this.live = null;
    this.work = Promise.resolve();
    this.timer = null;
    this.isSending = false;
    this.sent = Promise.resolve();
  }

  get isComplete() {
    return this.records.length === 0;
  }

  /** Pieces kept here that the server does not have. */
  get unsaved() {
    return this.records.reduce((sum, { count, next }) => sum + count - next, 0);
  }

  begin() {
    return this.inOrder(async () => {
      const record = { key: this.newKey(), startedAt: this.wall(), number: null, next: 0, count: 0, ended: false, hash: "", sha256: "" };
      await this.store.claim(record.key);
      await this.store.add(record);
      this.records.push(record);
      this.live = record;
    });
  }

  /** What the recorder gave: kept first, then sent. A large piece is split, so that no request is too big. */
  push(bytes) {
    return this.inOrder(async () => {
      const record = this.live;
      for (let at = 0; record && at < bytes.length; at += MOST_BYTES) {
        try {
          await this.store.put(record.key, record.count, bytes.slice(at, at + MOST_BYTES));
        } catch {
          this.cut(record); // what comes after a hole could not be played
          break;
        }
        record.count += 1;
      }
      this.send();
    });
  }

  end() {
    return this.inOrder(async () => {
      if (!this.live) return;
      this.live.ended = true;
      await this.store.change(this.live.key, { ended: true });
      this.live = null;
      this.send();
    });
  }

  /** What an earlier page left behind and nobody else is sending; resolves to how many takes. */
  async adopt() {
    let count = 0;
    for (const record of await this.store.takes()) {
      if (this.records.some(({ key }) => key === record.key) || !(await this.store.claim(record.key))) continue;
      await this.store.change(record.key, { ended: true });
      this.records.push({ ...record, ended: true });
      count += 1;
    }
    this.send();
    return count;
  }

  /** Send what there is, one request at a time; a lost one is sent again after a while. Resolves when it stops. */
  send() {
    if (!this.isSending) this.sent = this.run();
    return this.sent;
  }

  async run() {
    this.isSending = true;
    this.timers.clearTimeout(this.timer);
    try {
      for (let record = this.waiting; record; record = this.waiting) {
        await this.step(record);
        this.dispatchEvent(new Event("progress"));
      }
    } catch (error) {
      const wait = error?.body?.retry_s ? error.body.retry_s * 1000 : AGAIN_MS;
      this.timer = this.timers.setTimeout(() => this.send(), wait);
    }
    // In one breath with the last look: what comes from now on begins a new run.
    this.isSending = false;
    this.dispatchEvent(new Event("progress"));
  }

  /** The next record with something to send. */
  get waiting() {
    return this.records.find(({ next, count, ended }) => next < count || ended);
  }

  /** One request. Rejects when it should be tried again later. */
  async step(record) {
    try {
      await this.advance(record);
    } catch (error) {
      if (!NEVER.has(error?.status)) throw error;
      this.forget(record); // the same again would be refused again; the device forgets it after a week
    }
  }

  async advance(record) {
    if (record.ended && !record.count) return this.done(record);
    if (record.number === null) {
      const answer = await this.post(JSON.stringify({ type: "take", device: this.device, key: record.key }), "application/json");
      record.number = answer.take;
      return this.store.change(record.key, { number: answer.take });
    }
    if (record.next < record.count) return this.piece(record);
    const finish = { type: "finish", take: record.number, chunks: record.count, sha256: record.hash };
    const answer = await this.post(JSON.stringify(finish), "application/json");
    return answer.complete ? this.done(record) : this.forget(record);
  }

  async piece(record) {
    const [bytes] = await this.store.frames(record.key, record.next, 1);
    if (!bytes) return this.forget(record);
    const digest = await sha256(bytes);
    try {
      await this.post(bytes, "application/octet-stream", `?take=${record.number}&seq=${record.next}&sha256=${digest}`);
    } catch (error) {
      if (error?.status === 409) return this.forget(record); // not the bytes the server has: the first are kept
      throw error;
    }
    const next = record.next + 1;
    const hash = await sha256(new TextEncoder().encode(record.hash + digest));
    if (!(await this.store.saved(record.key, record.next, next, { hash }))) return this.forget(record); // another tab was faster
    return Object.assign(record, { next, hash });
  }

  async done(record) {
    this.forget(record);
    await this.store.drop(record.key);
  }

  forget(record) {
    this.records = this.records.filter((other) => other !== record);
    if (this.live === record) this.cut(record);
  }

  /** Nothing more is taken of what is being recorded now. */
  cut(record) {
    record.ended = true;
    this.live = null;
    this.dispatchEvent(new Event("cut"));
  }

  inOrder(act) {
    this.work = this.work.then(act).catch(() => {}); // storage that fails costs the picture, never the call
    return this.work;
  }
}

export async function createUpload({ interview, device, post }) {
  return new CameraUpload({ store: await openStore(`camera:${interview}`), post, device });
}

/**
 * The candidate's picture: {stream}, or {code} where there is none (capture/faults.js; insecure, unsupported). A chosen camera that
 * is not there any more is replaced by the browser's own choice.
 */
export async function openCamera({ id = "", height = 360, devices = globalThis.navigator?.mediaDevices } = {}) {
  if (!devices?.getUserMedia) return { code: globalThis.isSecureContext ? "unsupported" : "insecure" };
  const ask = (which) => {
    const video = { width: { ideal: Math.round((height * 16) / 9) }, height: { ideal: height }, frameRate: { ideal: 20, max: 30 }, ...which };
    return devices.getUserMedia({ video, audio: false });
  };
  const any = { facingMode: "user" };
  try {
    if (!id) return { stream: await ask(any) };
    return { stream: await ask({ deviceId: { exact: id } }).catch((fault) => (fault.name === "OverconstrainedError" ? ask(any) : Promise.reject(fault))) };
  } catch (fault) {
    return { code: faultCode(fault) };
  }
}

export class Camera {
  /**
   * `hearing`: () → promise of the audio tracks of the microphone that is open, if its recording was agreed to.
   * `picture`: () → {id, height, kbits}. `onState(code)`: "on", "off", or why there is none: then nothing is asked until `again()`.
   */
  constructor({ upload, hearing, picture = () => ({}), onState = () => {}, devices = globalThis.navigator?.mediaDevices, Recorder = globalThis.MediaRecorder }) {
    Object.assign(this, { upload, hearing, picture, onState, devices, Recorder });
    this.wanted = false;
    this.refused = "";
    this.stream = null;
    this.recorder = null;
    this.turns = Promise.resolve();
    upload.addEventListener("cut", () => this.lose("full"));
  }

  start() {
    this.wanted = true;
    return this.adjust();
  }

  stop() {
    this.wanted = false;
    return this.adjust();
  }

  /** Whoever could not be seen may be by now: `start` asks the browser once more. */
  again() {
    this.refused = "";
  }

  adjust() {
    this.turns = this.turns.then(() => (this.wanted === Boolean(this.recorder) ? undefined : this.wanted ? this.record() : this.halt())).catch(() => this.fail());
    return this.turns;
  }

  async record() {
    if (this.refused) return;
    const kind = this.Recorder && KINDS.find((one) => this.Recorder.isTypeSupported(one));
    if (!kind) return this.refuse("unsupported");
    const { id, height, kbits = 400 } = this.picture();
    const { stream, code } = await openCamera({ id, height, devices: this.devices });
    if (!stream) return this.refuse(code);
    this.stream = stream;
    const sound = (await this.hearing()).map((track) => track.clone());
    const all = new MediaStream([...stream.getVideoTracks(), ...sound]);
    const mimeType = sound.length ? kind : kind.replace(",opus", "");
    this.stream = all;
    await this.upload.begin();
    this.recorder = new this.Recorder(all, { mimeType, videoBitsPerSecond: kbits * 1000, audioBitsPerSecond: 32_000 });
    let order = Promise.resolve();
    this.recorder.ondataavailable = ({ data }) => {
      order = order.then(async () => this.upload.push(new Uint8Array(await data.arrayBuffer())));
    };
    this.ended = new Promise((resolve) => {
      this.recorder.onstop = () => order.then(() => this.upload.end()).then(resolve);
    });
    for (const track of all.getVideoTracks()) track.onended = () => this.lose("ended"); // unplugged, or permitted no more
    this.recorder.start(PIECE_MS);
    this.onState("on");
  }

  async halt() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.ended;
    this.close();
    this.onState(this.refused || "off");
  }

  /** Asked once: whoever says no is not asked again by itself. */
  refuse(code) {
    this.refused = code;
    this.onState(code);
  }

  /** It was recorded until now. */
  lose(code) {
    this.refused = code;
    return this.stop();
  }

  /** The browser cannot after all. */
  fail() {
    this.close();
    this.refuse("failed");
    return this.upload.end();
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    this.stream = this.recorder = null;
  }
}
