import { between } from "./random.js";

// Milliseconds of one blink: lids fall faster than they rise.
const FALL = 70;
const SHUT = 40;
const RISE = 120;
const BLINK = FALL + SHUT + RISE;
const DOUBLE_CHANCE = 0.14;
const DOUBLE_GAP = 130;

/** When the eyes are shut: natural, irregular intervals, now and then a double blink. Time only goes forward. */
export class Blinks {
  /** `pauseMs`: [shortest, longest] time between blinks. */
  constructor(random, pauseMs = [2200, 6200]) {
    this.random = random;
    this.pauseMs = pauseMs;
    this.start = null;
  }

  /** How far the lids are open [0, 1] at `now` (ms). */
  openness(now) {
    if (this.start === null) this.start = now + this.pause() * 0.5;
    if (now >= this.start + BLINK) this.plan(now);
    return lids(now - this.start);
  }

  /** Blink soon: a new sentence or a long glance often brings one. */
  soon(now, withinMs = 250) {
    if (this.start === null || this.start > now + withinMs) this.start = now + this.random() * withinMs;
  }

  plan(now) {
    const double = !this.doubled && this.random() < DOUBLE_CHANCE;
    this.doubled = double;
    this.start = now + (double ? DOUBLE_GAP : this.pause());
  }

  pause() {
    return between(this.random, ...this.pauseMs);
  }
}

function lids(since) {
  if (since <= 0 || since >= BLINK) return 1;
  if (since < FALL) return 1 - ease(since / FALL);
  if (since < FALL + SHUT) return 0;
  return ease((since - FALL - SHUT) / RISE);
}

function ease(x) {
  return x * x * (3 - 2 * x);
}
