/**
 * The studio's ear: the microphone as PCM16 to /api/transcribe/ws (docs/contracts/compat_api.md §2.7), texts back.
 *
 *   onEvent(message)   {type: "speech_started" | "speech_ended" | "partial" | "final" | "error", …}
 *   onCode(code)       of the microphone, as in capture/microphone.js; "closed" when the line ended
 */
import { pcmBytes } from "../capture/codec.js";
import { Microphone } from "../capture/microphone.js";

export class Ear {
  constructor({ worklet, onEvent, onCode, microphone = new Microphone(worklet), Socket = globalThis.WebSocket }) {
    Object.assign(this, { onEvent, onCode, microphone, Socket });
    this.socket = null;
    this.microphone.addEventListener("frame", ({ detail }) => this.send(detail.samples));
    this.microphone.addEventListener("microphone", ({ detail }) => {
      if (detail.code === "ended") this.close();
      this.onCode(detail.code);
    });
  }

  get isOpen() {
    return this.socket !== null;
  }

  async open(language) {
    this.close();
    if ((await this.microphone.open()) !== "open") return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new this.Socket(`${scheme}://${location.host}/api/transcribe/ws`);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ type: "start", format: "pcm16", sample_rate: 16000, language }));
    socket.onmessage = ({ data }) => this.onEvent(JSON.parse(data));
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.close();
      this.onCode("closed");
    };
  }

  send(samples) {
    if (this.socket?.readyState === 1) this.socket.send(pcmBytes(samples));
  }

  close() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.microphone.close();
  }
}
