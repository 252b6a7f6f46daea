import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, wordAt } from "../src/call/captions.js";
import { Draft, Outbox } from "../src/call/outbox.js";
import { newId } from "../src/lib/ids.js";
import { localTime } from "../src/lib/local_time.js";
import * as storage from "../src/lib/storage.js";

function fakeStore(kept = {}) {
  return { kept, read: (key) => kept[key] ?? null, write: (key, value) => ((kept[key] = structuredClone(value)), true), forget: (key) => delete kept[key] };
}

test("an answer waits until the server has it, across a reload", () => {
  const store = fakeStore();
  new Outbox("k", store).add({ id: "a", question: null, text: "one" });
  const reloaded = new Outbox("k", store);
  assert.deepEqual(reloaded.pending, [{ id: "a", question: null, text: "one" }]);
  assert.equal(reloaded.settle("a").text, "one");
  assert.equal(reloaded.settle("a"), null);
  assert.deepEqual(new Outbox("k", store).pending, []);
});

test("the same id is kept once", () => {
  const outbox = new Outbox("k", fakeStore());
  outbox.add({ id: "a", text: "one" });
  outbox.add({ id: "a", text: "one" });
  assert.equal(outbox.pending.length, 1);
});

for (const kept of [7, "x", {}, [null, 1, { id: 5 }]]) {
  test(`a spoilt box begins empty: ${JSON.stringify(kept)}`, () => assert.deepEqual(new Outbox("k", fakeStore({ k: kept })).pending, []));
}

test("a draft survives a reload and goes when it is empty", () => {
  const store = fakeStore();
  new Draft("d", store).text = "half an ans";
  assert.equal(new Draft("d", store).text, "half an ans");
  new Draft("d", store).text = "";
  assert.deepEqual(store.kept, {});
});

test("ids are long and different", () => assert.ok(newId().length === 24 && newId() !== newId()));

test("blocked storage falls back to the tab's memory", () => {
  const blocked = { getItem() { throw new Error("blocked"); }, setItem() { throw new Error("blocked"); }, removeItem() { throw new Error("blocked"); } };
  assert.equal(storage.canStore(blocked), false);
  assert.equal(storage.write("k", { a: 1 }, blocked), false);
  assert.deepEqual(storage.read("k", blocked), { a: 1 });
  storage.forget("k", blocked);
  assert.equal(storage.read("k", blocked), null);
});

test("captions light whole words and keep the rest of the sentence", () => {
  const text = "Hello, Emma!";
  const words = [[0, 300, 0, 5], [320, 600, 7, 11]];
  assert.deepEqual(pieces(text, words).map((piece) => piece.text), ["Hello", ", ", "Emma", "!"]);
  assert.equal(pieces(text, words).map((piece) => piece.text).join(""), text);
  assert.deepEqual([wordAt(words, -5), wordAt(words, 0), wordAt(words, 310), wordAt(words, 9999)], [-1, 0, 0, 1]);
});

test("offsets of another text light nothing wrong", () => {
  assert.deepEqual(pieces("Short", [[0, 1, 3, 99], [2, 3, 4, 2]]), [{ text: "Short", word: -1 }]);
  assert.deepEqual(pieces("", []), []);
});

test("times are shown in the reader's zone, nonsense is left alone", () => {
  assert.match(localTime("2026-11-24T15:30:00+00:00", "ru", "Asia/Almaty"), /24 ноября 2026.*20:30/);
  assert.equal(localTime("2026-11-24T15:30:00Z", "kk", "UTC"), "2026 ж. 24 қараша, 15:30 UTC");
  assert.equal(localTime("soon", "en"), null);
  assert.equal(localTime("2026-11-24T15:30:00Z", "not a language!"), null);
});
