/** Shows the one message that holds, of those the server has written into `root` by [data-mic-word] or [data-camera-word]. */
export class Words {
  constructor(root, kind = "mic") {
    this.name = `data-${kind}-word`;
    this.items = [...root.querySelectorAll(`[${this.name}]`)];
  }

  /** "" hides all. False when the page has no such words. */
  show(code) {
    for (const item of this.items) item.hidden = item.getAttribute(this.name) !== code;
    return this.items.some((item) => item.getAttribute(this.name) === code);
  }
}

/** A row of bars that follows a level in [0, 1], the middle ones highest. */
export function paintLevel(bars, level) {
  const middle = (bars.length - 1) / 2;
  bars.forEach((bar, index) => {
    const share = 1 - (Math.abs(index - middle) / (middle + 1)) * 0.6;
    bar.style.setProperty("--level", String(Math.max(0.12, Math.min(1, level * 1.4 * share)).toFixed(3)));
  });
}
