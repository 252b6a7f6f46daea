/** HR's players: speeds for each recording, keys, and never two voices at once. Without this script the players still play. */
const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const JUMP_S = 5;

const players = [...document.querySelectorAll("[data-player]")];
const word = document.querySelector("[data-whole]")?.dataset.speed ?? "";

for (const player of players) {
  const audio = player.querySelector("audio");
  player.append(speeds(audio));
  audio.addEventListener("play", () => {
    for (const other of players) if (other !== player) other.querySelector("audio").pause();
  });
  audio.addEventListener("error", () => {
    const hint = player.querySelector("[data-player-hint]");
    if (hint) hint.textContent = player.dataset.failed;
    audio.hidden = Boolean(hint);
  });
  player.addEventListener("keydown", (event) => key(event, audio));
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
  if (event.target.closest("select")) return;
  if (event.key === " ") audio[audio.paused ? "play" : "pause"]();
  else if (event.key === "ArrowRight") audio.currentTime += JUMP_S;
  else if (event.key === "ArrowLeft") audio.currentTime = Math.max(0, audio.currentTime - JUMP_S);
  else return;
  event.preventDefault();
}
