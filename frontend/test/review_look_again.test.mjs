import assert from "node:assert/strict";
import { test } from "node:test";
import { isBusy, lookAgain } from "../src/review/look_again.js";

function page({ media = [], fields = [], hidden = false, seconds = "5" } = {}) {
  return {
    hidden,
    querySelectorAll: (names) => (names.startsWith("video") ? media : fields),
    querySelector: () => (seconds ? { dataset: { lookAgain: seconds } } : null),
  };
}

test("nobody is torn away from a film, from typing or while away", () => {
  assert.equal(isBusy(page({ media: [{ paused: true, ended: false }] })), false);
  assert.equal(isBusy(page({ media: [{ paused: false, ended: false }] })), true);
  assert.equal(isBusy(page({ media: [{ paused: false, ended: true }] })), false);
  assert.equal(isBusy(page({ fields: [{ value: "Bob", defaultValue: "" }] })), true);
  assert.equal(isBusy(page({ hidden: true })), true);
});

test("it looks again as often as the page says, and not where it says nothing", () => {
  const ticks = [];
  let reloads = 0;
  const watched = page({ media: [{ paused: false, ended: false }] });
  lookAgain(watched, () => { reloads += 1; }, (tick, ms) => ticks.push([tick, ms]));
  assert.equal(ticks[0][1], 5000);
  ticks[0][0]();
  assert.equal(reloads, 0);
  watched.querySelectorAll = () => [];
  ticks[0][0]();
  assert.equal(reloads, 1);
  lookAgain(page({ seconds: "" }), () => {}, () => assert.fail("nothing to look at"));
});
