import assert from "node:assert/strict";
import { test } from "node:test";
import { Sound } from "../src/call/sound.js";

const settle = async () => { for (let i = 0; i < 30; i += 1) await null; };
const node = () => ({ connect: (next) => next, disconnect() {}, gain: { value: 1, setValueAtTime() {}, linearRampToValueAtTime() {}, setTargetAtTime() {} } });

function setUp({ state = "running", resumes = true, hasTapped = false } = {}) {
  const log = [];
  let timers = new Map();
  let last = 0;
  const sources = [];
  let device = null;
  class Context {
    constructor() { Object.assign(this, { state, currentTime: 0, destination: {} }); device = this; }
    createGain() { return node(); }
    createBufferSource() { const source = { ...node(), start() {}, stop() {} }; sources.push(source); return source; }
    async resume() { if (resumes) this.becomes("running"); }
    becomes(next) { this.state = next; this.onstatechange(); }
  }
  const sound = new Sound({
    Context, hasTapped: () => hasTapped, onBlocked: (blocked) => log.push(blocked ? "blocked" : "free"), onSilent: () => log.push("silent"),
    timers: { setTimeout: (run) => (timers.set((last += 1), run), last), clearTimeout: (id) => timers.delete(id) },
  });
  const pass = async () => {
    await settle();
    const due = timers;
    timers = new Map();
    for (const run of due.values()) run();
    await settle();
  };
  return { sound, log, sources, pass, becomes: (next) => device.becomes(next) };
}

test("it plays at once where it may", async () => {
  const { sound, log, sources } = setUp();
  const playing = await sound.play({ duration: 2 });
  sources[0].onended();
  assert.equal(await playing.ended, "ended");
  assert.deepEqual(log, []);
});

test("without a tap it waits, and says that it waits", async () => {
  const { sound, log, pass, becomes } = setUp({ state: "suspended", resumes: false });
  const played = sound.play({ duration: 2 });
  await pass();
  assert.deepEqual(log, ["blocked"]);
  becomes("running");
  assert.ok(await played);
  assert.deepEqual(log, ["blocked", "free"]);
});

test("a tap that does not help lets the interview go on in silence", async () => {
  const { sound, log, pass } = setUp({ state: "suspended", resumes: false });
  const played = sound.play({ duration: 2 });
  await pass();
  const tap = sound.tapped();
  await pass();
  await tap;
  const playing = await played;
  assert.deepEqual(log, ["blocked", "free", "silent"]);
  await pass();
  assert.equal(await playing.ended, "ended");
});

test("a device without sound is not blamed on the person", async () => {
  const { sound, log, pass } = setUp({ state: "suspended", resumes: false, hasTapped: true });
  const played = sound.play({ duration: 2 });
  await pass();
  await pass();
  await played;
  assert.deepEqual(log, ["silent"]);
});

test("silence is told once", async () => {
  const { sound, log } = setUp();
  sound.silently(1);
  sound.silently(1);
  assert.deepEqual(log, ["silent"]);
});

test("a phone call in mid-sentence asks for a tap and plays on", async () => {
  const { sound, log, sources, becomes } = setUp();
  const playing = await sound.play({ duration: 2 });
  becomes("interrupted");
  assert.deepEqual(log, ["blocked"]);
  becomes("running");
  sources[0].onended();
  assert.equal(await playing.ended, "ended");
  assert.deepEqual(log, ["blocked", "free"]);
});

test("an interrupted context between sentences troubles nobody", async () => {
  const { sound, log, becomes } = setUp();
  sound.open();
  becomes("suspended");
  assert.deepEqual(log, []);
});

test("a stopped sentence says so", async () => {
  const { sound } = setUp();
  const playing = await sound.play({ duration: 2 });
  playing.stop();
  assert.equal(await playing.ended, "stopped");
});
