import assert from "node:assert/strict";
import { test } from "node:test";
import { Microphone } from "../src/capture/microphone.js";
import { Voice } from "../src/capture/voice.js";

class FakeMicrophone extends EventTarget {
  isOpen = true;
  isHearing = true;
  async wake() {}
  async flush() {
    this.dispatchEvent(new CustomEvent("rest", { detail: { samples: Int16Array.of(7) } }));
  }
  tell(code) {
    this.dispatchEvent(new CustomEvent("microphone", { detail: { code } }));
  }
}

class FakeRecorder extends EventTarget {
  log = [];
  async begin() {
    this.log.push("begin");
  }
  push() {
    this.log.push("frame");
  }
  async end(rest) {
    this.log.push(`end ${rest?.length ?? 0}`);
  }
}

function make() {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const [microphone, recorder] = [new FakeMicrophone(), new FakeRecorder()];
  return { page, microphone, recorder, voice: new Voice(microphone, recorder, page) };
}

test("frames are recorded only between start and stop, and the rest ends the take", async () => {
  const { microphone, recorder, voice } = make();
  const frame = () => microphone.dispatchEvent(new CustomEvent("frame", { detail: { samples: new Int16Array(1024), level: 0 } }));
  frame();
  await voice.start();
  frame();
  await voice.stop();
  frame();
  assert.deepEqual(recorder.log, ["begin", "frame", "end 2"]);
});

for (const [name, away, back] of [
  ["muted track", ({ microphone }) => ((microphone.isHearing = false), microphone.tell("muted")), ({ microphone }) => ((microphone.isHearing = true), microphone.tell("unmuted"))],
  ["hidden page", ({ page }) => ((page.hidden = true), page.dispatchEvent(new Event("visibilitychange"))), ({ page }) => ((page.hidden = false), page.dispatchEvent(new Event("visibilitychange")))],
]) {
  test(`a ${name} ends the take and its return begins a new one`, async () => {
    const parts = make();
    await parts.voice.start();
    away(parts);
    back(parts);
    await parts.voice.turns;
    away(parts);
    await parts.voice.turns;
    back(parts);
    await parts.voice.turns;
    assert.deepEqual(parts.recorder.log.filter((entry) => entry === "begin").length >= 2, true);
    assert.equal(parts.recorder.log.at(-1), "begin");
  });
}

test("an unplugged microphone ends the take and nothing begins by itself", async () => {
  const { microphone, recorder, voice } = make();
  await voice.start();
  Object.assign(microphone, { isHearing: false, isOpen: false });
  microphone.tell("ended");
  await voice.turns;
  assert.deepEqual(recorder.log, ["begin", "end 0"]);
});

const refusing = (name) => ({ getUserMedia: async () => Promise.reject(new DOMException("no", name)), addEventListener() {} });
for (const [name, code] of [["NotAllowedError", "denied"], ["NotFoundError", "missing"], ["NotReadableError", "busy"], ["TypeError", "failed"]]) {
  test(`${name} is told as "${code}"`, async () => {
    globalThis.AudioWorkletNode ??= class {};
    assert.equal(await new Microphone("w.js", { devices: refusing(name), isSecure: true }).open(), code);
  });
}

test("plain http says that it is insecure, an old browser that it is unsupported", async () => {
  assert.equal(await new Microphone("w.js", { devices: undefined, isSecure: false }).open(), "insecure");
  assert.equal(await new Microphone("w.js", { devices: undefined, isSecure: true }).open(), "unsupported");
});
