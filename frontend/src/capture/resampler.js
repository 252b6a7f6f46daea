/**
 * Any rate to 16 kHz by a windowed sinc (Kaiser, beta 8): what lies above the new half rate is gone before it could fold
 * back. Keeps its state between calls; used inside the worklet, where no library is.
 */
export const TARGET_RATE = 16000;
const CROSSINGS = 16; // zero crossings on each side
const PHASES = 256;
const PASS = 0.92; // of the half rate: the rest is the slope of the filter

export class Resampler {
  constructor(rate, target = TARGET_RATE) {
    this.step = rate / target;
    const cutoff = PASS * Math.min(1, target / rate);
    this.half = Math.ceil(CROSSINGS / cutoff);
    this.taps = this.half * 2;
    this.table = kernels(cutoff, this.half, this.taps);
    this.tail = new Float32Array(this.half); // silence before the first sample
    this.at = this.half; // position of the next output in tail + input
  }

  /** Float32 in, Float32 out at the target rate; outputs whose future has not come yet wait for the next call. */
  process(input) {
    const buffer = new Float32Array(this.tail.length + input.length);
    buffer.set(this.tail);
    buffer.set(input, this.tail.length);
    const output = [];
    while (Math.floor(this.at) + this.half < buffer.length) {
      output.push(this.value(buffer));
      this.at += this.step;
    }
    const used = Math.max(0, Math.min(Math.floor(this.at) - this.half, buffer.length));
    this.tail = buffer.slice(used);
    this.at -= used;
    return Float32Array.from(output);
  }

  value(buffer) {
    const whole = Math.floor(this.at);
    const place = (this.at - whole) * PHASES;
    const phase = Math.floor(place);
    const share = place - phase;
    const first = phase * this.taps;
    const start = whole - this.half + 1;
    let sum = 0;
    for (let tap = 0; tap < this.taps; tap += 1) {
      const weight = this.table[first + tap] * (1 - share) + this.table[first + this.taps + tap] * share;
      sum += buffer[start + tap] * weight;
    }
    return sum;
  }
}

/** One row of taps for each fraction of a sample, and one more to blend with. Each row sums to 1. */
function kernels(cutoff, half, taps) {
  const table = new Float32Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase += 1) {
    const row = table.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - half + 1 - phase / PHASES;
      row[tap] = sinc(distance * cutoff) * kaiser(distance / half);
      sum += row[tap];
    }
    for (let tap = 0; tap < taps; tap += 1) row[tap] /= sum;
  }
  return table;
}

function sinc(x) {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x, beta = 8) {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta);
}

function bessel(x) {
  let sum = 1;
  for (let n = 1, term = 1; n < 30; n += 1) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}
