/**
 * The socket of a live room: connects, and after a break comes back, for some seconds. Knows no DOM: sockets, timers and
 * randomness are handed in by tests.
 */
export const DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]; // then the session has ended without its page
const JITTER = 0.3;
const CONNECT_MS = 8_000;
const BEAT_MS = 10_000;
const OPEN = 1;
// The answer would be the same: ended, refused, shown elsewhere, too big.
const FINAL = new Map([[1000, "closed"], [4401, "refused"], [4403, "refused"], [4409, "elsewhere"], [1009, "refused"]]);
const TOO_FAST = 4429;
const TOO_FAST_MS = 2_000;

export class RoomSocket {
  /**
   * onMessage(message)  every message, `hello` first, each time it is connected
   * onLost()            the connection broke; it is being tried again (once, until it is back)
   * onClosed(reason)    for good: the server's reason, "refused", "elsewhere", or "lost" when coming back did not work
   */
  constructor({ url, onMessage, onLost, onClosed, WebSocketClass = globalThis.WebSocket, timers = globalThis, random = Math.random }) {
    Object.assign(this, { url, onMessage, onLost, onClosed, WebSocketClass, timers, random });
    this.socket = null;
    this.attempt = 0;
    this.timer = null;
    this.beat = null;
  }

  connect() {
    const socket = (this.socket = new this.WebSocketClass(this.url));
    this.timer = this.timers.setTimeout(() => this.broken(socket), CONNECT_MS);
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = (event) => this.broken(socket, event.code);
    socket.onerror = () => {}; // a close always follows
    this.beat ??= this.timers.setInterval(() => this.send("heartbeat"), BEAT_MS);
  }

  receive(data) {
    const message = read(data);
    if (!message) return;
    if (message.type === "hello") {
      this.timers.clearTimeout(this.timer);
      this.attempt = 0; // only a server that answers ends the back-off
    }
    if (message.type === "closed") return this.end(message.reason);
    this.onMessage(message);
  }

  /** False when it could not be handed to the network. */
  send(type, fields = {}) {
    if (this.socket?.readyState !== OPEN) return false;
    this.socket.send(JSON.stringify({ ...fields, type }));
    return true;
  }

  close() {
    this.timers.clearTimeout(this.timer);
    this.timers.clearInterval(this.beat);
    this.beat = null;
    this.detach();
  }

  broken(socket, code = 1006) {
    if (socket !== this.socket) return;
    if (FINAL.has(code)) return this.end(FINAL.get(code));
    this.timers.clearTimeout(this.timer);
    this.detach();
    if (this.attempt >= DELAYS_MS.length) return this.end("lost");
    if (this.attempt === 0) this.onLost();
    const least = code === TOO_FAST ? TOO_FAST_MS : 0;
    const wait = Math.max(least, Math.round(DELAYS_MS[this.attempt] * (1 + JITTER * this.random())));
    this.attempt += 1;
    this.timer = this.timers.setTimeout(() => this.connect(), wait);
  }

  end(reason) {
    this.close();
    this.onClosed(reason);
  }

  detach() {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** A message as an object; null for what is none. */
function read(data) {
  try {
    const value = JSON.parse(data);
    return typeof value?.type === "string" ? value : null;
  } catch {
    return null;
  }
}
