import assert from "node:assert/strict";
import test from "node:test";
import { LiveRoom } from "../src/live/live_room.js";

/** A clock that only moves when told, and a carrier that does what the test says. */
function scene({ joins = [true] } = {}) {
  let at = 0;
  let waiting = [];
  const timers = {
    setTimeout: (call, ms) => (waiting.push({ call, at: at + ms }), waiting.at(-1)),
    clearTimeout: (timer) => (waiting = waiting.filter((one) => one !== timer)),
  };
  const settle = async () => {
    for (let n = 0; n < 20; n += 1) await Promise.resolve();
  };
  const pass = async (ms) => {
    await settle();
    at += ms;
    for (const timer of waiting.filter((one) => one.at <= at)) {
      waiting = waiting.filter((one) => one !== timer);
      timer.call();
    }
    await settle();
  };
  const lines = [];
  const carrier = {
    async connect({ on }) {
      const works = joins[lines.length];
      const line = { on, said: [], volume: [], closed: false, publish: (topic, message) => line.said.push(message), setVolume: (level) => line.volume.push(level), setQuality: (level) => (line.quality = level), close: () => (line.closed = true) };
      lines.push(line);
      if (works === "never") return new Promise(() => {});
      if (!works) throw new Error("refused");
      on("picture");
      return line;
    },
  };
  const states = [];
  const room = new LiveRoom({ join: {}, stage: null, carrier, timers, now: () => at, onState: (state, reason) => states.push(reason ? `${state}: ${reason}` : state) });
  return { room, lines, states, pass, settle };
}

const MS = 4000;

test("a room is connected when its first picture is there", async () => {
  const { room, states } = scene();
  assert.equal(await room.connect(), true);
  assert.deepEqual(states, ["connecting", "connected"]);
});

test("a room that is refused or never answers is lost", async () => {
  const refused = scene({ joins: [false] });
  assert.equal(await refused.room.connect(), false);
  assert.deepEqual(refused.states, ["connecting", "lost: not_joined"]);
  const silent = scene({ joins: ["never"] });
  const joined = silent.room.connect();
  await silent.pass(15_000);
  assert.equal(await joined, false);
  assert.deepEqual(silent.states, ["connecting", "lost: not_joined"]);
});

test("a sentence begins and ends with the avatar's own events, and is heard only between them", async () => {
  const { room, lines, pass } = scene();
  await room.connect();
  const begun = room.say(MS);
  lines[0].on("data", { topic: "agent-response", message: { event_type: "avatar.speak_started" } });
  const playing = await begun;
  await pass(3000);
  assert.equal(playing.clock(), 3000);
  lines[0].on("silent");
  lines[0].on("speaking"); // only a gap between two words
  await pass(400);
  lines[0].on("data", { topic: "agent-response", message: { event_type: "avatar.speak_ended" } });
  await pass(400);
  assert.equal(await playing.ended, "ended");
  assert.deepEqual(lines[0].volume, [0, 1, 0]);
});

test("what only the page can tell the avatar is published in the room", async () => {
  const { room, lines } = scene();
  await room.connect();
  room.tell({ event: "speak", text: "Hello.", id: "one" });
  room.tell({ event: "interrupt", text: "", id: "" });
  assert.deepEqual(lines[0].said, [{ event_id: "one", event_type: "avatar.speak_text", text: "Hello." }, { event_type: "avatar.interrupt" }]);
});

test("an avatar that began before the page was told is heard from where it is", async () => {
  const { room, lines } = scene();
  await room.connect();
  lines[0].on("speaking");
  assert.ok(await room.say(MS));
});

test("an end that never comes is reckoned, a beginning that never comes is a failure", async () => {
  const { room, lines, pass } = scene();
  await room.connect();
  const begun = room.say(MS);
  lines[0].on("speaking");
  const playing = await begun;
  await pass(4000 * 1.5 + 2500);
  assert.equal(await playing.ended, "ended");
  const never = room.say(MS);
  never.catch(() => {});
  await pass(2500);
  await assert.rejects(never);
});

test("an interruption is silent at once", async () => {
  const { room, lines } = scene();
  await room.connect();
  const begun = room.say(MS);
  lines[0].on("speaking");
  const playing = await begun;
  playing.stop();
  assert.equal(await playing.ended, "stopped");
  assert.equal(lines[0].volume.at(-1), 0);
});

test("a lost room is joined once more; what was being said is not lost in silence", async () => {
  const { room, lines, states, pass, settle } = scene({ joins: [true, true] });
  await room.connect();
  const begun = room.say(MS);
  lines[0].on("speaking");
  const playing = await begun;
  lines[0].on("lost", { reason: "" });
  await settle();
  assert.equal(await playing.ended, "failed");
  assert.equal(room.isConnected, true);
  assert.equal(lines[0].closed, true);
  lines[0].on("lost", { reason: "" }); // the old line has nothing to say any more
  lines[1].on("lost", { reason: "" });
  await pass(0);
  assert.deepEqual(states, ["connecting", "connected", "reconnecting", "connected", "lost: lost"]);
});

test("a room the provider closed is not joined again", async () => {
  const { room, lines, states } = scene({ joins: [true, true] });
  await room.connect();
  lines[0].on("data", { topic: "agent-response", message: { event_type: "session.stopped", end_reason: "NO_CREDITS" } });
  assert.deepEqual(states, ["connecting", "connected", "lost: NO_CREDITS"]);
  assert.equal(lines.length, 1);
});

test("a poor network asks for a smaller picture", async () => {
  const { room, lines } = scene();
  await room.connect();
  lines[0].on("network", "poor");
  assert.equal(lines[0].quality, "low");
});

test("a network that stays poor costs the room, behind the sentence that is being said", async () => {
  const { room, lines, states, pass, settle } = scene();
  await room.connect();
  lines[0].on("network", "poor");
  await pass(8_000);
  lines[0].on("network", "good");
  await pass(12_000);
  assert.equal(room.state, "connected");
  const said = room.say(MS);
  lines[0].on("speaking");
  const { ended } = await said;
  lines[0].on("network", "poor");
  lines[0].on("network", "poor"); // told every two seconds
  await pass(3_000);
  await pass(5_000);
  assert.equal(room.state, "connected");
  lines[0].on("silent");
  await pass(400);
  assert.equal(await ended, "ended");
  await pass(4_000);
  await settle();
  assert.equal(states.at(-1), "lost: network");
  assert.equal(lines[0].closed, true);
});

test("after close nothing is heard any more", async () => {
  const { room, lines, states } = scene();
  await room.connect();
  room.close();
  lines[0].on("lost", { reason: "" });
  assert.deepEqual(states, ["connecting", "connected", "closed"]);
  assert.equal(lines[0].closed, true);
});
