import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decode, encode, pcmBytes } from "../src/capture/codec.js";
import { Framer } from "../src/capture/framer.js";
import { level, Meter } from "../src/capture/level.js";
import { Resampler } from "../src/capture/resampler.js";
import { add, finish, start } from "../src/capture/sha256.js";

const vectors = JSON.parse(readFileSync(new URL("../../transcription/tests/frame_vectors.json", import.meta.url)));
const hex = (bytes) => Buffer.from(bytes).toString("hex");

for (const vector of vectors) {
  test(`frames are the same bytes as on the server: ${vector.name}`, () => {
    const message = encode(vector.take, vector.seq, pcmBytes(Int16Array.from(vector.samples)));
    assert.equal(hex(message), vector.hex);
    const frame = decode(Uint8Array.from(Buffer.from(vector.hex, "hex")));
    assert.deepEqual([frame.take, frame.seq, frame.samples, frame.sound], [vector.take, vector.seq, vector.samples.length, true]);
  });
}

test("it refuses what is not a frame and notices a damaged one", () => {
  const message = encode(1, 0, pcmBytes(Int16Array.of(1, 2, 3)));
  assert.equal(decode(message.slice(0, 10)), null);
  assert.equal(decode(message.slice(0, -1)), null);
  message[20] ^= 1;
  assert.equal(decode(message).sound, false);
});

for (const length of [0, 1, 55, 56, 63, 64, 65, 2048, 5000]) {
  test(`the hash of ${length} bytes is SHA-256, also when put down and taken up again`, () => {
    const bytes = Uint8Array.from(randomBytes(length));
    const expected = createHash("sha256").update(bytes).digest("hex");
    const whole = length - (length % 64);
    const stored = JSON.parse(JSON.stringify(add(start(), bytes.subarray(0, whole))));
    assert.equal(finish(start(), bytes), expected);
    assert.equal(finish(stored, bytes.subarray(whole)), expected);
  });
}

const sine = (frequency, rate, seconds) => Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / rate));

function resampled(frequency, rate, block = 128) {
  const resampler = new Resampler(rate);
  const input = sine(frequency, rate, 1);
  const output = [];
  for (let at = 0; at < input.length; at += block) output.push(...resampler.process(input.subarray(at, at + block)));
  return output;
}
const rms = (samples) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);

for (const rate of [8000, 16000, 22050, 44100, 48000, 96000]) {
  test(`${rate} Hz becomes 16 kHz: right length, speech untouched`, () => {
    const output = resampled(1000, rate);
    assert.ok(Math.abs(output.length - 16000) < 40, `${output.length} samples`);
    const middle = output.slice(500, -500);
    assert.ok(Math.abs(rms(middle) - Math.SQRT1_2) < 0.005, `level ${rms(middle)}`);
    const wanted = middle.map((_, n) => Math.sin((2 * Math.PI * 1000 * (n + 500)) / 16000));
    assert.ok(rms(middle.map((value, n) => value - wanted[n])) < 0.01, "it should be the same wave at the same place");
  });
}

test("what is above the new half rate does not fold back", () => {
  for (const frequency of [9500, 12000, 15000, 20000]) {
    assert.ok(20 * Math.log10(rms(resampled(frequency, 48000).slice(500, -500))) < -60, `${frequency} Hz`);
  }
});

test("frames have exactly 1,024 samples, the rest comes with flush", () => {
  const framer = new Framer();
  const frames = [...framer.push(new Float32Array(1000).fill(0.5)), ...framer.push(new Float32Array(1100).fill(-2))];
  assert.deepEqual(frames.map((frame) => frame.length), [1024, 1024]);
  assert.deepEqual([frames[0][0], frames[1][0]], [16384, -32767]);
  assert.equal(framer.flush().length, 52);
  assert.equal(framer.flush().length, 0);
});

test("silence is 0, full scale is 1, the meter falls slowly", () => {
  assert.equal(level(new Int16Array(1024)), 0);
  assert.ok(level(new Int16Array(1024).fill(32767)) > 0.99);
  const meter = new Meter();
  meter.feed(new Int16Array(1024).fill(32767));
  assert.ok(meter.feed(new Int16Array(1024)) > 0.8);
});
