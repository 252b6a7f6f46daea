/**
 * The voice of the call page: fills the seam of call/voice.js with the microphone, the recorder and words for what is wrong.
 * The take runs from the first question to goodbye; pause, mute and a hidden page end it (design §4, threats 30).
 */
import { post } from "../lib/api.js";
import { chosen } from "./check.js";
import { HttpLink } from "./http_link.js";
import { createVoice } from "./voice.js";
import { paintLevel, Words } from "./words.js";

const ASKING = '[data-act="answer"], [data-act="take-over"], [data-act="resume"], [data-act="unblock"]';
const TALKING = ["speaking", "listening"];
const LATE_MS = 3_000; // so much unsaved sound is worth a word
const MOST_WAIT_MS = 20_000; // at the end, for what is still unsent; then it stays on the device
const BLOCKED_MS = 12_000; // without a socket for so long: the sound goes by HTTP until one gets through again
const MEETINGS = new Set(["state", "elsewhere", "finished"]);
const AGAIN = new Set(["denied", "missing", "busy", "failed", "ended"]);

export class CallVoice {
  constructor({ root, data }) {
    this.root = root;
    this.data = data;
    this.own = root.querySelector("[data-own-mic]");
    this.words = new Words(this.own);
    this.bars = [...this.own.querySelectorAll("[data-mic-bar] span")];
    this.again = this.own.querySelector("[data-mic-again]");
    this.isReady = false;
    this.isAllowed = false; // by the server, in this call
    this.isTalking = false;
    this.code = "";
  }

  /** `socket`: the page's CallSocket. Opens the microphone with the first tap, or at once in a call that goes on. */
  async use(socket, device) {
    if (!this.data.voice) return;
    const link = {
      send: (type, fields) => (this.http.isOn ? this.http : socket).send(type, type === "take" ? { ...fields, ...this.hearing } : fields),
      sendFrame: (bytes) => (this.http.isOn ? this.http.sendFrame(bytes) : socket.sendBytes(bytes)),
    };
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    this.http = new HttpLink({
      post: (body, kind) => post(this.data.urls.sound, token, body, kind), onOpen: () => this.voice?.connected(),
      onMessage: (message) => this.voice?.received(message), onLost: () => this.voice?.disconnected(),
    });
    this.voice = await createVoice({ interview: this.data.id, device, workletUrl: this.own.dataset.worklet, link });
    this.own.hidden = false;
    this.voice.addEventListener("level", ({ detail }) => paintLevel(this.bars, detail.level));
    this.voice.addEventListener("recording", ({ detail }) => (this.own.dataset.on = String(detail.on)));
    this.voice.addEventListener("microphone", ({ detail }) => this.changed(detail.code));
    this.voice.addEventListener("trouble", ({ detail }) => this.tell(detail.code));
    this.voice.addEventListener("saved", ({ detail }) => this.saved(detail.unsavedMs));
    this.again.addEventListener("click", () => this.open());
    document.addEventListener("click", (event) => event.target.closest(ASKING) && !this.isReady && this.open());
    if (this.data.live) this.open();
    if ((await this.voice.leftovers()).ms > 0) this.tell("leftovers");
    await this.voice.sendLeftovers();
    if (this.hasMet) this.voice.connected(); // the server was faster than this device's storage
    this.adjust();
  }

  /** What the browser really does to the sound, as far as it says: without echo cancellation the avatar hears itself. */
  get hearing() {
    const { echoCancellation, noiseSuppression } = this.voice?.microphone.settings ?? {};
    const known = {};
    // Newer browsers name a kind of echo cancellation instead of true.
    if (echoCancellation !== undefined) known.echo_cancellation = Boolean(echoCancellation);
    if (noiseSuppression !== undefined) known.noise_suppression = Boolean(noiseSuppression);
    return known;
  }

  async open() {
    if (this.opening) return;
    this.opening = true;
    try {
      this.isReady = (await this.voice.open(chosen())) === "open";
    } finally {
      this.opening = false;
    }
    this.adjust();
  }

  // --- The seam ------------------------------------------------------------------------------------------------------

  joined(state) {
    this.isAllowed = state.input.voice;
    this.isTalking = TALKING.includes(state.phase);
    this.adjust();
  }

  floor() {}

  message(message) {
    if (MEETINGS.has(message.type)) this.met();
    if (!this.voice) return;
    // The server has answered hello, with a seat, without one or after the end: what is kept here may go.
    if (MEETINGS.has(message.type)) this.voice.connected();
    if (message.type === "elsewhere" || message.type === "finished") {
      this.isTalking = false;
      this.adjust();
    }
    if (["take", "saved", "finished_take", "error"].includes(message.type)) this.voice.received(message);
  }

  lost() {
    this.hasMet = false;
    if (this.http?.isOn) return;
    this.voice?.disconnected();
    this.blocked ??= setTimeout(() => this.http?.start(), BLOCKED_MS);
  }

  met() {
    this.hasMet = true;
    clearTimeout(this.blocked);
    this.blocked = null;
    this.http?.stop();
  }

  leave() {
    this.isTalking = false;
    this.left = this.adjust();
  }

  /** Resolves when all is on the server, or after a while: the rest is sent at the next visit. */
  async finished() {
    if (!this.voice) return;
    await this.left;
    const until = Date.now() + MOST_WAIT_MS;
    while (!this.voice.isComplete && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 200));
    await this.voice.release();
  }

  // --- Within --------------------------------------------------------------------------------------------------------

  adjust() {
    if (!this.voice) return undefined;
    const isOn = this.isAllowed && this.isReady;
    if (this.root.dataset.voice !== (isOn ? "on" : "off")) {
      this.root.dataset.voice = isOn ? "on" : "off";
      this.root.dataset.composer = isOn ? "closed" : "open";
    }
    return isOn && this.isTalking ? this.voice.start() : this.voice.stop();
  }

  changed(code) {
    if (code === "devices") return;
    if (AGAIN.has(code)) this.isReady = false;
    if (code === "visible") this.tell("hidden");
    else if (code !== "hidden") this.tell(code === "open" || code === "unmuted" ? "" : code);
    this.again.hidden = !AGAIN.has(code);
    this.adjust();
  }

  saved(unsavedMs) {
    if (unsavedMs > LATE_MS) this.tell("waiting");
    else if (["waiting", "storage_unavailable", "leftovers", "hidden"].includes(this.code)) this.tell("");
  }

  tell(code) {
    this.code = code;
    this.words.show(code);
  }
}
