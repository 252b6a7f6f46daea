import assert from "node:assert/strict";
import test from "node:test";
import { chosenBackground } from "../src/admin/background_choice.js";
import { closeUp, inside, movedByKey, outline, same } from "../src/admin/points.js";

const known = { office: "/static/office.webp", "picture:a": "/pictures/a.webp" };

test("a point moves by arrow keys and stays inside the picture", () => {
  assert.deepEqual(movedByKey([0.5, 0.5], "ArrowLeft"), [0.498, 0.5]);
  assert.deepEqual(movedByKey([0.5, 0.5], "ArrowDown", { large: true, ratio: 0.75 }), [0.5, 0.5075]);
  assert.deepEqual(movedByKey([0, 1], "ArrowLeft"), [0, 1]);
  assert.deepEqual(inside([-3, 7]), [0, 1]);
});

test("a small face is brought near, without showing anything beside the picture", () => {
  const at = (x, y) => ({ left_eye: [x - 0.05, y], right_eye: [x + 0.05, y], chin: [x, y + 0.2] });
  const { zoom, left, top } = closeUp(at(0.4, 0.3));
  assert.ok(Math.abs(zoom - 3) < 1e-9);
  assert.ok(Math.abs(0.4 * zoom + left - 0.5) < 1e-9 && Math.abs(0.4 * zoom + top - 0.5) < 1e-9, "the face is in the middle");
  const corner = closeUp(at(0.06, 0.1));
  assert.equal(corner.left, 0);
  assert.ok(closeUp(at(0.95, 0.8)).left >= 1 - 3 - 1e-9);
  assert.deepEqual(closeUp({ left_eye: [0.3, 0.4], right_eye: [0.7, 0.4], chin: [0.5, 0.9] }), { zoom: 1, left: 0, top: 0 });
  assert.equal(closeUp({ left_eye: [0.5, 0.5], right_eye: [0.5, 0.5], chin: [0.5, 0.5] }).zoom, 6);
  assert.deepEqual(movedByKey([0.5, 0.5], "ArrowLeft", { zoom: 2 }), [0.499, 0.5], "and the keys move in finer steps");
});

test("other keys move nothing", () => assert.equal(movedByKey([0.5, 0.5], "Tab"), null));

test("points are compared by place, and the outline names them all", () => {
  const points = Object.fromEntries(["left_eye", "right_eye", "mouth_left", "mouth_right", "lips", "chin"].map((name, place) => [name, [place / 10, 0.5]]));
  assert.ok(same(points, structuredClone(points)));
  assert.ok(!same(points, { ...points, chin: [0, 0] }) && !same(points, {}));
  assert.match(outline(points), /^M0 0.5L0.1 0.5M0.2 0.5Q0.4 0.5 0.3 0.5M0.4 0.5L0.5 0.5$/);
});

test("the background follows the fields of the form", () => {
  assert.equal(chosenBackground({ wanted: "picture:a", known }), "/pictures/a.webp");
  assert.equal(chosenBackground({ wanted: "colour", colour: "#112233", known }), "#112233");
  assert.equal(chosenBackground({ wanted: "upload", upload: "blob:x", known }), "blob:x");
  assert.equal(chosenBackground({ wanted: "nobody", known }), "/static/office.webp");
  assert.match(chosenBackground({ wanted: "colour", colour: "red", known }), /^#/);
});
