/**
 * The one microphone of the page: one getUserMedia with echo cancellation, noise suppression and gain, one worklet (design §4).
 * Whatever can go wrong is an event with a code; words come from the page.
 *
 * Events: "frame" {samples: Int16Array, level: 0–1} · "rest" {samples} · "microphone" {code}, code one of
 *   open, denied, missing, busy, insecure, unsupported, failed – the answer to open()
 *   muted, unmuted, ended, devices – later
 */
import { faultCode } from "./faults.js";
import { Meter } from "./level.js";

const FLUSH_MS = 300; // a suspended context never answers

export class Microphone extends EventTarget {
  constructor(workletUrl, { devices = globalThis.navigator?.mediaDevices, isSecure = globalThis.isSecureContext } = {}) {
    super();
    Object.assign(this, { workletUrl, media: devices, isSecure });
    this.meter = new Meter();
    this.stream = null;
    this.context = null;
    this.asking = 0; // grows with each open and close: a permission that comes after a close opens nothing
    this.media?.addEventListener?.("devicechange", () => this.tell("devices"));
  }

  get isOpen() {
    return this.stream !== null;
  }

  /** Whether the track gives sound now: not muted by the system, not unplugged. */
  get isHearing() {
    const track = this.stream?.getAudioTracks()[0];
    return Boolean(track && track.readyState === "live" && !track.muted);
  }

  /** What the browser really does: {echoCancellation, noiseSuppression, autoGainControl, …}. */
  get settings() {
    return this.stream?.getAudioTracks()[0]?.getSettings() ?? {};
  }

  /** Ask once and keep the stream. Resolves to the code: "open" when it works, "closed" when `close` came first. Call it from a click. */
  async open(deviceId = "") {
    this.close();
    const { asking } = this;
    if (!this.isSecure) return this.tell("insecure");
    if (!this.media?.getUserMedia || !globalThis.AudioWorkletNode) return this.tell("unsupported");
    try {
      const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
      if (deviceId) audio.deviceId = { exact: deviceId };
      const stream = await this.media.getUserMedia({ audio, video: false });
      if (asking !== this.asking) {
        stream.getTracks().forEach((track) => track.stop());
        return "closed";
      }
      this.stream = stream;
      await this.listen();
    } catch (fault) {
      if (asking !== this.asking) return "closed";
      this.close();
      return this.tell(faultCode(fault));
    }
    return asking === this.asking ? this.tell("open") : "closed";
  }

  /** [{id, label}] of microphones; labels are known only after permission. */
  async choices() {
    const found = (await this.media?.enumerateDevices?.()) ?? [];
    return found.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
  }

  /** The rest of the present frame comes as "rest"; resolves when it has come, or after a moment without it. */
  flush() {
    return new Promise((resolve) => {
      const timer = setTimeout(finish, FLUSH_MS);
      this.addEventListener("rest", finish, { once: true });
      this.node?.port.postMessage("flush");
      function finish() {
        clearTimeout(timer);
        resolve();
      }
    });
  }

  /** A context may start suspended or be interrupted by a call: wake it from a click or when the page is seen again. */
  async wake() {
    if (this.context && this.context.state !== "running") await this.context.resume().catch(() => {});
  }

  close() {
    this.asking += 1;
    for (const track of this.stream?.getTracks() ?? []) {
      track.onmute = track.onunmute = track.onended = null;
      track.stop();
    }
    this.node?.disconnect();
    this.context?.close().catch(() => {});
    this.stream = this.context = this.node = null;
  }

  async listen() {
    const context = (this.context = new AudioContext());
    await context.audioWorklet.addModule(this.workletUrl);
    if (context !== this.context) return; // closed meanwhile
    this.node = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0, channelCount: 1 });
    this.node.port.onmessage = ({ data }) => this.heard(data);
    this.context.createMediaStreamSource(this.stream).connect(this.node);
    const [track] = this.stream.getAudioTracks();
    track.onmute = () => this.tell("muted");
    track.onunmute = () => this.tell("unmuted");
    track.onended = () => this.tell("ended");
    await this.wake();
  }

  heard({ frame, last }) {
    if (last) this.dispatchEvent(new CustomEvent("rest", { detail: { samples: frame } }));
    else this.dispatchEvent(new CustomEvent("frame", { detail: { samples: frame, level: this.meter.feed(frame) } }));
  }

  tell(code) {
    this.dispatchEvent(new CustomEvent("microphone", { detail: { code } }));
    return code;
  }
}
