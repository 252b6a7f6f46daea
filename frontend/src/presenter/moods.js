/**
 * What each mode of the call looks like. Expressions are chosen by the script, never inferred from the candidate.
 * face: raised and soft brows, squint and smile, all 0..1. head: amplitude of the wandering [0..1], tilt in degrees.
 */
export const EXPRESSIONS = {
  neutral: { raised: 0, soft: 0.15, squint: 0, smile: 0 },
  smile: { raised: 0.15, soft: 0.4, squint: 1, smile: 1 },
  attentive: { raised: 0.3, soft: 0.75, squint: 0, smile: 0 },
};

const AT_VIEWER = { hold: [2400, 5200], away: [350, 800], chance: 0.35, spots: [[0.5, 0], [-0.5, 0], [0, 0.6], [0.5, 0.6], [-0.5, 0.6]] };
const STEADY = { hold: [3000, 7000], away: [250, 500], chance: 0.2, spots: [[0.5, 0], [-0.5, 0], [0, 0.5]] };
const SPEAKING = { hold: [1600, 3800], away: [420, 1100], chance: 0.5, spots: [[0.5, 0], [-0.5, 0], [1, 0.5], [-1, 0.5], [0.5, -0.5]] };
const THINKING = { home: [0.9, -0.9], hold: [1200, 2600], away: [500, 1000], chance: 0, spots: [[0, 0]] };
const DOWN = { home: [0.2, 1], hold: [3000, 6000], away: [600, 1200], chance: 0, spots: [[0, 0]] };

export const MODES = {
  idle: { expression: "neutral", gaze: AT_VIEWER, sway: 0.7, tilt: 0, nodEveryMs: null },
  ringing: { expression: "smile", gaze: STEADY, sway: 0.5, tilt: 0.4, nodEveryMs: null },
  speaking: { expression: "neutral", gaze: SPEAKING, sway: 1, tilt: 0, nodEveryMs: null },
  listening: { expression: "attentive", gaze: STEADY, sway: 0.6, tilt: 1.1, nodEveryMs: [3800, 8500] },
  thinking: { expression: "neutral", gaze: THINKING, sway: 0.6, tilt: -1.2, nodEveryMs: null },
  away: { expression: "neutral", gaze: DOWN, sway: 0.35, tilt: 0, nodEveryMs: null },
};
