/** What the page shows of the call's state: one attribute and a few words. Decides nothing. */
const TOAST_MS = 9_000;
const MODES = {
  ringing: "ringing", starting: "thinking", connecting: "thinking", speaking: "speaking", listening: "listening",
  paused: "away", blocked: "idle", reconnecting: "away", elsewhere: "away", closed: "away", finished: "idle",
};

export class Screen {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.presenter = null;
    this.part = (name) => root.querySelector(`[data-${name}]`) ?? document.querySelector(`[data-${name}]`);
    this.toastTimer = null;
  }

  phase(phase) {
    if (this.root.dataset.phase === phase && this.shown) return;
    this.shown = true;
    this.root.dataset.phase = phase;
    this.presenter?.setMode(MODES[phase]);
    const inCall = phase === "speaking" || phase === "listening";
    for (const action of ["repeat", "pause"]) {
      this.button(action).disabled = !(inCall || (action === "pause" && phase === "paused"));
    }
    this.part("pause-label").textContent = phase === "paused" ? this.words.resume : this.words.pause;
    this.part("turn").textContent = inCall ? this.words[phase] : "";
    this.announce(this.words[phase] ?? "");
    this.focus(phase);
  }

  usePresenter(presenter) {
    this.presenter = presenter;
    presenter.setMode(MODES[this.root.dataset.phase]);
  }

  /** Who is seen: the drawn presenter, or the clip of `say`, played by `video`. */
  picture(say = null, video = null) {
    this.root.dataset.picture = say ? "clip" : "presenter";
    if (!say) return;
    // Upright clips show more of the figure than the drawn presenter does: the two would not blend.
    const blends = say.by_presenter && video.videoWidth >= video.videoHeight;
    this.root.dataset.clipBy = blends ? "presenter" : "own";
    const blur = this.part("clip-blur");
    if (!blends) blur.getContext("2d").drawImage(video, 0, 0, blur.width, blur.height);
  }

  /** The live avatar is in the picture, also while it listens. */
  livePicture() {
    this.root.dataset.picture = "live";
  }

  /** `state` of its room, as in live_room.js: words while it is on its way; without it the drawn presenter is seen. */
  liveAvatar(state) {
    this.root.dataset.live = state;
    this.liveLine({ connecting: this.words.live_connecting, reconnecting: this.words.live_reconnecting }[state] ?? "");
    if ((state === "lost" || state === "closed") && this.root.dataset.picture === "live") this.picture();
  }

  /** The live avatar is about to leave for silence, or stays after all. */
  liveIdle(isIdle) {
    this.liveLine(isIdle ? this.words.live_idle : "");
  }

  liveLine(text) {
    const line = this.part("live-state");
    if (line) line.textContent = text;
  }

  /** Where the keyboard goes when the scene changes. A phone's keyboard is not opened by us. */
  focus(phase) {
    const card = this.root.querySelector(`[data-card~="${phase}"] :is(button, a)`);
    if (card) return card.focus({ preventScroll: true });
    const active = document.activeElement;
    const lost = !active || active === document.body || active.offsetParent === null;
    if (phase === "listening" && matchMedia("(pointer: fine)").matches && this.root.dataset.voice !== "on") {
      this.part("answer").focus({ preventScroll: true });
    } else if (lost && phase !== "ringing") {
      this.root.focus({ preventScroll: true });
    }
  }

  button(action) {
    return document.querySelector(`[data-act="${action}"]`);
  }

  connection(isOpen, text) {
    this.part("connection").dataset.state = isOpen ? "open" : "down";
    this.part("connection-text").textContent = text;
  }

  progress(text) {
    this.part("progress").textContent = text;
  }

  question(label, text) {
    this.part("question").hidden = !text;
    this.part("question-label").textContent = label;
    this.part("question-text").textContent = text ?? "";
  }

  toast(text, lang = "") {
    const toast = this.part("toast");
    toast.lang = lang || document.documentElement.lang;
    toast.textContent = text;
    toast.hidden = !text;
    clearTimeout(this.toastTimer);
    if (text) this.toastTimer = setTimeout(() => this.toast(""), TOAST_MS);
  }

  /** A trouble that lasts: stays until it is taken back with "". */
  banner(text) {
    const banner = this.part("banner");
    banner.textContent = text;
    banner.hidden = !text;
  }

  closed(text) {
    this.part("closed-text").textContent = text;
  }

  announce(text) {
    if (text) this.part("announce").textContent = text;
  }
}
