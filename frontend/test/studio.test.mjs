import assert from "node:assert/strict";
import test from "node:test";

globalThis.addEventListener = () => {};
globalThis.document = { createElement: () => part() };
const { Studio } = await import("../src/studio/studio.js");

const WORDS = { failed: "That did not work.", ended: "Over: {reason}.", idle_warning: "Closing soon.", standing: "{minutes} min · {cost}", free: "free", unknown_cost: "?", ms: "{n} ms" };
const JOIN = { transport: "livekit", url: "wss://rooms.example.org", access_token: "t" };

function part(fields = {}) {
  return {
    textContent: "", hidden: false, disabled: false, dataset: {}, classList: { toggle() {} }, addEventListener() {}, setAttribute() {}, focus() {},
    append() {}, replaceChildren() { this.textContent = ""; }, ...fields,
  };
}

/** The studio's page without a browser: what it asked the server for, in order, and its rooms. */
function page({ answers = {}, join = async () => {} } = {}) {
  const option = { dataset: {}, disabled: false };
  const choice = (value) => ({ value, options: [], selectedOptions: [option], addEventListener() {} });
  const open = part({ elements: { profile: choice("1"), avatar: choice("liveavatar|vera"), language: choice("en"), voice: choice("") } });
  const parts = { open, say: part({ elements: { text: part(), mode: { value: "talk" } } }) };
  const root = part({
    querySelector: (selector) =>
      selector.startsWith("[name=") ? { value: "csrf" } : (parts[selector.slice(6, -1)] ??= part()),
  });
  const studio = new Studio({ root, data: { urls: { standing: "/studio/session/-/standing", session: "/studio/session" }, words: WORDS, currency: "USD" } });
  const asked = [];
  studio.calls = {
    begin: async () => "token",
    own: async (url) => (asked.push(url), answers[url]?.() ?? { is_open: true, is_idle: false, minutes: 0.1, cost: 0.12, reason: "" }),
    streaming: async (name, { session_id }) => void asked.push(`${name} ${session_id}`),
  };
  studio.avatar = { join, leave() {}, hush() {} };
  answers["/studio/session"] ??= () => ({ session_id: "s1", join: JOIN });
  return { studio, asked, state: () => root.dataset.state, part: (name) => parts[name] };
}

const press = { preventDefault() {} };

test("a room that is lost is not paid for any longer", async () => {
  const { studio, asked, state } = page();
  await studio.connect(press);
  await studio.state("lost");
  assert.equal(state(), "lost");
  assert.deepEqual(asked.slice(-2), ["stop s1", "/studio/session/s1/standing"]);
  await studio.standing();
  assert.equal(asked.at(-1), "/studio/session/s1/standing"); // no heartbeat follows
  assert.equal(asked.length, 4);
});

test("stopped while it connects, the session is ended and nothing is shown as failed", async () => {
  let opened;
  const { studio, asked, state, part: named } = page({ answers: { "/studio/session": () => new Promise((resolve) => (opened = resolve)) } });
  const connecting = studio.connect(press);
  await new Promise(setImmediate);
  assert.equal(state(), "connecting");
  assert.equal(named("connect").disabled, true); // a second press opens no second room
  await studio.stop();
  opened({ session_id: "late", join: JOIN });
  await connecting;
  assert.equal(state(), "idle");
  assert.equal(asked.at(-1), "stop late");
});

test("what a refusal says stays until something else is told", async () => {
  const refused = () => Promise.reject(Object.assign(new Error("409"), { detail: "The budget is used up." }));
  const { studio, state, part: named } = page({ answers: { "/studio/session": refused } });
  await studio.connect(press);
  assert.equal(state(), "failed");
  assert.equal(named("notice").textContent, "The budget is used up.");
  assert.equal(studio.noticeTimer, undefined);
});

test("a session that the server ended says why, whatever the page noticed first", async () => {
  const standing = "/studio/session/s1/standing";
  const over = { is_open: false, is_idle: false, minutes: 3, cost: 0.36, reason: "nobody spoke" };
  const answers = {};
  const { studio, state, part: named } = page({ answers });
  await studio.connect(press);
  answers[standing] = () => over;
  await studio.state("lost");
  assert.equal(state(), "closed");
  assert.equal(named("notice").textContent, "Over: nobody spoke.");
  assert.equal(named("cost").textContent, "3.0 min · 0.36 USD");
});
