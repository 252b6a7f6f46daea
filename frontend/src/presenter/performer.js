import { beatsOf } from "./beats.js";
import { Blinks } from "./blink.js";
import { Drift, Follow, Gaze, Nods } from "./motion.js";
import { EXPRESSIONS, MODES } from "./moods.js";
import { mouthAt, mouthKey, REST, SMILE } from "./mouth.js";
import { between, seededRandom } from "./random.js";

const NOD_OF_BEAT = { sentence: [1, 640], clause: [0.45, 460], word: [0.28, 340] }; // [depth, length ms]
const LONGEST_STEP_MS = 100; // after a hidden tab the springs go on from where they were

/**
 * The acting, without a picture: modes, expressions and speech in, one pose a frame out. Pure apart from its clock
 * arguments; the same seed and calls give the same poses.
 *
 * A pose: {mouth, openness, squint, gazeX, gazeY, raised, soft, turnX, turnY, tilt, breath}
 *   mouth  state key; openness, squint, raised, soft 0..1; gaze -1..1; turnX/turnY -1..1 (right, down);
 *   tilt   degrees; breath 0..1
 */
export class Performer {
  constructor({ seed = 1, reducedMotion = false } = {}) {
    this.random = seededRandom(seed);
    this.calm = reducedMotion;
    this.blinks = new Blinks(this.random, reducedMotion ? [4000, 9000] : [2200, 6200]);
    this.gaze = new Gaze(this.random);
    this.nods = new Nods();
    this.driftX = new Drift(this.random, 7300);
    this.driftY = new Drift(this.random, 9100);
    this.driftTilt = new Drift(this.random, 11700);
    this.follow = {
      raised: new Follow(90), soft: new Follow(110, EXPRESSIONS.neutral.soft), squint: new Follow(120), smile: new Follow(130),
      turnX: new Follow(150), turnY: new Follow(130), tilt: new Follow(260),
    };
    this.mode = "idle";
    this.chosen = "neutral";
    this.speech = null;
    this.last = null;
    this.nextNod = null;
  }

  /** Raises RangeError for a mode that is not in MODES. */
  setMode(mode) {
    if (!MODES[mode]) throw new RangeError(`Unknown mode: ${mode}`);
    if (mode !== this.mode) this.nextNod = null;
    this.mode = mode;
  }

  /** "neutral" leaves the choice to the mode. Raises RangeError for an unknown expression. */
  setExpression(name) {
    if (!EXPRESSIONS[name]) throw new RangeError(`Unknown expression: ${name}`);
    this.chosen = name;
  }

  /** Mouth follows `timeline` by `clock()` (ms into the sound, negative before it starts) until its end. */
  speak(timeline, clock) {
    this.speech = { timeline, clock, beats: beatsOf(timeline), next: 0, begun: false };
  }

  hush() {
    this.speech = null;
  }

  get speaking() {
    return this.speech !== null;
  }

  /** The pose at `now` (ms of any steady clock that only goes forward). */
  pose(now) {
    const dt = this.last === null ? 16 : Math.min(LONGEST_STEP_MS, Math.max(0, now - this.last));
    this.last = now;
    const mouth = this.mouth(now);
    const mode = MODES[this.speech?.begun ? "speaking" : this.mode];
    const face = EXPRESSIONS[this.chosen === "neutral" ? mode.expression : this.chosen];
    this.nodWhileListening(now, mode);
    const nod = this.calm ? 0 : this.nods.at(now);
    const sway = this.calm ? 0 : mode.sway;
    const [lookX, lookY] = this.calm && !mode.gaze.home ? [0, 0] : this.gaze.at(now, mode.gaze);
    const step = (name, target) => this.follow[name].step(target, dt);
    const smile = step("smile", face.smile);
    return {
      mouth: this.withSmile(mouth, smile),
      openness: this.blinks.openness(now),
      squint: step("squint", face.squint),
      gazeX: lookX,
      gazeY: lookY,
      raised: step("raised", face.raised + this.stress(mouth)),
      soft: step("soft", face.soft),
      // The head follows the eyes a little, and late, as heads do.
      turnX: step("turnX", sway * 0.55 * this.driftX.at(now) + (this.calm ? 0 : lookX * 0.28)),
      turnY: step("turnY", sway * 0.35 * this.driftY.at(now) + (this.calm ? 0 : lookY * 0.2)) + nod * 0.8,
      tilt: step("tilt", (this.calm ? 0.4 : 1) * mode.tilt + sway * 0.8 * this.driftTilt.at(now)),
      breath: this.calm ? 0 : 0.5 - 0.5 * Math.cos((now / 4100) * Math.PI * 2),
    };
  }

  /** {a, b, weight} of the speech, or rest. Ends the speech by itself. */
  mouth(now) {
    const rest = { a: REST, b: REST, weight: 0 };
    if (!this.speech) return rest;
    const { timeline, clock, beats } = this.speech;
    const ms = clock();
    if (!Number.isFinite(ms)) return rest;
    if (ms >= timeline.duration_ms) {
      this.speech = null;
      return rest;
    }
    if (!this.speech.begun && ms > -200) {
      this.speech.begun = true;
      this.blinks.soon(now);
    }
    for (; this.speech.next < beats.length && beats[this.speech.next].ms <= ms; this.speech.next += 1) {
      const beat = beats[this.speech.next];
      if (ms - beat.ms < 300) this.nods.start(now, ...NOD_OF_BEAT[beat.kind]);
      if (beat.kind === "sentence") this.blinks.soon(now, 500);
    }
    return ms < 0 ? rest : mouthAt(timeline, ms);
  }

  /** Brows rise a touch on wide open vowels. */
  stress(mouth) {
    return mouth.a === "A" && mouth.weight < 0.34 ? 0.22 : 0;
  }

  /** At rest the mouth may smile; while it speaks, a smile takes the place of the pauses. */
  withSmile(mouth, smile) {
    const still = mouth.a === REST && mouth.b === REST;
    if (still) return mouthKey(REST, SMILE, smile);
    if (smile < 0.67) return mouthKey(mouth.a, mouth.b, mouth.weight);
    const swap = (name) => (name === REST ? SMILE : name);
    return mouthKey(swap(mouth.a), swap(mouth.b), mouth.weight);
  }

  nodWhileListening(now, mode) {
    if (!mode.nodEveryMs) return;
    this.nextNod ??= now + between(this.random, ...mode.nodEveryMs) * 0.6;
    if (now < this.nextNod) return;
    this.nods.start(now, between(this.random, 0.35, 0.7), between(this.random, 560, 760));
    this.nextNod = now + between(this.random, ...mode.nodEveryMs);
  }
}
