// A random model test of the page's recorder against a model of the server: drop, repeat, reorder, damage, cut the socket, kill
// the tab, kill the server. Always: the server's sound is a prefix. In the end: all of it, and the hash agrees.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { decode } from "../src/capture/codec.js";
import { MemoryStore } from "../src/capture/outbox.js";
import { Recorder } from "../src/capture/recorder.js";

class Clock {
  constructor() {
    this.time = 0;
    this.waiting = [];
  }
  now() {
    return this.time;
  }
  wall() {
    return 1e12 + this.time;
  }
  after(ms, act) {
    const entry = { at: this.time + ms, act };
    this.waiting.push(entry);
    return () => (this.waiting = this.waiting.filter((other) => other !== entry));
  }
  advance(ms) {
    this.time += ms;
    const due = this.waiting.filter((entry) => entry.at <= this.time);
    this.waiting = this.waiting.filter((entry) => entry.at > this.time);
    for (const entry of due) entry.act();
  }
}

/** The rules of transcription/recorder.py: stored prefix, identity by checksum, gap named, hash at finish. */
class Server {
  constructor() {
    this.takes = new Map();
  }
  start({ key }, say) {
    const known = [...this.takes.values()].find((take) => take.key === key);
    const take = known ?? { key, number: this.takes.size + 1, stored: [], waiting: [] };
    this.takes.set(take.number, take);
    say({ type: "take", take: take.number, next: take.stored.length, key });
  }
  frame(bytes, say) {
    const frame = decode(bytes);
    const take = this.takes.get(frame?.take);
    if (!take) return say({ type: "error", code: frame ? "unknown_take" : "malformed", take: frame?.take, retry_s: 0 });
    const expected = take.stored.length + take.waiting.length;
    if (!frame.sound) return say({ type: "error", code: "corrupt", take: frame.take, next: expected, retry_s: 0 });
    if (frame.seq > expected) return say({ type: "error", code: "gap", take: frame.take, next: expected, retry_s: 0 });
    if (frame.seq === expected) take.waiting.push(frame);
    else assert.equal([...take.stored, ...take.waiting][frame.seq].crc, frame.crc, "the page never sends other bytes");
    return undefined;
  }
  store(say) {
    for (const take of this.takes.values()) {
      take.stored.push(...take.waiting.splice(0));
      say({ type: "saved", take: take.number, next: take.stored.length });
    }
  }
  kill() {
    for (const take of this.takes.values()) take.waiting = [];
  }
  finish({ take: number, frames, sha256 }, say) {
    const take = this.takes.get(number);
    take.stored.push(...take.waiting.splice(0));
    const next = take.stored.length;
    if (next < frames) return say({ type: "finished_take", take: number, complete: false, missing: [[next, frames - 1]], reason: "missing", next });
    const hash = createHash("sha256").update(this.sound(number)).digest("hex");
    assert.equal(sha256, hash, "the page's hash should be that of what it sent");
    take.complete = true;
    return say({ type: "finished_take", take: number, complete: true, missing: [], reason: "", next });
  }
  sound(number) {
    return Buffer.concat(this.takes.get(number).stored.map((frame) => frame.pcm));
  }
}

function random(seed) {
  let state = seed + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n), chance: (p) => next() < p };
}

const settled = async (...recorders) => {
  for (let round = 0; round < 4; round += 1) for (const recorder of recorders) await recorder.work;
};

class Tab {
  constructor(server, store, clock, dice, faults = true) {
    Object.assign(this, { server, clock, dice, faults });
    this.up = [];
    this.down = [];
    this.open = false;
    const link = {
      send: (type, fields) => this.open && this.up.push({ type, ...fields }) > 0,
      sendFrame: (bytes) => this.open && this.up.push(bytes.slice()) > 0,
    };
    this.recorder = new Recorder({ store, link, device: "tab", clock, newKey: () => `k${dice.below(2 ** 31)}` });
    this.troubles = [];
    this.recorder.addEventListener("trouble", ({ detail }) => this.troubles.push(detail.code));
  }
  connect() {
    this.open = true;
    this.recorder.connected();
  }
  cut() {
    this.open = false;
    this.up = [];
    this.down = [];
    this.recorder.disconnected();
  }
  deliver() {
    const say = (message) => this.down.push(message);
    const sent = this.up.splice(0);
    if (this.faults && sent.length && this.dice.chance(0.15)) sent.splice(this.dice.below(sent.length), 1);
    if (this.faults && sent.length && this.dice.chance(0.1)) sent.push(sent[this.dice.below(sent.length)]);
    if (this.faults && sent.length > 1 && this.dice.chance(0.1)) sent.reverse();
    for (const item of sent) {
      if (item instanceof Uint8Array) {
        const bytes = item.slice();
        if (this.faults && this.dice.chance(0.03)) bytes[16 + this.dice.below(bytes.length - 16)] ^= 4;
        this.server.frame(bytes, say);
      } else if (item.type === "take") this.server.start(item, say);
      else if (item.type === "finish" && this.server.takes.has(item.take)) this.server.finish(item, say);
    }
    if (this.dice.chance(0.7)) this.server.store(say);
    for (const message of this.down.splice(0)) if (!this.faults || !this.dice.chance(0.1)) this.recorder.received(message);
  }
}

function frame(dice, samples = 1024) {
  return Uint8Array.from({ length: samples * 2 }, () => dice.below(256));
}

for (let seed = 0; seed < 40; seed += 1) {
  test(`whatever happens, the server has a prefix and in the end all (seed ${seed})`, async () => {
    const dice = random(seed);
    const [server, store, clock] = [new Server(), new MemoryStore(), new Clock()];
    let tab = new Tab(server, store, clock, dice);
    let spoken = [];
    const all = new Map(); // key → Buffer of everything spoken
    const begin = async () => {
      await tab.recorder.begin();
      spoken = [];
      all.set(tab.recorder.live.record.key, spoken);
    };
    if (dice.chance(0.7)) tab.connect();
    await begin();
    for (let step = 0; step < 120; step += 1) {
      clock.advance(64);
      const fate = dice.next();
      if (fate < 0.6 && tab.recorder.live) {
        const pcm = frame(dice);
        spoken.push(pcm);
        tab.recorder.push(pcm);
      } else if (fate < 0.63 && tab.recorder.live) {
        const rest = frame(dice, 1 + dice.below(1023));
        spoken.push(rest);
        await tab.recorder.end(rest);
        await begin();
      } else if (fate < 0.67) tab.cut();
      else if (fate < 0.72 && !tab.open) tab.connect();
      else if (fate < 0.74) {
        server.kill();
        tab.cut();
      } else if (fate < 0.76) {
        await settled(tab.recorder);
        tab.recorder.stop();
        tab = new Tab(server, store, clock, dice); // the tab was killed; a new page finds the store
        await tab.recorder.adopt();
        await begin();
      } else tab.deliver();
      await settled(tab.recorder);
      for (const take of server.takes.values()) {
        const truth = Buffer.concat(all.get(take.key));
        assert.ok(truth.subarray(0, server.sound(take.number).length).equals(server.sound(take.number)), "a prefix");
      }
    }
    tab.faults = false;
    tab.cut();
    await tab.recorder.end();
    tab.connect();
    for (let round = 0; round < 400 && !tab.recorder.isComplete; round += 1) {
      clock.advance(250);
      tab.deliver();
      await settled(tab.recorder);
    }
    assert.equal(tab.recorder.isComplete, true);
    assert.deepEqual(tab.troubles, []);
    assert.deepEqual(await store.takes(), [], "nothing is left on the device");
    for (const take of server.takes.values()) {
      assert.ok(Buffer.concat(all.get(take.key)).equals(server.sound(take.number)), "all of it");
    }
    assert.equal(tab.recorder.unsavedMs, 0);
  });
}

async function calm() {
  const [server, store, clock, dice] = [new Server(), new MemoryStore(), new Clock(), random(1)];
  const tab = new Tab(server, store, clock, dice, false);
  return { server, store, clock, dice, tab };
}

test("sound spoken without network is kept and sent when it is back", async () => {
  const { server, clock, dice, tab } = await calm();
  await tab.recorder.begin();
  for (let n = 0; n < 200; n += 1) await tab.recorder.push(frame(dice));
  assert.equal(tab.recorder.unsavedMs, 200 * 64);
  tab.connect();
  for (let n = 0; n < 100; n += 1) {
    tab.deliver();
    await settled(tab.recorder);
    clock.advance(100);
  }
  assert.equal(server.takes.get(1).stored.length, 200);
  assert.equal(tab.recorder.unsavedMs, 0);
});

test("it never sends faster than the server takes", async () => {
  const { clock, dice, tab } = await calm();
  await tab.recorder.begin();
  for (let n = 0; n < 1500; n += 1) await tab.recorder.push(frame(dice, 8));
  tab.connect();
  let sent = 0;
  for (let n = 0; n < 40; n += 1) {
    sent += tab.up.filter((item) => item instanceof Uint8Array).length;
    tab.deliver();
    await settled(tab.recorder);
    clock.advance(50);
  }
  assert.ok(sent <= 64 + 2 * 230 + 10, `${sent} frames in 2 s`);
});

test("while the server cannot store, the page waits as long as it was told and then goes on", async () => {
  const { server, clock, dice, tab } = await calm();
  tab.connect();
  await tab.recorder.begin();
  await settled(tab.recorder);
  tab.deliver();
  await settled(tab.recorder);
  await tab.recorder.push(frame(dice));
  await settled(tab.recorder);
  tab.up = [];
  await tab.recorder.received({ type: "error", code: "storage_unavailable", text: "kept", take: 1, retry_s: 2 });
  await tab.recorder.push(frame(dice));
  await settled(tab.recorder);
  assert.deepEqual(tab.up, []);
  assert.deepEqual(tab.troubles, ["storage_unavailable"]);
  clock.advance(2100);
  for (let n = 0; n < 8; n += 1) {
    tab.deliver();
    await settled(tab.recorder);
    clock.advance(100);
  }
  assert.equal(server.takes.get(1).stored.length, 2);
});

test("a returning candidate is offered what the device still holds", async () => {
  const { server, store, clock, dice, tab } = await calm();
  await tab.recorder.begin();
  for (let n = 0; n < 10; n += 1) await tab.recorder.push(frame(dice));
  tab.recorder.stop();
  const later = new Tab(server, store, clock, dice, false);
  assert.deepEqual(await later.recorder.leftovers(), { takes: 1, ms: 640 });
  later.connect();
  await later.recorder.adopt();
  for (let n = 0; n < 10; n += 1) {
    await settled(later.recorder);
    later.deliver();
    clock.advance(100);
  }
  await settled(later.recorder);
  assert.equal(server.takes.get(1).complete, true);
  assert.deepEqual(await later.recorder.leftovers(), { takes: 0, ms: 0 });
});

test("a server that has lost what it acknowledged is told to people, and nothing is renumbered", async () => {
  const { server, clock, dice, tab } = await calm();
  tab.connect();
  await tab.recorder.begin();
  for (let n = 0; n < 5; n += 1) {
    await tab.recorder.push(frame(dice));
    await settled(tab.recorder);
    tab.deliver();
    clock.advance(100);
  }
  await settled(tab.recorder);
  server.takes.get(1).stored = [];
  tab.cut();
  tab.connect();
  tab.deliver();
  await settled(tab.recorder);
  assert.deepEqual(tab.troubles, ["server_lost_sound"]);
});

test("a device whose storage fails says so", async () => {
  const { store, dice, tab } = await calm();
  await tab.recorder.begin();
  store.put = async () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  await tab.recorder.push(frame(dice));
  assert.deepEqual(tab.troubles, ["device_storage"]);
});
