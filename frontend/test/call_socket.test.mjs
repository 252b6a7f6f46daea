import assert from "node:assert/strict";
import { test } from "node:test";
import { CallSocket, delayMs } from "../src/call/socket.js";

/** Time stands still until `advance`. */
function clock() {
  let now = 0;
  let last = 0;
  const waiting = new Map();
  return {
    setTimeout: (run, ms) => (waiting.set((last += 1), { run, at: now + ms }), last),
    clearTimeout: (id) => waiting.delete(id),
    advance(ms) {
      now += ms;
      for (const [id, { run, at }] of [...waiting]) if (at <= now && waiting.delete(id)) run();
    },
  };
}

function setUp() {
  const sockets = [];
  class FakeSocket {
    constructor(url) {
      Object.assign(this, { url, readyState: 0, sent: [], closed: false });
      sockets.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.closed = true; this.readyState = 3; }
    opens() { this.readyState = 1; this.onopen(); }
    says(value) { this.onmessage({ data: typeof value === "string" ? value : JSON.stringify(value) }); }
    dies(code) { this.readyState = 3; this.onclose({ code }); }
  }
  const seen = [];
  const timers = clock();
  const socket = new CallSocket({
    url: "ws://x/", hello: () => ({ device: "d1", last_sentence: 3, takes: [] }), WebSocketClass: FakeSocket, timers, random: () => 0,
    onOpen: () => seen.push("open"), onLost: () => seen.push("lost"), onMessage: (message) => seen.push(message.type), onClosed: (code) => seen.push(code),
  });
  return { socket, sockets, seen, timers };
}

const STATE = { type: "state", phase: "listening", question: null, progress: {}, history: [], heard_sentence: -1, input: {}, language: "en" };

test("it says hello first, each time", () => {
  const { socket, sockets, timers } = setUp();
  socket.connect();
  sockets[0].opens();
  assert.deepEqual(sockets[0].sent, [{ device: "d1", last_sentence: 3, takes: [], type: "hello" }]);
  sockets[0].dies(1006);
  timers.advance(250);
  sockets[1].opens();
  assert.equal(sockets[1].sent[0].type, "hello");
});

test("it comes back after 0.25, 0.5, 1, 2, 5, 5 s", () => {
  const { socket, sockets, timers } = setUp();
  socket.connect();
  for (const [index, ms] of [250, 500, 1000, 2000, 5000, 5000].entries()) {
    sockets[index].dies(1006);
    timers.advance(ms - 1);
    assert.equal(sockets.length, index + 1);
    timers.advance(1);
    assert.equal(sockets.length, index + 2);
  }
});

test("jitter only ever adds", () => {
  for (const random of [0, 0.5, 0.999]) assert.ok(delayMs(0, random) >= 250 && delayMs(99, random) < 6501);
});

test("only a server that answers ends the back-off", () => {
  const { socket, sockets, timers } = setUp();
  socket.connect();
  sockets[0].opens();
  sockets[0].dies(1012);
  timers.advance(250);
  sockets[1].opens();
  sockets[1].dies(1012);
  timers.advance(250);
  assert.equal(sockets.length, 2);
  timers.advance(250);
  sockets[2].opens();
  sockets[2].says(STATE);
  sockets[2].dies(1012);
  timers.advance(250);
  assert.equal(sockets.length, 4);
});

for (const code of [4401, 4403, 4409]) {
  test(`it stays away after ${code}`, () => {
    const { socket, sockets, seen, timers } = setUp();
    socket.connect();
    sockets[0].opens();
    sockets[0].dies(code);
    timers.advance(60_000);
    socket.nudge();
    assert.equal(sockets.length, 1);
    assert.deepEqual(seen, ["open", code]);
  });
}

test("it waits as long as the server asks", () => {
  const { socket, sockets, timers } = setUp();
  socket.connect();
  sockets[0].opens();
  sockets[0].says({ type: "error", code: "too_fast", text: "…", retry_s: 7, id: "" });
  sockets[0].dies(4429);
  timers.advance(6_900);
  assert.equal(sockets.length, 1);
  timers.advance(200);
  assert.equal(sockets.length, 2);
});

test("taking over asks for the seat right after hello", () => {
  const { socket, sockets } = setUp();
  socket.connect();
  sockets[0].opens();
  sockets[0].dies(4409);
  socket.takeOver();
  sockets[1].opens();
  assert.deepEqual(sockets[1].sent.map((message) => message.type), ["hello", "take_over"]);
});

test("a connection that never opens is given up", () => {
  const { socket, sockets, timers } = setUp();
  socket.connect();
  timers.advance(10_000);
  assert.ok(sockets[0].closed);
  timers.advance(250);
  assert.equal(sockets.length, 2);
});

test("nonsense from the server is passed over", () => {
  const { socket, sockets, seen } = setUp();
  socket.connect();
  sockets[0].opens();
  for (const text of ["", "{", "null", "[]", '{"type":"future"}', '{"type":"say"}']) sockets[0].says(text);
  assert.deepEqual(seen, ["open"]);
});

test("nothing is sent into a socket that is not open", () => {
  const { socket, sockets } = setUp();
  assert.equal(socket.send("repeat"), false);
  socket.connect();
  assert.equal(socket.send("repeat"), false);
  assert.deepEqual(sockets[0].sent, []);
});

test("a late event of an old socket changes nothing", () => {
  const { socket, sockets, seen } = setUp();
  socket.connect();
  sockets[0].opens();
  const late = sockets[0].onclose;
  socket.drop();
  assert.equal(sockets[0].onclose, null);
  assert.equal(typeof late, "function");
  assert.deepEqual(seen, ["open", "lost"]);
});
