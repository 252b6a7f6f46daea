import assert from "node:assert/strict";
import test from "node:test";
import { beatsOf } from "../src/presenter/beats.js";
import { mouthAt, mouthKey } from "../src/presenter/mouth.js";

const timeline = (visemes, duration_ms, words = []) => ({ duration_ms, visemes, words });

test("it rests before the first sound and after the last", () => {
  const speech = timeline([[200, "A"]], 400);
  assert.equal(mouthAt(speech, 0).a, "sil");
  assert.equal(mouthAt(speech, 400).a, "sil");
  assert.equal(mouthAt(timeline([], 0), 0).a, "sil");
});

test("lips close on m, b and p even between open vowels", () => {
  const speech = timeline([[0, "A"], [200, "MBP"], [250, "A"]], 500);
  const frames = Array.from({ length: 30 }, (_, frame) => mouthAt(speech, (frame * 1000) / 60).a);
  assert.ok(frames.includes("MBP"));
});

test("a clock that is not a number leaves the mouth at rest", () => {
  assert.equal(mouthAt(timeline([[0, "A"]], 400), NaN).a, "sil");
});

test("a key names its mouths in one order only", () => {
  assert.equal(mouthKey("E", "A", 1 / 3), mouthKey("A", "E", 2 / 3));
  assert.equal(mouthKey("A", "A", 0.5), "A");
});

test("a head nods at the end of a sentence and less at a clause", () => {
  const speech = timeline([[0, "A"], [500, "sil"], [700, "E"], [1200, "sil"], [1700, "O"]], 2200);
  assert.deepEqual(beatsOf(speech).map((beat) => beat.kind), ["clause", "sentence", "sentence"]);
});

test("beats come in order and never before the beginning", () => {
  const words = [[0, 400, 0, 3], [400, 900, 4, 9], [900, 1400, 10, 15]];
  const beats = beatsOf(timeline([[0, "sil"], [40, "A"], [60, "sil"], [900, "A"]], 1500, words));
  assert.ok(beats.every((beat, place) => beat.ms >= (beats[place - 1]?.ms ?? 0)));
});
