/**
 * The mouth at any moment of a timeline: the browser's twin of avatars/presenter/coarticulation.py.
 * A Python test runs both on random timelines. Constants are shared by one JSON file.
 */
import constants from "../../../avatars/presenter/coarticulation.json" with { type: "json" };

export const MOUTHS = constants.mouths;
export const REST = MOUTHS[0];
export const SMILE = MOUTHS[MOUTHS.length - 1];
const STEPS = constants.steps;
const ORDER = new Map(MOUTHS.map((name, place) => [name, place]));
const CLASS = new Map(Object.entries(constants.classes).flatMap(([kind, names]) => names.map((name) => [name, kind])));
const DOMINANCE = new Map([...CLASS].map(([name, kind]) => [name, constants.dominance[kind]]));
const CLOSED = Object.freeze({ a: REST, b: REST, weight: 0 });

/** Key of the prebuilt state nearest to `weight` [0, 1] of the way from mouth a to mouth b. */
export function mouthKey(a, b, weight) {
  let step = Math.min(STEPS, Math.max(0, Math.floor(weight * STEPS + 0.5)));
  if (ORDER.get(a) > ORDER.get(b)) {
    [a, b] = [b, a];
    step = STEPS - step;
  }
  if (step === 0 || a === b) return a;
  return step === STEPS ? b : `${a}-${b}.${step}`;
}

/** {a, b, weight}: the two strongest visemes `tMs` into the sound and the share of b [0, 0.5]. */
export function mouthAt(timeline, tMs) {
  const events = timeline.visemes;
  const end = timeline.duration_ms;
  const t = tMs + constants.look_ahead_ms;
  if (!events.length || !(t >= events[0][0]) || tMs >= end) return CLOSED;
  const here = lastBefore(events, t);
  const pulls = new Map();
  let nearest = constants.closure_hold_ms / 2;
  let held = null;
  for (const direction of [-1, 1]) {
    let place = direction < 0 ? here : here + 1;
    for (; place >= 0 && place < events.length; place += direction) {
      const start = events[place][0];
      const stop = place + 1 < events.length ? events[place + 1][0] : end;
      if (start - t > constants.reach_ms || t - stop > constants.reach_ms) break;
      const name = DOMINANCE.has(events[place][1]) ? events[place][1] : REST;
      const away = Math.abs(t - (start + stop) / 2);
      if (CLASS.get(name) === "closure" && away <= nearest) {
        nearest = away;
        held = name;
      }
      pulls.set(name, (pulls.get(name) ?? 0) + DOMINANCE.get(name) * bell(away, (stop - start) / 2));
    }
  }
  return held === null ? strongest(pulls) : { a: held, b: held, weight: 0 };
}

/** Index of the last event that starts at or before t. */
function lastBefore(events, t) {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (t < events[middle][0]) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}

function bell(awayMs, halfMs) {
  const sigma = Math.min(Math.max(halfMs, constants.sigma_min_ms), constants.sigma_max_ms);
  const outside = Math.max(0, awayMs - Math.max(0, halfMs - sigma));
  return Math.exp(-0.5 * (outside / sigma) ** 2);
}

function strongest(pulls) {
  let a = null;
  let b = null;
  for (const entry of pulls) {
    if (a === null || stronger(entry, a)) [a, b] = [entry, a];
    else if (b === null || stronger(entry, b)) b = entry;
  }
  if (b === null || a[1] + b[1] <= 0) return { a: a[0], b: a[0], weight: 0 };
  return { a: a[0], b: b[0], weight: b[1] / (a[1] + b[1]) };
}

function stronger(x, y) {
  return x[1] > y[1] || (x[1] === y[1] && ORDER.get(x[0]) < ORDER.get(y[0]));
}
