const NOTES = [523.25, 659.25, 783.99, 1046.5, 783.99, 1046.5]; // Hz: a bright, short arpeggio

/** A soft bell: two sines with a quick attack and a long fall. */
export function bell(context, target, frequency, at, length = 0.6, loudness = 0.3) {
  for (const [ratio, share] of [[1, 1], [2.01, 0.35], [3.98, 0.08]]) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency * ratio;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loudness * share, at + 0.012);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + length);
    tone.connect(gain).connect(target);
    tone.start(at);
    tone.stop(at + length + 0.05);
  }
}

/** Plays once. Returns {analyser, ended: Promise, stop(), done}. */
export function playMelody(context) {
  const out = context.createGain();
  const analyser = context.createAnalyser();
  analyser.fftSize = 256;
  analyser.smoothingTimeConstant = 0.75;
  out.connect(analyser).connect(context.destination);
  const start = context.currentTime + 0.05;
  NOTES.forEach((note, index) => bell(context, out, note, start + index * 0.28, 0.9));
  const melody = { analyser, done: false };
  melody.ended = new Promise((resolve) => {
    const timer = setTimeout(finish, (NOTES.length * 0.28 + 1) * 1000);
    function finish() {
      clearTimeout(timer);
      melody.done = true;
      out.disconnect();
      resolve();
    }
    melody.stop = finish;
  });
  return melody;
}
