import assert from "node:assert/strict";
import { test } from "node:test";
import { target } from "../src/review/keys.js";

test("j goes to the first question, then on, and stays at the last", () => {
  assert.deepEqual([target("j", -1, 2), target("j", 0, 2), target("j", 1, 2)], [0, 1, 1]);
});
test("k goes back and stays at the first", () => {
  assert.deepEqual([target("k", 1, 2), target("k", 0, 2)], [0, 0]);
});
test("other keys mean nothing", () => assert.equal(target("x", 0, 2), null));
