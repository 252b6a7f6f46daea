import assert from "node:assert/strict";
import { test } from "node:test";
import { Player, readingMs } from "../src/call/player.js";

const settle = async () => { for (let i = 0; i < 20; i += 1) await null; };
const say = (sentence, fields = {}) => ({ type: "say", sentence, turn: 1, text: `Sentence ${sentence}.`, audio_url: `/${sentence}.wav`, duration_ms: 1000, generation: 1, ...fields });

function setUp({ load, play } = {}) {
  const log = [];
  const playing = [];
  const timers = [];
  const player = new Player({
    load: load ?? (async (it) => (log.push(`load ${it.sentence}`), { buffer: it.audio_url ? "pcm" : null, timeline: { words: [] } })),
    play: play ?? (async () => {
      let end;
      const ended = new Promise((resolve) => (end = resolve));
      const sound = { clock: () => 0, ended, end: () => end("ended"), stop: () => end("stopped") };
      playing.push(sound);
      return sound;
    }),
    onSentence: (it, { clock }) => log.push(`${clock ? "say" : "show"} ${it.sentence}`),
    onHeard: (it) => log.push(`heard ${it.sentence}`),
    onBusy: () => log.push("busy"), onIdle: () => log.push("idle"), onFault: (it) => log.push(`fault ${it.sentence}`),
    timers: { setTimeout: (run, ms) => timers.push({ run, ms }), clearTimeout: (id) => (timers[id - 1].run = () => {}) },
  });
  return { player, log, playing, timers };
}

test("the next sentence is fetched while one plays", async () => {
  const { player, log, playing } = setUp();
  player.enqueue(say(0));
  player.enqueue(say(1));
  await settle();
  assert.deepEqual(log, ["load 0", "busy", "load 1", "say 0"]);
  playing[0].end();
  await settle();
  playing[1].end();
  await settle();
  assert.deepEqual(log.slice(4), ["heard 0", "say 1", "heard 1", "idle"]);
});

test("of each reply the first sentence that can be heard is told apart, one that is only shown is not", async () => {
  const { player, playing } = setUp();
  const first = [];
  player.onFirstSound = (it) => first.push(it.sentence);
  player.enqueue(say(0, { audio_url: "" }));
  await settle();
  assert.deepEqual(first, []);
  player.stop();
  for (const [sentence, generation] of [[1, 2], [2, 2], [3, 3]]) player.enqueue(say(sentence, { generation }));
  for (let at = 0; at < 3; at += 1) {
    await settle();
    playing[at].end();
  }
  await settle();
  assert.deepEqual(first, [1, 3]);
});

test("a sentence that comes twice is said once and reported again when it was heard", async () => {
  const { player, log, playing } = setUp();
  player.enqueue(say(0));
  player.enqueue(say(0));
  await settle();
  assert.equal(playing.length, 1);
  playing[0].end();
  await settle();
  player.enqueue(say(0));
  await settle();
  assert.equal(playing.length, 1);
  assert.equal(log.filter((line) => line === "heard 0").length, 2);
});

test("a stopped sentence does not count as heard, older generations are dropped", async () => {
  const { player, log, playing } = setUp();
  player.enqueue(say(0));
  player.enqueue(say(1));
  player.enqueue(say(2, { generation: 2 }));
  await settle();
  player.stop(1);
  await settle();
  assert.ok(!log.includes("heard 0") && !log.includes("say 1"));
  assert.ok(log.includes("say 2"));
  playing[1].end();
  await settle();
  assert.equal(player.lastHeard, 2);
});

test("a stopped sentence may be said again later", async () => {
  const { player, log, playing } = setUp();
  player.enqueue(say(4));
  await settle();
  player.stop(1);
  await settle();
  player.enqueue(say(4, { generation: 3 }));
  await settle();
  playing[1].end();
  await settle();
  assert.equal(log.filter((line) => line === "say 4").length, 2);
  assert.ok(log.includes("heard 4"));
});

test("text without sound is shown for as long as reading takes", async () => {
  const { player, log, timers } = setUp();
  player.enqueue(say(0, { audio_url: "", text: "x".repeat(100) }));
  await settle();
  assert.ok(log.includes("show 0") && !log.includes("fault 0"));
  assert.equal(timers.at(-1).ms, 6000);
  timers.at(-1).run();
  await settle();
  assert.deepEqual(log.slice(-2), ["heard 0", "idle"]);
});

for (const [name, border] of [
  ["cannot be fetched", { load: async () => { throw new Error("503"); } }],
  ["cannot be played", { play: async () => { throw new Error("no device"); } }],
]) {
  test(`a sound that ${name} is shown as text`, async () => {
    const { player, log, timers } = setUp(border);
    player.enqueue(say(0));
    await settle();
    assert.ok(log.includes("fault 0") && log.includes("show 0"));
    timers.at(-1).run();
    await settle();
    assert.ok(log.includes("heard 0"));
  });
}

test("a sound that never comes does not stop the interview", async () => {
  const { player, log, timers } = setUp({ load: () => new Promise(() => {}) });
  player.enqueue(say(0));
  await settle();
  timers[0].run();
  await settle();
  assert.ok(log.includes("show 0"));
});

test("after a reconnection what plays goes on and what waited is said anew", async () => {
  const { player, log, playing } = setUp();
  player.enqueue(say(0));
  player.enqueue(say(1));
  await settle();
  player.renew(-1);
  player.enqueue(say(0, { generation: 7 }));
  player.enqueue(say(1, { generation: 7 }));
  await settle();
  playing[0].end();
  await settle();
  playing[1].end();
  await settle();
  assert.deepEqual(log.filter((line) => /^(say|heard)/.test(line)), ["say 0", "heard 0", "say 1", "heard 1"]);
});

test("reading has a least time", () => assert.equal(readingMs("Hi"), 1800));
