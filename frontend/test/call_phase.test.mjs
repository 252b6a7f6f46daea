import assert from "node:assert/strict";
import { test } from "node:test";
import { initial, PHASES, phaseOf, reduce } from "../src/call/phase.js";

const after = (events, live = false) => events.reduce(reduce, initial({ live }));
const phase = (events, live) => phaseOf(after(events, live));
const message = (type, fields = {}) => ({ type: "message", message: { type, ...fields } });
const state = (talk) => message("state", { phase: talk });
const joined = [{ type: "answer" }, { type: "started" }, { type: "open" }, state("speaking")];

test("a call rings until it is answered", () => {
  assert.equal(phase([]), "ringing");
  assert.equal(phase([{ type: "answer" }]), "starting");
  assert.equal(phase([{ type: "answer" }, { type: "start_failed" }]), "ringing");
  assert.equal(phase([{ type: "answer" }, { type: "started" }]), "connecting");
});

test("a live call does not ring again", () => assert.equal(phase([], true), "connecting"));

test("the floor is given only when the last sentence has been played", () => {
  const playing = [...joined, { type: "playing", playing: true }, message("listening")];
  assert.equal(phase(playing), "speaking");
  assert.equal(phase([...playing, { type: "playing", playing: false }]), "listening");
});

test("goodbye is heard to its end before the call is finished", () => {
  const last = [...joined, { type: "playing", playing: true }, message("finished")];
  assert.equal(phase(last), "speaking");
  assert.equal(phase([...last, { type: "playing", playing: false }]), "finished");
  assert.equal(phase([...last, { type: "playing", playing: false }, { type: "lost" }]), "finished");
});

test("a lost connection says so until the server has said how things stand", () => {
  assert.equal(phase([...joined, { type: "lost" }]), "reconnecting");
  assert.equal(phase([...joined, { type: "lost" }, { type: "open" }]), "reconnecting");
  assert.equal(phase([...joined, { type: "lost" }, { type: "open" }, state("listening")]), "listening");
});

test("an offline device says so though the socket still looks open", () => {
  assert.equal(phase([...joined, { type: "network", online: false }]), "reconnecting");
  assert.equal(phase([...joined, { type: "network", online: false }, { type: "network", online: true }]), "speaking");
});

test("another device holds the call until this one takes over", () => {
  assert.equal(phase([...joined, { type: "closed", code: 4409 }]), "elsewhere");
  assert.equal(phase([...joined, message("elsewhere")]), "elsewhere");
  const over = [...joined, { type: "closed", code: 4409 }, { type: "taking_over" }, { type: "open" }];
  assert.equal(phase(over), "reconnecting");
  assert.equal(phase([...over, state("listening")]), "listening");
});

test("a closed interview stays closed", () => {
  assert.equal(phase([...joined, { type: "closed", code: 4403 }, { type: "playing", playing: false }]), "closed");
  assert.equal(phase([...joined, { type: "closed", code: 4401 }]), "closed");
});

test("blocked sound asks for a tap, a pause does not", () => {
  assert.equal(phase([...joined, { type: "blocked", blocked: true }]), "blocked");
  assert.equal(phase([...joined, { type: "blocked", blocked: true }, { type: "blocked", blocked: false }]), "speaking");
  assert.equal(phase([...joined, state("paused")]), "paused");
});

test("unknown events change nothing, and every phase is a known one", () => {
  const before = after(joined);
  assert.deepEqual(reduce(before, { type: "nonsense" }), before);
  const events = [{ type: "answer" }, { type: "started" }, { type: "open" }, { type: "lost" }, { type: "closed", code: 4409 }, { type: "taking_over" }, state("paused"), state("listening"), message("say"), message("finished"), message("elsewhere"), { type: "playing", playing: true }, { type: "blocked", blocked: true }, { type: "network", online: false }];
  let seed = 7;
  const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  let now = initial({ live: false });
  for (let step = 0; step < 3000; step += 1) {
    now = reduce(now, events[Math.floor(random() * events.length)]);
    assert.ok(PHASES.includes(phaseOf(now)), phaseOf(now));
  }
});
