import assert from "node:assert/strict";
import test from "node:test";
import { bars, timeText } from "../src/review/waveform.js";

test("there are as many bars as fit, each the loudest of its stretch", () => {
  assert.deepEqual(bars([10, 20, 5, 40], 8), [0.5, 1]);
  assert.equal(bars([1, 2, 3], 4000).length, 3);
  assert.equal(bars([50], 2).length, 1);
});

test("a quiet voice is drawn tall, silence stays flat", () => {
  assert.equal(Math.max(...bars([0, 12, 6], 100)), 1);
  assert.ok(Math.max(...bars([0, 1, 0], 100)) < 0.2);
});

test("times are read as minutes and seconds", () => assert.deepEqual([timeText(0), timeText(75.9), timeText(-1)], ["0:00", "1:15", "0:00"]));
