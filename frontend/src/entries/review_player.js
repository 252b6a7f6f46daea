/** HR's players: waveforms, speeds for each recording, keys, never two voices at once. Without this script they still play. */
import { get } from "../lib/api.js";
import { Waveform } from "../review/waveform.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const JUMP_S = 5;
const LOOK_AGAIN_MS = 3000;
const MOST_LOOKS = 60;

const players = [...document.querySelectorAll("[data-player]")];
const whole = document.querySelector("[data-whole]");
const word = whole?.dataset.speed ?? "";

for (const player of players) {
  const audio = player.querySelector("audio");
  player.append(speeds(audio));
  audio.addEventListener("play", () => {
    for (const other of players) if (other !== player) other.querySelector("audio").pause();
  });
  // A source that cannot be played is followed by the next; only the last one's failure is told.
  const sources = audio.querySelectorAll("source");
  (sources[sources.length - 1] ?? audio).addEventListener("error", () => {
    const hint = player.querySelector("[data-player-hint]");
    if (hint) hint.textContent = player.dataset.failed;
    audio.hidden = Boolean(hint);
  });
  player.addEventListener("keydown", (event) => key(event, audio));
}
// A quote opens the sound of its answer at its own words.
document.addEventListener("click", (event) => {
  const quote = event.target.closest("a[data-quote-s]");
  const audio = quote && document.querySelector(`${quote.getAttribute("href")} audio`);
  if (!audio) return;
  audio.currentTime = Number(quote.dataset.quoteS);
  audio.play().catch(() => {}); // the browser may want a press of its own: the place is found all the same
});
if (whole) drawWaves(whole.dataset.waves, MOST_LOOKS);

/** Draw what is ready; look again while something is still being made and somebody looks at the page. */
async function drawWaves(address, looks) {
  const waves = await get(address, "json").catch(() => ({})); // offline for a moment: the plain players are there
  for (const player of players) {
    const wave = waves[player.dataset.wave];
    if (wave?.state !== "ready" || !wave.peaks.length || player.querySelector("canvas")) continue;
    new Waveform(player, player.querySelector("audio"), wave, whole.dataset.seek);
  }
  if (waves.whole?.state === "ready") whole.querySelector("[data-wave-making]")?.remove();
  const isMaking = Object.values(waves).some((wave) => wave.state === "making");
  if (isMaking && looks > 0) setTimeout(() => drawWaves(address, looks - (document.hidden ? 0 : 1)), LOOK_AGAIN_MS * (document.hidden ? 5 : 1));
}

function speeds(audio) {
  const label = document.createElement("label");
  label.className = "hr-speed";
  const select = document.createElement("select");
  for (const speed of SPEEDS) select.add(new Option(`${speed}×`, String(speed), speed === 1, speed === 1));
  select.addEventListener("change", () => {
    audio.playbackRate = Number(select.value);
  });
  select.setAttribute("aria-label", word);
  label.append(`${word} `, select);
  return label;
}

function key(event, audio) {
  if (event.target.closest("select, input, textarea, button, summary")) return;
  if (event.key === " ") audio[audio.paused ? "play" : "pause"]();
  else if (event.key === "ArrowRight") audio.currentTime += JUMP_S;
  else if (event.key === "ArrowLeft") audio.currentTime = Math.max(0, audio.currentTime - JUMP_S);
  else return;
  event.preventDefault();
}
