import assert from "node:assert/strict";
import { test } from "node:test";
import { Clips } from "../src/call/clips.js";

const settle = async () => { for (let i = 0; i < 30; i += 1) await null; };

/** A <video> that does what the test says: `starts`, `ends`, `breaks`; `refusal` is what play() throws next. */
class Video extends EventTarget {
  constructor(log, name) {
    super();
    Object.assign(this, { log, name, dataset: {}, paused: true, ended: false, currentTime: 0, duration: 2, volume: 1, muted: false, refusal: null, keepsVolume: false });
    const names = new Set();
    this.classList = { add: (...all) => all.forEach((one) => names.add(one)), remove: (...all) => all.forEach((one) => names.delete(one)), contains: (one) => names.has(one) };
    let source = "";
    Object.defineProperty(this, "src", { get: () => source, set: (value) => { source = value; log.push(`${name} src ${value}`); } });
    let volume = 1;
    Object.defineProperty(this, "volume", { get: () => volume, set: (value) => { if (!this.keepsVolume) volume = value; } });
  }
  load() { this.ended = false; this.currentTime = 0; }
  removeAttribute() { this.log.push(`${this.name} empty`); }
  pause() { this.paused = true; this.log.push(`${this.name} pause`); }
  async play() {
    if (this.refusal) { const refusal = this.refusal; this.refusal = null; throw refusal; }
    this.paused = false;
    this.log.push(`${this.name} play`);
  }
  emit(type) { this.dispatchEvent(new Event(type)); }
  ends() { this.ended = true; this.paused = true; this.emit("ended"); }
}

/** Timers that pass when they are told to; `pass(ms)` runs what is due, intervals as often as they are. */
class Timers {
  constructor() { this.now = 0; this.last = 0; this.due = new Map(); }
  setTimeout(run, ms) { this.due.set((this.last += 1), { run, at: this.now + ms }); return this.last; }
  setInterval(run, every) { this.due.set((this.last += 1), { run, at: this.now + every, every }); return this.last; }
  clearTimeout(id) { this.due.delete(id); }
  clearInterval(id) { this.due.delete(id); }
  async pass(ms) {
    const end = this.now + ms;
    for (;;) {
      const next = [...this.due.entries()].filter(([, one]) => one.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!next) break;
      const [id, one] = next;
      this.now = one.at;
      if (one.every) one.at += one.every;
      else this.due.delete(id);
      one.run();
      await settle();
    }
    this.now = end;
  }
}

function setUp({ fetchBytes, hidden = false } = {}) {
  const log = [];
  const timers = new Timers();
  const videos = [new Video(log, "A"), new Video(log, "B")];
  const fetched = [];
  let made = 0;
  const state = { hidden };
  const clips = new Clips({
    videos, timers, hidden: () => state.hidden,
    fetchBytes: fetchBytes ?? (async (url, signal) => (fetched.push([url, signal]), new Uint8Array([1]))),
    onBlocked: (blocked) => log.push(blocked ? "blocked" : "free"),
    addresses: { createObjectURL: () => `blob:${(made += 1)}`, revokeObjectURL: (address) => log.push(`revoke ${address}`) },
  });
  const playing = async (address, video, fromMs) => {
    const asked = clips.play(address, fromMs);
    await settle();
    video.emit("playing");
    return asked;
  };
  return { clips, videos, timers, log, fetched, state, playing };
}

test("a clip is fetched once, however often it is wanted", async () => {
  const { clips, fetched } = setUp();
  const [first, second] = await Promise.all([clips.load("/1.mp4"), clips.load("/1.mp4")]);
  assert.equal(first, second);
  assert.equal(await clips.load("/1.mp4"), first);
  assert.equal(fetched.length, 1);
});

test("a clip that could not be fetched is fetched again the next time", async () => {
  let times = 0;
  const { clips } = setUp({ fetchBytes: async () => { if ((times += 1) === 1) throw new Error("lost"); return new Uint8Array(); } });
  await assert.rejects(clips.load("/1.mp4"), /lost/);
  assert.equal(await clips.load("/1.mp4"), "blob:1");
});

test("only the newest six stay in memory, and never one that an element holds", async () => {
  const { clips, log } = setUp();
  const held = await clips.load("/0.mp4");
  clips.cue(held);
  for (let number = 1; number <= 7; number += 1) await clips.load(`/${number}.mp4`);
  assert.deepEqual(log.filter((line) => line.startsWith("revoke")), ["revoke blob:2"]);
  assert.equal(await clips.load("/0.mp4"), held);
});

test("a dropped clip lets its download and its memory go", async () => {
  const { clips, log, fetched } = setUp();
  const loaded = clips.load("/1.mp4");
  clips.drop("/1.mp4");
  await loaded;
  assert.equal(fetched[0][1].aborted, true);
  await clips.load("/2.mp4");
  clips.drop("/2.mp4");
  clips.drop("/2.mp4");
  assert.deepEqual(log, ["revoke blob:2"]);
});

test("while one plays, the next is held ready on the other element and starts without being loaded again", async () => {
  const { clips, videos: [a, b], log, playing } = setUp();
  const first = await playing("blob:1", a);
  clips.cue("blob:2");
  assert.deepEqual(log, ["A src blob:1", "A play", "B src blob:2"]);
  a.ends();
  assert.equal(await first.ended, "ended");
  await playing("blob:2", b);
  assert.deepEqual(log.slice(3), ["B play"]);
  assert.ok(b.classList.contains("front") && !a.classList.contains("front"));
});

test("a clip that is cued while another one is only starting waits for it, and does not take its element", async () => {
  const { clips, videos: [a, b], log, playing } = setUp();
  (await playing("blob:1", a)).stop();
  const asked = clips.play("blob:2");
  await settle();
  clips.cue("blob:3");
  clips.cue("blob:3");
  assert.equal(b.src, "blob:2");
  b.emit("playing");
  await asked;
  assert.deepEqual([a.src, b.src], ["blob:3", "blob:2"]);
  assert.deepEqual(log.filter((line) => line.includes("src")), ["A src blob:1", "B src blob:2", "A src blob:3"]);
});

test("the very first clip is not taken away by the second one either", async () => {
  const { clips, videos: [a, b] } = setUp();
  const asked = clips.play("blob:1");
  clips.cue("blob:2");
  await settle();
  a.emit("playing");
  await asked;
  assert.deepEqual([a.src, b.src], ["blob:1", "blob:2"]);
});

test("after a start that failed, what waited is made ready all the same", async () => {
  const { clips, videos: [a, b] } = setUp();
  const asked = clips.play("blob:1");
  clips.cue("blob:2");
  await settle();
  a.emit("error");
  await assert.rejects(asked);
  assert.ok([a.src, b.src].includes("blob:2"));
});

test("the old picture stays beneath until the new one has faded in", async () => {
  const { videos: [a, b], timers, playing } = setUp();
  await playing("blob:1", a);
  await playing("blob:2", b);
  assert.ok(a.classList.contains("on"));
  await timers.pass(300);
  assert.ok(!a.classList.contains("on") && b.classList.contains("on"));
});

test("a clip goes on from the sentence that was not heard", async () => {
  const { clips, videos: [a], playing } = setUp();
  const { clock } = await playing("blob:1", a, 1250);
  assert.equal(a.currentTime, 1.25);
  assert.equal(clock(), 1250);
  a.ends();
  await playing("blob:1", a); // the same clip again, from its beginning
  assert.equal(a.currentTime, 0);
});

test("a clip without a moving picture in time is given up", async () => {
  const { clips, timers } = setUp();
  const asked = clips.play("blob:1");
  asked.catch(() => {});
  await settle();
  await timers.pass(1_800);
  await assert.rejects(asked, /does not start/);
});

test("a clip that cannot be decoded is given up at once", async () => {
  const { clips, videos: [a] } = setUp();
  const asked = clips.play("blob:1");
  await settle();
  a.emit("error");
  await assert.rejects(asked, /does not start/);
});

test("where the browser wants a tap first, the clip waits for it and then starts", async () => {
  const { clips, videos: [a], log } = setUp();
  a.refusal = Object.assign(new Error("no"), { name: "NotAllowedError" });
  const asked = clips.play("blob:1");
  await settle();
  assert.equal(log.at(-1), "blocked");
  clips.tapped();
  await settle();
  a.emit("playing");
  await asked;
  assert.deepEqual(log.slice(-2), ["free", "A play"]);
});

test("another refusal of the browser is a fault of the clip", async () => {
  const { clips, videos: [a] } = setUp();
  a.refusal = Object.assign(new Error("broken"), { name: "NotSupportedError" });
  await assert.rejects(clips.play("blob:1"), /broken/);
});

test("a picture that stands still has failed; one that moves has not", async () => {
  const { videos: [a], timers, playing } = setUp();
  const { ended } = await playing("blob:1", a);
  let how = "";
  ended.then((word) => (how = word));
  for (let step = 1; step <= 20; step += 1) {
    a.currentTime = step / 10;
    await timers.pass(100);
  }
  assert.equal(how, "");
  await timers.pass(1_600);
  assert.equal(how, "failed");
});

test("a page that nobody sees may stand still; seen again, what the browser paused goes on", async () => {
  const { videos: [a], timers, log, state, playing } = setUp();
  const { ended } = await playing("blob:1", a);
  let how = "";
  ended.then((word) => (how = word));
  Object.assign(state, { hidden: true });
  a.paused = true;
  await timers.pass(10_000);
  assert.equal(how, "");
  state.hidden = false;
  await timers.pass(100);
  assert.equal(log.filter((line) => line === "A play").length, 2);
});

test("stopping is heard at once and leaves no sound behind", async () => {
  const { videos: [a], timers, log, playing } = setUp();
  const sound = await playing("blob:1", a);
  sound.stop();
  assert.equal(await sound.ended, "stopped");
  assert.equal(a.volume, 0);
  assert.ok(!log.includes("A pause"));
  await timers.pass(60);
  assert.equal(log.at(-1), "A pause");
});

test("a clip that is played again right after it was stopped is not paused by the older stop", async () => {
  const { videos: [a], timers, log, playing } = setUp();
  (await playing("blob:1", a)).stop();
  await playing("blob:1", a);
  await timers.pass(100);
  assert.ok(!log.includes("A pause"));
  assert.equal(a.volume, 1);
});

test("ducking softens what plays and what plays next; where volume cannot be set it is muted", async () => {
  const { clips, videos: [a, b], playing } = setUp();
  await playing("blob:1", a);
  b.keepsVolume = true;
  clips.duck(0.2);
  assert.equal(a.volume, 0.2);
  assert.equal(a.muted, false);
  assert.equal(b.muted, true);
  clips.duck(1);
  assert.equal(a.volume, 1);
  assert.equal(b.muted, false);
  clips.duck(7);
  assert.equal(clips.level, 1);
});

test("at rest the last picture stays, with the mouth shut", async () => {
  const { clips, videos: [a], playing } = setUp();
  clips.rest(); // nothing was played yet
  await playing("blob:1", a);
  a.currentTime = 0.5;
  clips.rest();
  assert.equal(a.currentTime, 1.96);
});

test("closing empties both elements and the memory", async () => {
  const { clips, log } = setUp();
  await clips.load("/1.mp4");
  clips.close();
  assert.deepEqual(log, ["A pause", "A empty", "B pause", "B empty", "revoke blob:1"]);
  clips.close();
});
