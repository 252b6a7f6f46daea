// The camera's pieces against a model of the server: lost requests, lost answers, a killed tab, a refusal.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { Camera, CameraUpload, openCamera } from "../src/capture/camera.js";
import { MemoryStore } from "../src/capture/outbox.js";

const hex = (data) => createHash("sha256").update(data).digest("hex");
const bytes = (seed, size = 1000) => new Uint8Array(size).map((_, at) => (at * 7 + seed) % 256);

/** `fails(n)`: "before" or "after" the server had the nth request, or a status. */
function setUp({ fails = () => "", store = new MemoryStore(), server = { pieces: [], key: null, requests: 0, complete: null } } = {}) {
  const post = async (body, kind, query = "") => {
    const how = fails(server.requests);
    server.requests += 1;
    if (how === "before") throw { status: 0 };
    if (typeof how === "number") throw { status: how, body: {} };
    const told = answer(body, kind, new URLSearchParams(query));
    if (how === "after") throw { status: 0 };
    return told;
  };
  const answer = (body, kind, query) => {
    if (kind === "application/json") {
      const asked = JSON.parse(body);
      if (asked.type === "take") {
        server.key ??= asked.key;
        return { take: 1, next: server.pieces.length };
      }
      const chain = server.pieces.reduce((link, piece) => hex(link + hex(piece)), "");
      server.complete = asked.chunks === server.pieces.length && asked.sha256 === chain;
      return { complete: server.complete, next: server.pieces.length };
    }
    const seq = Number(query.get("seq"));
    assert.equal(hex(body), query.get("sha256"));
    if (seq === server.pieces.length) server.pieces.push(body);
    else assert.deepEqual(body, server.pieces[seq], "a repeat has the same bytes");
    return { take: 1, next: server.pieces.length };
  };
  const waiting = [];
  const timers = { setTimeout: (act) => waiting.push(act), clearTimeout: () => {} };
  let keys = 0;
  const upload = new CameraUpload({ store, post, device: "tab", newKey: () => `k${(keys += 1)}`, wall: () => 1e12, timers });
  const settle = async () => {
    for (let round = 0; round < 50; round += 1) {
      await upload.work;
      await upload.sent;
      waiting.splice(0).forEach((act) => act());
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { upload, server, store, settle };
}

const whole = (server) => Buffer.concat(server.pieces);

test("a page that found nothing to send at first sends what is recorded later", async () => {
  const { upload, server, settle } = setUp();
  assert.equal(await upload.adopt(), 0);
  upload.begin();
  upload.push(bytes(1));
  upload.end();
  await settle();
  assert.equal(server.complete, true);
});

test("a recording arrives whole, large pieces split, and nothing of it stays on the device", async () => {
  const { upload, server, store, settle } = setUp();
  upload.begin();
  const given = [bytes(1), bytes(2, 1_200_000), bytes(3)];
  given.forEach((piece) => upload.push(piece));
  upload.end();
  await settle();
  assert.deepEqual(whole(server), Buffer.concat(given));
  assert.equal(server.complete, true);
  assert.ok(server.pieces.every((piece) => piece.length <= 512 * 1024));
  assert.equal(upload.isComplete, true);
  assert.deepEqual(await store.takes(), []);
});

test("lost requests and lost answers cost nothing and store nothing twice", async () => {
  const { upload, server, settle } = setUp({ fails: (n) => (n % 3 === 1 ? "before" : n % 3 === 2 ? "after" : "") });
  upload.begin();
  const given = [1, 2, 3, 4, 5].map((seed) => bytes(seed));
  given.forEach((piece) => upload.push(piece));
  upload.end();
  await settle();
  assert.deepEqual(whole(server), Buffer.concat(given));
  assert.equal(server.complete, true);
});

test("the next page sends what a killed tab left behind", async () => {
  const first = setUp({ fails: (n) => (n > 2 ? "before" : "") });
  first.upload.begin();
  const given = [1, 2, 3, 4].map((seed) => bytes(seed));
  given.forEach((piece) => first.upload.push(piece));
  await first.settle();
  assert.equal(first.server.pieces.length, 2, "then the tab was killed");
  const next = setUp({ store: first.store, server: first.server });
  assert.equal(await next.upload.adopt(), 1);
  await next.settle();
  assert.deepEqual(whole(next.server), Buffer.concat(given));
  assert.equal(next.server.complete, true);
});

test("who is refused stops asking", async () => {
  const { upload, server, settle } = setUp({ fails: () => 403 });
  upload.begin();
  upload.push(bytes(1));
  upload.end();
  await settle();
  assert.equal(server.requests, 1);
  assert.equal(upload.isComplete, true);
});

const fault = (name) => Object.assign(new Error(name), { name });

test("a camera that is refused or missing is told, and asked for again only by its switch", async () => {
  const faults = ["NotAllowedError", "NotReadableError", "NotFoundError", "TypeError"];
  const devices = { getUserMedia: async () => { throw fault(faults.shift()); } };
  const Recorder = class { static isTypeSupported() { return true; } };
  const { upload, server } = setUp();
  const told = [];
  const camera = new Camera({ upload, hearing: async () => [], devices, Recorder, onState: (code) => told.push(code) });
  for (const _ of [1, 2, 3, 4]) {
    await camera.start();
    await camera.stop();
    await camera.start();
    await camera.stop();
    camera.again();
  }
  assert.deepEqual(told, ["denied", "busy", "missing", "failed"]);
  assert.equal(server.requests, 0);
});

test("the chosen camera is asked for, and any other when it is gone", async () => {
  const asked = [];
  const devices = { getUserMedia: async ({ video }) => {
    asked.push(video.deviceId?.exact ?? video.facingMode);
    if (video.deviceId) throw fault("OverconstrainedError");
    return "a picture";
  } };
  assert.deepEqual(await openCamera({ id: "desk", devices }), { stream: "a picture" });
  assert.deepEqual(asked, ["desk", "user"]);
  assert.deepEqual(await openCamera({ devices: undefined }), { code: "insecure" });
});

test("what the server takes no more of, or the device cannot keep, ends the recording and is told", async () => {
  for (const full of ["server", "device"]) {
    const store = new MemoryStore();
    const { upload, server, settle } = setUp({ store, fails: (n) => (full === "server" && n === 2 ? 413 : "") });
    let cuts = 0;
    upload.addEventListener("cut", () => (cuts += 1));
    upload.begin();
    upload.push(bytes(1));
    await settle();
    const put = store.put;
    if (full === "device") store.put = async () => { throw fault("QuotaExceededError"); };
    upload.push(bytes(2));
    await settle();
    store.put = put;
    upload.push(bytes(3));
    upload.end();
    await settle();
    assert.equal(cuts, 1);
    assert.deepEqual(server.pieces, [bytes(1)], "nothing comes after the hole");
    assert.equal(upload.isComplete, true);
    if (full === "device") assert.equal(server.complete, true);
  }
});

test("the camera records while it is wanted, with the voice that is open, and gives all of it at the end", async () => {
  const { upload, server, settle } = setUp();
  const track = (kind) => ({ kind, stopped: false, clone: () => track(kind), stop() { this.stopped = true; } });
  const picture = track("video");
  globalThis.MediaStream = class { constructor(tracks) { this.tracks = tracks; } getTracks() { return this.tracks; } getVideoTracks() { return this.tracks.filter(({ kind }) => kind === "video"); } };
  let made;
  const Recorder = class {
    static isTypeSupported(type) { return type.includes("vp8"); }
    constructor(stream, options) { made = Object.assign(this, { stream, options, state: "inactive" }); }
    start() { this.state = "recording"; }
    stop() { this.state = "inactive"; this.give(bytes(9)); this.onstop(); }
    give(piece) { this.ondataavailable({ data: new Blob([piece]) }); }
  };
  const devices = { getUserMedia: async ({ audio }) => (assert.equal(audio, false), new globalThis.MediaStream([picture])) };
  const shown = [];
  const camera = new Camera({ upload, hearing: async () => [track("audio")], devices, Recorder, onState: (code) => shown.push(code) });
  await camera.start();
  made.give(bytes(8));
  await camera.stop();
  await settle();
  assert.deepEqual(made.stream.tracks.map(({ kind }) => kind), ["video", "audio"]);
  assert.equal(made.options.mimeType, "video/webm;codecs=vp8,opus");
  assert.deepEqual(whole(server), Buffer.concat([bytes(8), bytes(9)]));
  assert.deepEqual([server.complete, picture.stopped, shown], [true, true, ["on", "off"]]);
});
