/** How loud: for the candidate's own indicator and the device check. Pure. */

const QUIET_DB = -60;

/** Loudness of Int16 samples as [0, 1]: 0 at −60 dBFS and below, 1 at full scale. */
export function level(samples) {
  if (!samples.length) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const decibel = 10 * Math.log10(sum / samples.length / 32768 ** 2 + 1e-12);
  return Math.max(0, Math.min(1, 1 - decibel / QUIET_DB));
}

/** Follows at once upward, falls slowly, as an eye expects of a meter. */
export class Meter {
  constructor(fall = 0.85) {
    this.fall = fall;
    this.value = 0;
  }

  feed(samples) {
    this.value = Math.max(level(samples), this.value * this.fall);
    return this.value;
  }
}
