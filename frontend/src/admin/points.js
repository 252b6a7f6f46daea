const STEP = 0.002; // of the picture, for an arrow key
const LARGE = 5;

/** The points after an arrow key; null for any other key. Points stay inside the picture. */
export function movedByKey(point, key, { large = false, ratio = 1 } = {}) {
  const step = STEP * (large ? LARGE : 1);
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

export function same(a, b) {
  return Object.keys(a).every((name) => b?.[name] && a[name][0] === b[name][0] && a[name][1] === b[name][1]);
}
