import assert from "node:assert/strict";
import test from "node:test";
import { LiveAvatar } from "../src/call/live_avatar.js";
import { Screen } from "../src/call/screen.js";

const WORDS = { live_connecting: "joining", live_reconnecting: "coming back", live_idle: "leaving soon" };
const JOIN = { transport: "livekit", url: "wss://rooms.example.org", access_token: "t" };

/** A call page with a live avatar: what it loads, what it publishes in the room, and its line of words. */
function page() {
  const line = { textContent: "" };
  const root = { dataset: {}, querySelector: (selector) => (selector === "[data-live-state]" ? line : null) };
  const screen = new Screen(root, WORDS);
  const published = [];
  const loaded = [];
  const carrier = {
    async connect({ on }) {
      on("picture");
      return { publish: (topic, message) => published.push(message), setVolume() {}, setQuality() {}, close() {} };
    },
  };
  const live = new LiveAvatar({
    stage: null, carriers: { livekit: "/static/livekit.js", agora: "/static/agora.js" }, send() {}, onBlocked() {},
    onState: (state) => screen.liveAvatar(state), onIdle: (isIdle) => screen.liveIdle(isIdle),
    load: async (url) => (loaded.push(url), carrier),
  });
  return { live, line, published, loaded };
}

test("the carrier's code is fetched only for a room, and only the one that carries it", async () => {
  const { live, loaded } = page();
  assert.deepEqual(loaded, []);
  await live.receive({ session: "one", join: JOIN });
  assert.deepEqual(loaded, ["/static/livekit.js"]);
});

test("a calm line says that the avatar will leave for silence, and a word takes it back", async () => {
  const { live, line, published } = page();
  await live.receive({ session: "one", join: JOIN });
  assert.equal(line.textContent, "");
  live.tell({ event: "idle_warning", text: "", id: "" });
  assert.equal(line.textContent, "leaving soon");
  live.tell({ event: "active", text: "", id: "" });
  assert.equal(line.textContent, "");
  assert.deepEqual(published, []); // the avatar itself is told nothing
});

test("an avatar that has left is not about to leave any more", async () => {
  const { live, line } = page();
  await live.receive({ session: "one", join: JOIN });
  live.tell({ event: "idle_warning", text: "", id: "" });
  await live.receive({ session: "one", join: null });
  assert.equal(line.textContent, "");
});
