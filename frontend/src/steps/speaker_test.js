import { playMelody } from "../lib/melody.js";

/** The speaker test: a short melody by Web Audio, its level as bars. */
export function enlivenSpeakerTest(card) {
  const button = card.querySelector("[data-play]");
  const status = card.querySelector("[data-speaker-status]");
  const bars = [...card.querySelectorAll("[data-level] span")];
  let playing = null;

  button.addEventListener("click", async () => {
    playing?.stop();
    const Context = globalThis.AudioContext || globalThis.webkitAudioContext;
    try {
      const context = card.context || (card.context = new Context());
      await context.resume();
      playing = playMelody(context);
    } catch {
      status.textContent = status.dataset.blocked;
      return;
    }
    status.textContent = status.dataset.playing;
    const mine = playing;
    draw(mine, bars);
    await mine.ended;
    if (playing === mine) status.textContent = status.dataset.played;
  });
}

function draw(melody, bars) {
  const bins = new Uint8Array(melody.analyser.frequencyBinCount);
  const step = () => {
    melody.analyser.getByteFrequencyData(bins);
    bars.forEach((bar, index) => {
      // Speech and music live in the lower bins; each bar takes its own share of them.
      const from = Math.floor((index ** 1.5 / bars.length ** 1.5) * bins.length * 0.5);
      bar.style.setProperty("--level", String(Math.max(0.12, bins[from + 1] / 255)));
    });
    if (!melody.done) requestAnimationFrame(step);
    else bars.forEach((bar) => bar.style.removeProperty("--level"));
  };
  requestAnimationFrame(step);
}
