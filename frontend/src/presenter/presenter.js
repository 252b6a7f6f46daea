import { Performer } from "./performer.js";
import { Stage } from "./stage.js";

const DRAWN = /^[a-z]+$/; // a background of ours by name; anything else is a colour or an address
const PLAIN = "office";
const LARGEST_RATIO = 2; // more pixels than the art has cost time and show nothing
const SPEAKING_FRAME_MS = 12; // 60 a second for the lips; a 120 Hz screen draws every second frame
const QUIET_FRAME_MS = 29; // breathing and glances need no more than 30 a second: a listener's battery lasts longer

/**
 * The local presenter on a canvas (design §3): draws by requestAnimationFrame while anybody can see it.
 *
 *   const presenter = new Presenter(canvas, {baseUrl: "/static/presenters/aliya/", background: "office"});
 *   await presenter.load();
 *   presenter.setMode("listening");
 *   presenter.speak({timeline, clock: () => (audio.currentTime - startedAt) * 1000});
 *
 * Options: baseUrl      the presenter's folder (with presenter.json in it)
 *          background   "office", "plain", "evening", "#rrggbb" or the address of a picture
 *          clothes      "#rrggbb"; the presenter's own colour without it
 *          reducedMotion  true calms everything but the mouth and slow blinks; asks the browser without it
 *          seed         of blinks and glances, for tests
 */
export class Presenter {
  constructor(canvas, { baseUrl, background = PLAIN, clothes = null, reducedMotion, seed } = {}) {
    this.canvas = canvas;
    this.baseUrl = baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`;
    this.background = background || PLAIN;
    this.clothes = clothes;
    const calm = reducedMotion ?? globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? false;
    this.performer = new Performer({ seed: seed ?? Math.floor(Math.random() * 2 ** 31), reducedMotion: calm });
    this.stage = null;
    this.frame = null;
    this.drawnAt = -Infinity;
    this.inView = true;
    this.destroyed = false;
    this.tick = this.tick.bind(this);
    this.wake = this.wake.bind(this);
  }

  /** Fetch and decode the art and begin to draw. Rejects with an Error when it cannot be had; may be called again. */
  async load() {
    const response = await fetch(`${this.baseUrl}presenter.json`);
    if (!response.ok) throw new Error(`presenter.json answered ${response.status}`);
    const data = await response.json();
    const atlas = await picture(`${this.baseUrl}${data.atlas.file}?v=${data.fingerprint}`);
    if (this.destroyed) return;
    this.stage = new Stage(this.canvas, data, atlas);
    this.setClothes(this.clothes);
    await this.setBackground(this.background);
    if (this.destroyed) return;
    this.watch();
    this.wake();
  }

  /** As the option. A picture that cannot be had leaves the plain colour. */
  async setBackground(background) {
    const wanted = (this.background = background || PLAIN);
    if (!this.stage) return;
    if (wanted.startsWith("#")) {
      this.stage.setBackground(wanted);
      return;
    }
    const address = DRAWN.test(wanted) ? `${this.baseUrl}../backgrounds/${wanted}.webp` : wanted;
    const loaded = await picture(address).catch(() => null);
    // Another choice may have been made, or the page left, while the picture was on its way.
    if (loaded && this.stage && this.background === wanted) this.stage.setBackground(loaded);
  }

  /** "#rrggbb", or null for the presenter's own colour. */
  setClothes(color) {
    this.clothes = color;
    this.stage?.setClothes(color);
  }

  /** "idle", "ringing", "speaking", "listening", "thinking" or "away". Speech overrides it while it lasts. */
  setMode(mode) {
    this.performer.setMode(mode);
  }

  /** "neutral" (what the mode wants), "smile" or "attentive"; stays until the next call. */
  expression(name) {
    this.performer.setExpression(name);
  }

  /** Lip-sync to a timeline v1; `clock()` is ms into the sound, negative before it starts. Ends by itself. */
  speak({ timeline, clock }) {
    this.performer.speak(timeline, clock);
  }

  /** Shut the mouth now. */
  hush() {
    this.performer.hush();
  }

  get speaking() {
    return this.performer.speaking;
  }

  /** Stop drawing and let everything go. May be called twice. */
  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.frame);
    this.frame = null;
    document.removeEventListener("visibilitychange", this.wake);
    this.viewers?.disconnect();
    this.sizes?.disconnect();
    this.performer.hush();
    this.stage = null;
  }

  watch() {
    if (this.sizes) return;
    document.addEventListener("visibilitychange", this.wake);
    this.viewers = new IntersectionObserver((entries) => {
      this.inView = entries.at(-1).isIntersecting;
      this.wake();
    });
    this.viewers.observe(this.canvas);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.canvas);
    this.fit();
  }

  fit() {
    const ratio = Math.min(LARGEST_RATIO, globalThis.devicePixelRatio || 1);
    const changed = this.stage?.resize(this.canvas.clientWidth, this.canvas.clientHeight, ratio);
    // A resized canvas is empty until the next frame: draw at once, or it flashes black.
    if (changed) this.stage.draw(this.performer.pose(performance.now()));
  }

  wake() {
    if (this.frame === null && this.visible) this.frame = requestAnimationFrame(this.tick);
  }

  get visible() {
    return this.stage !== null && this.inView && !document.hidden;
  }

  tick(now) {
    this.frame = null;
    if (!this.visible) return;
    if (now - this.drawnAt >= (this.performer.speaking ? SPEAKING_FRAME_MS : QUIET_FRAME_MS)) {
      this.drawnAt = now;
      this.stage.draw(this.performer.pose(now));
    }
    this.frame = requestAnimationFrame(this.tick);
  }
}

/** A decoded picture, so that the first frame does not stall on it. */
async function picture(address) {
  const image = new Image();
  // Of another site: asked for in a way that leaves the canvas readable, so that the page may record or show it on.
  if (new URL(address, location.href).origin !== location.origin) image.crossOrigin = "anonymous";
  image.src = address;
  await image.decode();
  return image;
}
