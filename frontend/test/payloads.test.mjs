import assert from "node:assert/strict";
import test from "node:test";

import { message, read } from "../src/lib/payloads.js";

test("a message carries its type and fields", () => {
  assert.deepEqual(JSON.parse(message("typed", { id: "a", text: "Hi" })), { type: "typed", id: "a", text: "Hi" });
});

test("a message without a needed field is a fault of the page", () => {
  assert.throws(() => message("typed", { id: "a" }), TypeError);
  assert.throws(() => message("dance"), TypeError);
});

test("a known message is read", () => {
  assert.equal(read('{"type": "progress", "done": 1, "total": 3, "question": null}').done, 1);
});

test("garbage, unknown types and half messages are left alone", () => {
  for (const text of ["", "{", "null", "[]", "1", '{"type": "toString"}', '{"type": "dance"}', '{"type": "progress"}']) {
    assert.equal(read(text), null);
  }
});
