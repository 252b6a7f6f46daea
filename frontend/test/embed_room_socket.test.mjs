import assert from "node:assert/strict";
import { test } from "node:test";
import { DELAYS_MS, RoomSocket } from "../src/embed/room_socket.js";

/** Time stands still until `advance`. */
function clock() {
  let now = 0;
  let last = 0;
  const waiting = new Map();
  const set = (run, ms, every) => (waiting.set((last += 1), { run, at: now + ms, every }), last);
  return {
    setTimeout: (run, ms) => set(run, ms),
    setInterval: (run, ms) => set(run, ms, ms),
    clearTimeout: (id) => waiting.delete(id),
    clearInterval: (id) => waiting.delete(id),
    advance(ms) {
      now += ms;
      for (const [id, timer] of [...waiting]) {
        if (timer.at > now) continue;
        if (timer.every) timer.at += timer.every;
        else waiting.delete(id);
        timer.run();
      }
    },
  };
}

function setUp() {
  const sockets = [];
  class FakeSocket {
    constructor(url) { Object.assign(this, { url, readyState: 1, sent: [], closed: false }); sockets.push(this); }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.closed = true; this.readyState = 3; }
    says(value) { this.onmessage?.({ data: typeof value === "string" ? value : JSON.stringify(value) }); }
    dies(code) { this.readyState = 3; this.onclose?.({ code }); }
  }
  const seen = [];
  const timers = clock();
  const room = new RoomSocket({
    url: "ws://x/", WebSocketClass: FakeSocket, timers, random: () => 0,
    onMessage: (message) => seen.push(message.type), onLost: () => seen.push("lost"), onClosed: (reason) => seen.push(`closed:${reason}`),
  });
  room.connect();
  return { room, sockets, seen, timers };
}

test("after a break it comes back, and a server that answers ends the back-off", () => {
  const { sockets, seen, timers } = setUp();
  sockets[0].says({ type: "hello" });
  sockets[0].dies(1006);
  timers.advance(DELAYS_MS[0]);
  sockets[1].dies(1012);
  timers.advance(DELAYS_MS[1]);
  sockets[2].says({ type: "hello" });
  sockets[2].dies(1006);
  timers.advance(DELAYS_MS[0]);
  assert.equal(sockets.length, 4);
  assert.deepEqual(seen, ["hello", "lost", "hello", "lost"]);
});

test("it gives up when nobody answers, and says so once", () => {
  const { sockets, seen, timers } = setUp();
  for (const ms of DELAYS_MS) {
    sockets.at(-1).dies(1006);
    timers.advance(ms);
  }
  sockets.at(-1).dies(1006);
  timers.advance(600_000);
  assert.equal(sockets.length, DELAYS_MS.length + 1);
  assert.equal(seen.at(-1), "closed:lost");
  assert.equal(seen.filter((each) => each.startsWith("closed")).length, 1);
});

for (const [code, reason] of [[4401, "refused"], [4403, "refused"], [4409, "elsewhere"], [1000, "closed"]]) {
  test(`close code ${code} is final: ${reason}`, () => {
    const { sockets, seen, timers } = setUp();
    sockets[0].dies(code);
    timers.advance(60_000);
    assert.deepEqual([sockets.length, seen], [1, [`closed:${reason}`]]);
  });
}

test("the server's own reason is told, and the close after it is not told again", () => {
  const { sockets, seen } = setUp();
  sockets[0].says({ type: "closed", reason: "idle" });
  sockets[0].dies(1000);
  assert.deepEqual(seen, ["closed:idle"]);
});

test("a socket that never answers is given up and tried anew", () => {
  const { sockets, timers } = setUp();
  timers.advance(8_000);
  timers.advance(DELAYS_MS[0]);
  assert.deepEqual([sockets.length, sockets[0].closed], [2, true]);
});

test("told to slow down, it waits two seconds", () => {
  const { sockets, timers } = setUp();
  sockets[0].dies(4429);
  timers.advance(1_999);
  assert.equal(sockets.length, 1);
  timers.advance(1);
  assert.equal(sockets.length, 2);
});

test("a heartbeat every ten seconds, none after the end", () => {
  const { room, sockets, timers } = setUp();
  sockets[0].says({ type: "hello" });
  timers.advance(10_000);
  timers.advance(10_000);
  room.close();
  timers.advance(60_000);
  assert.deepEqual(sockets[0].sent, [{ type: "heartbeat" }, { type: "heartbeat" }]);
});

test("what is not JSON, or no message, is passed over", () => {
  const { sockets, seen } = setUp();
  for (const odd of ["", "{", "null", "[]", "7", '{"type": 1}']) sockets[0].says(odd);
  assert.deepEqual(seen, []);
});
