import { REST } from "./mouth.js";

const PAUSE_MS = 170; // a silence this long ends a clause
const SENTENCE_MS = 300;
const LEAD_MS = 140; // a nod begins before the last syllable is over

/** Moments of a timeline at which a speaker's head moves: [{ms, kind: "sentence" | "clause" | "word"}], in order. */
export function beatsOf(timeline) {
  const beats = [];
  timeline.visemes.forEach(([ms, name], place) => {
    if (name !== REST || place === 0) return;
    const next = timeline.visemes[place + 1]?.[0] ?? Infinity;
    if (next - ms >= SENTENCE_MS) beats.push({ ms: Math.max(0, ms - LEAD_MS), kind: "sentence" });
    else if (next - ms >= PAUSE_MS) beats.push({ ms: Math.max(0, ms - LEAD_MS), kind: "clause" });
  });
  // Every third long word gets a small stress of its own; more looks like a metronome.
  (timeline.words ?? [])
    .filter(([start, end]) => end - start > 320)
    .forEach(([start], place) => place % 3 === 1 && beats.push({ ms: start, kind: "word" }));
  const last = timeline.visemes.at(-1);
  if (last && last[1] !== REST) beats.push({ ms: Math.max(0, timeline.duration_ms - LEAD_MS), kind: "sentence" });
  return beats.sort((a, b) => a.ms - b.ms);
}
