import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { Performer } from "../src/presenter/performer.js";

const FRAME = 1000 / 60;
const SPEECH = { duration_ms: 900, visemes: [[0, "A"], [300, "MBP"], [400, "O"], [700, "sil"]], words: [] };

/** Poses of `seconds` from `start` (ms), each with its time. */
function film(performer, seconds, start = 0) {
  return Array.from({ length: Math.round(seconds * 60) }, (_, frame) => {
    const now = start + frame * FRAME;
    return { now, ...performer.pose(now) };
  });
}

/** A speech whose clock starts `lead` ms before the sound at `start`. */
function say(performer, start, lead = 0) {
  let now = start;
  performer.speak(SPEECH, () => now - start - lead);
  return (length) => {
    const poses = [];
    for (; poses.length < length; now += FRAME) poses.push(performer.pose(now));
    return poses;
  };
}

test("the same seed acts the same", () => {
  assert.deepEqual(film(new Performer({ seed: 7 }), 20), film(new Performer({ seed: 7 }), 20));
});

test("it blinks every few seconds and opens its eyes again", () => {
  const poses = film(new Performer({ seed: 3 }), 120);
  const blinks = poses.filter((pose, place) => pose.openness === 0 && poses[place - 1]?.openness !== 0).length;
  assert.ok(blinks >= 15 && blinks <= 60, `${blinks} blinks in two minutes`);
  assert.ok(poses.filter((pose) => pose.openness === 1).length > poses.length * 0.85);
});

test("nothing jumps: the head moves smoothly at any frame", () => {
  const poses = film(new Performer({ seed: 5 }), 60);
  poses.slice(1).forEach((pose, place) => {
    for (const part of ["turnX", "turnY", "tilt", "raised"]) assert.ok(Math.abs(pose[part] - poses[place][part]) < 0.08, part);
  });
});

test("every pose of every mode has its sprites", async () => {
  const data = JSON.parse(await readFile(new URL("../../static/presenters/aliya/presenter.json", import.meta.url)));
  for (const mode of ["idle", "ringing", "speaking", "listening", "thinking", "away"]) {
    for (const expression of ["neutral", "smile", "attentive"]) {
      const performer = new Performer({ seed: 11 });
      performer.setMode(mode);
      performer.setExpression(expression);
      for (const pose of [...say(performer, 0)(80), ...film(performer, 5, 2000)]) {
        assert.ok(pose.mouth in data.mouth, pose.mouth);
        assert.ok(pose.openness >= 0 && pose.openness <= 1);
        assert.ok(Object.values(pose).every((value) => typeof value === "string" || Number.isFinite(value)));
      }
    }
  }
});

test("it speaks with its sound and ends by itself", () => {
  const performer = new Performer({ seed: 1 });
  const run = say(performer, 0, 200);
  assert.ok(run(6).every((pose) => pose.mouth === "sil"), "waits for the sound");
  assert.ok(run(30).some((pose) => pose.mouth.startsWith("A")));
  run(60);
  assert.equal(performer.speaking, false);
  assert.equal(performer.pose(5000).mouth, "sil");
});

test("a stalled sound holds the mouth, a broken clock rests it", () => {
  const stalled = new Performer({ seed: 1 });
  stalled.speak(SPEECH, () => 150);
  assert.equal(new Set(film(stalled, 2).slice(10).map((pose) => pose.mouth)).size, 1);
  const broken = new Performer({ seed: 1 });
  broken.speak(SPEECH, () => NaN);
  assert.ok(film(broken, 1).every((pose) => pose.mouth === "sil"));
});

test("hush shuts the mouth at once", () => {
  const performer = new Performer({ seed: 1 });
  performer.speak(SPEECH, () => 150);
  performer.pose(0);
  performer.hush();
  assert.equal(performer.pose(16).mouth, "sil");
});

test("a new sentence takes the place of the old one", () => {
  const performer = new Performer({ seed: 1 });
  performer.speak(SPEECH, () => 5000);
  performer.speak({ duration_ms: 400, visemes: [[0, "U"]], words: [] }, () => 200);
  assert.equal(performer.pose(0).mouth, "U");
});

test("it smiles when it rings and is attentive when it listens", () => {
  const ringing = new Performer({ seed: 2 });
  ringing.setMode("ringing");
  assert.equal(film(ringing, 2).at(-1).mouth, "smile");
  const listening = new Performer({ seed: 2 });
  listening.setMode("listening");
  assert.ok(film(listening, 2).at(-1).soft > 0.6);
});

test("a greeting is spoken with a smile in its pauses", () => {
  const performer = new Performer({ seed: 2 });
  performer.setExpression("smile");
  film(performer, 2);
  let ms = 0;
  performer.speak({ duration_ms: 2000, visemes: [[0, "A"], [300, "sil"]], words: [] }, () => ms);
  ms = 1200;
  assert.equal(performer.pose(2100).mouth, "smile");
});

test("it nods while it listens, and not when motion is reduced", () => {
  const deepest = (reducedMotion) => {
    const performer = new Performer({ seed: 4, reducedMotion });
    performer.setMode("listening");
    return Math.max(...film(performer, 30).map((pose) => pose.turnY));
  };
  assert.ok(deepest(false) > 0.25);
  assert.ok(deepest(true) < 0.05);
});

test("reduced motion keeps the head and breath still but lets it blink and speak", () => {
  const performer = new Performer({ seed: 6, reducedMotion: true });
  const poses = film(performer, 60);
  assert.ok(poses.every((pose) => Math.abs(pose.turnX) < 0.01 && pose.breath === 0));
  assert.ok(poses.some((pose) => pose.openness === 0));
  assert.ok(say(performer, 60000)(30).some((pose) => pose.mouth !== "sil"));
});

test("after a hidden tab it goes on calmly", () => {
  const performer = new Performer({ seed: 8 });
  const before = film(performer, 5).at(-1);
  const after = performer.pose(600000);
  assert.ok(Math.abs(after.tilt - before.tilt) < 0.8);
});

test("it refuses modes and expressions it does not know", () => {
  assert.throws(() => new Performer().setMode("dancing"), RangeError);
  assert.throws(() => new Performer().setExpression("angry"), RangeError);
});
