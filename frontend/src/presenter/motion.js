import { between } from "./random.js";

/** A value that follows its target smoothly (critically damped spring) whatever the frame rate. */
export class Follow {
  constructor(halfLifeMs, value = 0) {
    this.omega = 1.68 / halfLifeMs;
    this.value = value;
    this.speed = 0;
  }

  /** One step of `dt` ms towards `target`; returns the new value. */
  step(target, dt) {
    const gap = this.value - target;
    const push = (this.speed + this.omega * gap) * dt;
    const decay = Math.exp(-this.omega * dt);
    this.speed = (this.speed - this.omega * push) * decay;
    this.value = target + (gap + push) * decay;
    return this.value;
  }
}

/** Slow wandering in [-1, 1]: three sines whose periods do not meet. */
export class Drift {
  constructor(random, periodMs) {
    this.waves = [1, 0.57, 0.31].map((share) => ({
      period: periodMs * share * between(random, 0.9, 1.1),
      phase: random() * Math.PI * 2,
    }));
  }

  at(now) {
    const [a, b, c] = this.waves.map((wave) => Math.sin((now / wave.period) * Math.PI * 2 + wave.phase));
    return (a * 4 + b * 2 + c) / 7;
  }
}

/** Nods: a dip and a return. Several may overlap. */
export class Nods {
  constructor() {
    this.running = [];
  }

  start(now, depth = 1, lengthMs = 620) {
    this.running.push({ now, depth, lengthMs });
    if (this.running.length > 4) this.running.shift();
  }

  /** How deep the head is at `now`: 0 rest, 1 a full nod, slightly below 0 on the way back. */
  at(now) {
    this.running = this.running.filter((nod) => now < nod.now + nod.lengthMs);
    return this.running.reduce((sum, nod) => sum + nod.depth * dip((now - nod.now) / nod.lengthMs), 0);
  }
}

function dip(x) {
  if (x <= 0 || x >= 1) return 0;
  return Math.sin(Math.PI * x) ** 2 * (1.15 - 0.55 * x) * (x < 0.75 ? 1 : 1 - (x - 0.75) * 0.8);
}

/** Where the eyes look: mostly at the viewer, with small quick glances; `style` says how they stray. */
export class Gaze {
  constructor(random) {
    this.random = random;
    this.until = null;
    this.point = [0, 0];
  }

  /** [x, y] in [-1, 1] at `now`. `style`: {hold: [ms, ms], away: [ms, ms], chance, spots: [[x, y], …]}. */
  at(now, style) {
    if (this.until !== null && now < this.until && this.style === style) return this.point;
    const home = this.point[0] === 0 && this.point[1] === 0;
    if (this.style === style && home && this.random() < style.chance) {
      this.point = style.spots[Math.floor(this.random() * style.spots.length)];
      this.until = now + between(this.random, ...style.away);
    } else {
      this.point = style.home ?? [0, 0];
      this.until = now + between(this.random, ...style.hold);
    }
    this.style = style;
    return this.point;
  }
}
