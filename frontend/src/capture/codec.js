/**
 * The binary frame of the socket, mirrored from transcription/frames.py and compared by shared vectors: 16-byte big-endian
 * header `u8 version=1, u8 0, u16 take, u32 seq, u32 samples, u32 crc32`, then PCM16-LE.
 */
export const SAMPLES = 1024; // of a full frame: 64 ms at 16 kHz
export const FRAME_MS = 64;
export const HEADER = 16;

const TABLE = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Int16 samples as little-endian bytes, whatever the machine's order. */
export function pcmBytes(samples) {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  samples.forEach((sample, index) => view.setInt16(index * 2, sample, true));
  return bytes;
}

/** One message: `pcm` is a Uint8Array of 1 to 1,024 samples. */
export function encode(take, seq, pcm) {
  const message = new Uint8Array(HEADER + pcm.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, 1);
  view.setUint16(2, take);
  view.setUint32(4, seq);
  view.setUint32(8, pcm.length / 2);
  view.setUint32(12, crc32(pcm));
  message.set(pcm, HEADER);
  return message;
}

/** {take, seq, samples, crc, pcm, sound}, or null when it is no frame; `sound`: the checksum agrees. */
export function decode(message) {
  if (message.length < HEADER + 2) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const samples = view.getUint32(8);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 0 || samples < 1 || samples > SAMPLES) return null;
  if (message.length !== HEADER + samples * 2) return null;
  const pcm = message.slice(HEADER);
  const crc = view.getUint32(12);
  return { take: view.getUint16(2), seq: view.getUint32(4), samples, crc, pcm, sound: crc32(pcm) === crc };
}
