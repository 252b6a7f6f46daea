const STEP = 0.002; // of the picture, for an arrow key
const LARGE = 5;

const FACE = 0.3; // of the frame's width: from eye to eye when the face is looked at closely
const NEAREST = 6;

/** The points after an arrow key; null for any other key. Points stay inside the picture. */
export function movedByKey(point, key, { large = false, ratio = 1, zoom = 1 } = {}) {
  const step = (STEP * (large ? LARGE : 1)) / zoom;
  const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step * ratio], ArrowDown: [0, step * ratio] }[key];
  return by ? inside([point[0] + by[0], point[1] + by[1]]) : null;
}

export function inside([x, y]) {
  const cut = (number) => Math.round(Math.min(1, Math.max(0, number)) * 1e5) / 1e5;
  return [cut(x), cut(y)];
}

/** An outline through the points that shows at a glance when two are swapped: SVG path data in fractions. */
export function outline(points) {
  const at = (name) => points[name].join(" ");
  return `M${at("left_eye")}L${at("right_eye")}M${at("mouth_left")}Q${at("lips")} ${at("mouth_right")}M${at("lips")}L${at("chin")}`;
}

/** How a picture lies in a frame of its own shape so that its face fills it: {zoom, left, top}, in fractions of the frame. */
export function closeUp(points) {
  const [left, right] = [points.left_eye, points.right_eye];
  const zoom = Math.min(NEAREST, Math.max(1, FACE / Math.max(0.01, right[0] - left[0])));
  const middle = [(left[0] + right[0]) / 2, (left[1] + right[1] + 2 * points.chin[1]) / 4];
  const [x, y] = middle.map((part) => Math.min(0, Math.max(1 - zoom, 0.5 - part * zoom)));
  return { zoom, left: x, top: y };
}

export function same(a, b) {
  return Object.keys(a).every((name) => b?.[name] && a[name][0] === b[name][0] && a[name][1] === b[name][1]);
}
