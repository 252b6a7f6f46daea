// Where no socket gets through: the real recorder over HTTP requests to a model of the server, with requests that fail.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { decode } from "../src/capture/codec.js";
import { HttpLink } from "../src/capture/http_link.js";
import { MemoryStore } from "../src/capture/outbox.js";
import { Recorder } from "../src/capture/recorder.js";

const settle = async () => { for (let i = 0; i < 60; i += 1) await null; };
const STRIDE = 16 + 2048;

function clockwork() {
  let now = 0;
  let waiting = [];
  const setTimeout = (act, ms) => {
    const entry = { at: now + ms, act };
    waiting.push(entry);
    return entry;
  };
  const clearTimeout = (entry) => (waiting = waiting.filter((other) => other !== entry));
  const advance = async (ms) => {
    now += ms;
    const due = waiting.filter((entry) => entry.at <= now);
    waiting = waiting.filter((entry) => entry.at > now);
    for (const entry of due) entry.act();
    await settle();
  };
  const clock = { now: () => now, wall: () => 1e12 + now, after: (ms, act) => { const entry = setTimeout(act, ms); return () => clearTimeout(entry); } };
  return { timers: { setTimeout, clearTimeout }, clock, advance };
}

/** One take; `fails` says of each request whether the network loses it before or after the server had it. */
function setUp(fails = () => "") {
  const { timers, clock, advance } = clockwork();
  const stored = [];
  const requests = [];
  const post = async (body, kind) => {
    const how = fails(requests.length);
    requests.push(kind === "application/json" ? JSON.parse(body).type : `${body.length / STRIDE} frames`);
    if (how === "before") throw { status: 0 };
    if (how === "refused") throw { status: 403 };
    const messages = answer(body, kind);
    if (how === "after") throw { status: 0 };
    return { messages };
  };
  const answer = (body, kind) => {
    if (kind === "application/json") {
      const asked = JSON.parse(body);
      if (asked.type === "take") return [{ type: "take", take: 1, next: stored.length, key: asked.key }];
      const sound = createHash("sha256").update(Buffer.concat(stored)).digest("hex");
      return [{ type: "finished_take", take: 1, complete: stored.length === asked.frames && sound === asked.sha256, missing: [], reason: "", next: stored.length }];
    }
    for (let at = 0; at < body.length; at += STRIDE) {
      const frame = decode(body.subarray(at, at + STRIDE));
      if (frame.seq === stored.length) stored.push(Buffer.from(frame.pcm));
    }
    return [{ type: "saved", take: 1, next: stored.length }];
  };
  const link = new HttpLink({
    post, timers, onOpen: () => recorder.connected(), onMessage: (message) => recorder.received(message), onLost: () => recorder.disconnected(),
  });
  const recorder = new Recorder({ store: new MemoryStore(), link, device: "phone", clock, newKey: () => "k1" });
  return { link, recorder, stored, requests, advance };
}

async function record(recorder, count) {
  await recorder.begin();
  for (let index = 0; index < count; index += 1) await recorder.push(new Uint8Array(2048).fill(index + 1));
  await recorder.end();
}

test("a take goes to the server in few requests, whole and in order", async () => {
  const { link, recorder, stored, requests, advance } = setUp();
  await record(recorder, 100);
  link.start();
  for (let i = 0; i < 60 && !recorder.isComplete; i += 1) await advance(700);
  assert.ok(recorder.isComplete);
  assert.deepEqual(stored.map((pcm) => pcm[0]), Array.from({ length: 100 }, (_, index) => index + 1));
  assert.equal(requests[0], "take");
  assert.equal(requests.at(-1), "finish");
  assert.ok(requests.length < 12, requests.join(", "));
});

test("requests that are lost, before or after the server had them, cost nothing", async () => {
  const { link, recorder, stored, advance } = setUp((number) => ["", "after", "", "before", "", "", "after"][number] ?? "");
  await record(recorder, 90);
  link.start();
  for (let i = 0; i < 200 && !recorder.isComplete; i += 1) await advance(1_000);
  assert.ok(recorder.isComplete);
  assert.equal(stored.length, 90);
});

test("a socket that came back takes over at once, and an answer that comes late is not heard", async () => {
  const { link, recorder, advance } = setUp();
  await record(recorder, 10);
  link.start();
  const under_way = advance(1);
  link.stop();
  await under_way;
  assert.equal(link.send("take", { device: "phone" }), false);
  assert.equal(link.sendFrame(new Uint8Array(4)), false);
  assert.equal(recorder.online, false);
});

test("a socket that came back while the network was asked again ends that too", async () => {
  const { link, recorder, requests, advance } = setUp(() => "before");
  await record(recorder, 3);
  link.start();
  await advance(1_000);
  link.stop();
  for (let i = 0; i < 10; i += 1) await advance(5_000);
  assert.deepEqual(requests, ["take"]);
});

test("a refusal for good is not repeated", async () => {
  const { link, recorder, requests, advance } = setUp(() => "refused");
  await record(recorder, 3);
  link.start();
  for (let i = 0; i < 30; i += 1) await advance(1_000);
  assert.deepEqual(requests, ["take"]);
  assert.equal(link.isOn, false);
});
