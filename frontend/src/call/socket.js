/**
 * The call's WebSocket: connects, says hello, and comes back by itself (threats 22). Knows no DOM: the constructor of sockets,
 * timers and randomness are handed in by tests.
 */
import { CLOSE, FINAL_CLOSES, message, read } from "../lib/payloads.js";

export const DELAYS_MS = [250, 500, 1000, 2000, 5000];
const JITTER = 0.3;
const CONNECT_MS = 10_000;
const OPEN = 1;

/** Milliseconds before attempt number `attempt` (from 0); `random` in [0, 1). */
export function delayMs(attempt, random) {
  const base = DELAYS_MS[Math.min(attempt, DELAYS_MS.length - 1)];
  return Math.round(base * (1 + JITTER * random));
}

export class CallSocket {
  /**
   * hello()            the fields of the hello message, asked at each connection
   * onOpen(), onLost() each time; onMessage(message); onClosed(code) when coming back by itself would change nothing
   */
  constructor({ url, hello, onOpen, onLost, onMessage, onClosed, WebSocketClass = globalThis.WebSocket, timers = globalThis, random = Math.random }) {
    Object.assign(this, { url, hello, onOpen, onLost, onMessage, onClosed, WebSocketClass, timers, random });
    this.socket = null;
    this.attempt = 0;
    this.timer = null;
    this.leastDelayMs = 0;
    this.wanted = false;
    this.takingOver = false;
  }

  get isOpen() {
    return this.socket?.readyState === OPEN;
  }

  connect() {
    this.wanted = true;
    this.timers.clearTimeout(this.timer);
    this.detach();
    let socket;
    try {
      socket = new this.WebSocketClass(this.url);
    } catch {
      return this.again();
    }
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    this.timer = this.timers.setTimeout(() => this.drop(), CONNECT_MS);
    socket.onopen = () => {
      this.timers.clearTimeout(this.timer);
      this.onOpen();
      this.send("hello", this.hello());
      if (this.takingOver) this.send("take_over");
      this.takingOver = false;
    };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.lost(event.code);
    socket.onerror = () => {}; // a close always follows
  }

  receive(data) {
    if (typeof data !== "string") return;
    const value = read(data);
    if (!value) return;
    if (value.type === "state") this.attempt = 0; // only a server that answers ends the back-off
    if (value.type === "error" && value.retry_s) this.leastDelayMs = value.retry_s * 1000;
    this.onMessage(value);
  }

  /** False when it could not be handed to the network; what must not be lost is in the outbox. */
  send(type, fields) {
    if (!this.isOpen) return false;
    this.socket.send(message(type, fields));
    return true;
  }

  sendBytes(bytes) {
    if (!this.isOpen) return false;
    this.socket.send(bytes);
    return true;
  }

  /** Bytes handed over and not yet on the network. */
  get backlog() {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** Ask for the seat that another device holds. */
  takeOver() {
    this.takingOver = !this.isOpen;
    if (this.isOpen) this.send("take_over");
    else this.connect();
  }

  /** The network is back, the page is looked at again: do not sit out the delay. */
  nudge() {
    if (this.wanted && !this.socket) this.connect();
  }

  /** The connection looks dead though nobody said so: begin a new one. */
  drop() {
    if (!this.socket) return;
    this.detach();
    this.onLost();
    this.again();
  }

  close() {
    this.wanted = false;
    this.timers.clearTimeout(this.timer);
    this.detach();
  }

  lost(code) {
    this.timers.clearTimeout(this.timer);
    this.socket = null;
    if (FINAL_CLOSES.has(code)) {
      this.wanted = false;
      return this.onClosed(code);
    }
    if (code === CLOSE.TOO_FAST || code === CLOSE.STORAGE) this.leastDelayMs = Math.max(this.leastDelayMs, 2000);
    this.onLost();
    this.again();
  }

  again() {
    if (!this.wanted) return;
    const wait = Math.max(this.leastDelayMs, delayMs(this.attempt, this.random()));
    this.leastDelayMs = 0;
    this.attempt += 1;
    this.timer = this.timers.setTimeout(() => this.connect(), wait);
  }

  detach() {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    try {
      socket.close();
    } catch {
      // a socket that was never open
    }
  }
}
