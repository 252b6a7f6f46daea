import assert from "node:assert/strict";
import test from "node:test";
import { chosenBackground } from "../src/admin/background_choice.js";
import { inside, movedByKey, outline, same } from "../src/admin/points.js";

const known = { office: "/static/office.webp", "picture:a": "/pictures/a.webp" };

test("a point moves by arrow keys and stays inside the picture", () => {
  assert.deepEqual(movedByKey([0.5, 0.5], "ArrowLeft"), [0.498, 0.5]);
  assert.deepEqual(movedByKey([0.5, 0.5], "ArrowDown", { large: true, ratio: 0.75 }), [0.5, 0.5075]);
  assert.deepEqual(movedByKey([0, 1], "ArrowLeft"), [0, 1]);
  assert.deepEqual(inside([-3, 7]), [0, 1]);
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
