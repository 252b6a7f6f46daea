/**
 * The waveform of one player: drawn on a canvas by the peaks the server measured, a click goes there. What has been played is
 * drawn stronger. Without peaks (a file still being made) there is no canvas and the plain player stays.
 */
const GAP = 1; // CSS pixels between bars
const BAR = 3;

/** Bars of equal width for a canvas `width` wide: the loudest peak of each, scaled so that a quiet voice is seen too. */
export function bars(peaks, width) {
  const count = Math.max(1, Math.min(peaks.length, Math.floor(width / (BAR + GAP))));
  const loudest = Math.max(8, ...peaks);
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / count));
    return Math.max(...peaks.slice(from, to)) / loudest;
  });
}

export function timeText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export class Waveform {
  /** `wave`: {peaks, duration_ms}; `label` is read by screen readers. */
  constructor(player, audio, wave, label) {
    this.audio = audio;
    this.peaks = wave.peaks;
    this.seconds = wave.duration_ms / 1000;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "hr-wave";
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "slider");
    this.canvas.setAttribute("aria-label", label);
    this.canvas.setAttribute("aria-valuemin", "0");
    this.canvas.setAttribute("aria-valuemax", String(Math.round(this.seconds)));
    audio.before(this.canvas);
    this.canvas.addEventListener("click", (event) => this.seek(event));
    for (const event of ["timeupdate", "seeked", "ended"]) audio.addEventListener(event, () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    this.draw();
  }

  seek(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    this.audio.currentTime = share * this.seconds;
    this.audio.play().catch(() => {});
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    const paper = this.canvas.getContext("2d");
    paper.scale(scale, scale);
    const style = getComputedStyle(this.canvas);
    const played = this.audio.currentTime / this.seconds;
    const heights = bars(this.peaks, width);
    heights.forEach((loudness, index) => {
      const tall = Math.max(2, loudness * (height - 6));
      paper.fillStyle = style.getPropertyValue((index + 0.5) / heights.length <= played ? "--hr-accent" : "--hr-ink-3") || "#888";
      paper.fillRect((index * width) / heights.length, (height - tall) / 2, BAR, tall);
    });
    this.canvas.setAttribute("aria-valuenow", String(Math.round(this.audio.currentTime)));
    this.canvas.setAttribute("aria-valuetext", `${timeText(this.audio.currentTime)} / ${timeText(this.seconds)}`);
  }
}
