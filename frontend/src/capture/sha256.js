/**
 * SHA-256 that can be put down and taken up again: the hash of a take grows with what the server has saved, and a reload must
 * not lose it (crypto.subtle hashes only whole buffers). FIPS 180-4.
 */
const K = constants();

/** A fresh state: plain data, may be stored as it is. Only whole blocks of 64 bytes may be added before the end. */
export function start() {
  return { words: [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19], bytes: 0 };
}

/** The state after `bytes` (a multiple of 64). */
export function add(state, bytes) {
  if (bytes.length % 64) throw new RangeError("only whole blocks may be added");
  const words = Uint32Array.from(state.words);
  for (let at = 0; at < bytes.length; at += 64) block(words, bytes, at);
  return { words: Array.from(words), bytes: state.bytes + bytes.length };
}

/** Hex hash of everything added and of `rest` (any length). The state is not changed. */
export function finish(state, rest = new Uint8Array(0)) {
  const whole = rest.length - (rest.length % 64);
  const after = add(state, rest.subarray(0, whole));
  const tail = rest.subarray(whole);
  const padded = new Uint8Array(tail.length < 56 ? 64 : 128);
  padded.set(tail);
  padded[tail.length] = 0x80;
  const bits = (after.bytes + tail.length) * 8;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(padded.length - 4, bits >>> 0);
  return add({ words: after.words, bytes: 0 }, padded)
    .words.map((word) => word.toString(16).padStart(8, "0"))
    .join("");
}

function block(h, bytes, at) {
  const w = new Uint32Array(64);
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 64);
  for (let i = 0; i < 16; i += 1) w[i] = view.getUint32(i * 4);
  for (let i = 16; i < 64; i += 1) {
    const s0 = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ (w[i - 15] >>> 3);
    const s1 = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ (w[i - 2] >>> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  let [a, b, c, d, e, f, g, last] = h;
  for (let i = 0; i < 64; i += 1) {
    const t1 = (last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) >>> 0;
    const t2 = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
    [last, g, f, e, d, c, b, a] = [g, f, e, (d + t1) >>> 0, c, b, a, (t1 + t2) >>> 0];
  }
  [a, b, c, d, e, f, g, last].forEach((value, index) => {
    h[index] += value;
  });
}

function turn(value, by) {
  return (value >>> by) | (value << (32 - by));
}

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  return Uint32Array.from(primes, (prime) => {
    const root = Math.cbrt(prime);
    return Math.floor((root - Math.floor(root)) * 2 ** 32);
  });
}
