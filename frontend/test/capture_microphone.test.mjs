// The microphone of a page that changes its mind: what was closed stays closed, whenever the permission comes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Microphone } from "../src/capture/microphone.js";

class Context {
  constructor() {
    this.state = "running";
    this.audioWorklet = { addModule: async () => {} };
  }
  createMediaStreamSource() {
    return { connect() {} };
  }
  async close() {
    this.state = "closed";
  }
}

globalThis.AudioContext = Context;
globalThis.AudioWorkletNode = class {
  constructor() {
    this.port = {};
  }
  disconnect() {}
};

/** `grant()` answers the oldest question; `tracks` are those given so far. */
function setUp() {
  const asked = [];
  const tracks = [];
  const getUserMedia = () =>
    new Promise((resolve) => {
      asked.push(() => {
        const track = { readyState: "live", stop: () => (track.readyState = "ended"), getSettings: () => ({}) };
        tracks.push(track);
        resolve({ getTracks: () => [track], getAudioTracks: () => [track] });
      });
    });
  const microphone = new Microphone("worklet.js", { devices: { getUserMedia }, isSecure: true });
  return { microphone, tracks, grant: () => asked.shift()() };
}

test("a permission that comes after the close opens nothing", async () => {
  const { microphone, tracks, grant } = setUp();
  const opening = microphone.open();
  microphone.close();
  grant();
  assert.equal(await opening, "closed");
  assert.equal(tracks[0].readyState, "ended");
  assert.equal(microphone.isOpen, false);
});

test("asked twice, only the later stream stays", async () => {
  const { microphone, tracks, grant } = setUp();
  const first = microphone.open();
  const second = microphone.open();
  grant();
  grant();
  assert.deepEqual([await first, await second], ["closed", "open"]);
  assert.deepEqual(tracks.map((track) => track.readyState), ["ended", "live"]);
  assert.ok(microphone.isHearing);
});
