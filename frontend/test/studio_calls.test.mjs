import assert from "node:assert/strict";
import test from "node:test";
import { CallFailed, Calls, events } from "../src/studio/calls.js";

const streamOf = (...pieces) => new Blob(pieces).stream();

test("events are read however their bytes are cut", async () => {
  const text = 'data: {"text": "Қайырлы күн."}\n\nevent: done\ndata: {"response": "Қайырлы күн."}\n\n';
  const bytes = new TextEncoder().encode(text);
  const stream = new ReadableStream({
    start(out) {
      for (const byte of bytes) out.enqueue(Uint8Array.of(byte));
      out.close();
    },
  });
  const found = [];
  for await (const one of events(stream)) found.push(one);
  assert.deepEqual(found, [{ event: "message", data: { text: "Қайырлы күн." } }, { event: "done", data: { response: "Қайырлы күн." } }]);
});

test("a chat hands over each sentence, and its fault is the call's", async () => {
  const answers = [
    new Response(streamOf('data: {"text": "One."}\n\ndata: {"text": "Two."}\n\nevent: done\ndata: {"response": "One. Two."}\n\n')),
    new Response(streamOf('data: {"text": "One."}\n\nevent: error\ndata: {"detail": "The model stopped."}\n\n')),
    new Response('{"detail": "No model."}', { status: 503 }),
  ];
  const calls = new Calls({ urls: { chat: "/api/chat" }, csrf: "x", fetch: async () => answers.shift() });
  const heard = [];
  await calls.chat({ message: "?" }, (text) => heard.push(text));
  assert.deepEqual(heard, ["One.", "Two."]);
  await assert.rejects(calls.chat({ message: "?" }, () => {}), (fault) => fault instanceof CallFailed && fault.detail === "The model stopped.");
  await assert.rejects(calls.chat({ message: "?" }, () => {}), (fault) => fault.status === 503 && fault.detail === "No model.");
});

test("a network that fails is a failed call too", async () => {
  const calls = new Calls({ urls: {}, csrf: "x", fetch: async () => Promise.reject(new TypeError("offline")) });
  await assert.rejects(calls.own("/studio/stop-all", {}), (fault) => fault instanceof CallFailed && fault.status === 0);
});

test("whoever stops reading a stream lets its connection go", async () => {
  let isCancelled = false;
  const stream = new ReadableStream({
    start: (out) => out.enqueue(new TextEncoder().encode('data: {"text": "One."}\n\n')),
    cancel: () => (isCancelled = true),
  });
  for await (const { data } of events(stream)) if (data.text) break;
  assert.ok(isCancelled);
});
