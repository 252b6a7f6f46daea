import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { coverOf, nearest, viewOf } from "../src/presenter/view.js";

const data = JSON.parse(await readFile(new URL("../../static/presenters/timur/presenter.json", import.meta.url)));
const SIZES = [[390, 844], [320, 900], [480, 480], [1280, 720], [2560, 720], [200, 1400]];

test("the head is whole on every canvas", () => {
  for (const [width, height] of SIZES) {
    const view = viewOf(data.frame, width, height);
    const [left, top, headWidth] = data.head;
    assert.ok(view.y < top, `hair cut off at ${width}×${height}`);
    if (width / height > 0.4) assert.ok(view.x < left && view.x + width / view.scale > left + headWidth);
  }
});

test("the figure never ends above the lower edge", () => {
  for (const [width, height] of SIZES) {
    const view = viewOf(data.frame, width, height);
    assert.ok(view.y + height / view.scale <= data.scene[1] + 1, `${width}×${height}`);
  }
});

test("a background covers the canvas from its middle", () => {
  assert.deepEqual(coverOf(1920, 1280, 100, 100), [320, 0, 1280, 1280]);
  assert.deepEqual(coverOf(100, 400, 100, 100), [0, 150, 100, 100]);
});

test("the nearest step is found", () => {
  assert.equal(nearest([0, 0.25, 0.5, 0.75, 1], 0.6), 2);
  assert.equal(nearest([0, 0.25, 0.5, 0.75, 1], 2), 4);
});
