// The one module that talks to the server: what it sends for a form, and what a refusal becomes.
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { ApiError, postForm } from "../src/lib/api.js";
import { askFor } from "../src/presenter/sample.js";

const asked = [];
globalThis.document = { querySelector: () => ({ value: "token-of-the-page" }) };
const answers = (status, body) => {
  globalThis.fetch = async (url, options) => {
    asked.push({ url, ...options });
    return new Response(JSON.stringify(body), { status });
  };
};
afterEach(() => asked.splice(0));

test("a form's values go as a form, with the page's own token", async () => {
  answers(200, { audio: "/a.wav" });
  assert.deepEqual(await postForm("/speak", { voice: "ru-female-1", text: "Да & нет" }), { audio: "/a.wav" });
  const [{ url, method, body, headers }] = asked;
  assert.deepEqual([url, method, headers["X-CSRFToken"]], ["/speak", "POST", "token-of-the-page"]);
  assert.equal(new Request("http://localhost", { method, body }).headers.get("Content-Type"), "application/x-www-form-urlencoded;charset=UTF-8");
  assert.equal(new URLSearchParams(body).get("text"), "Да & нет");
  assert.equal("Content-Type" in headers, false);
});

test("a refusal keeps its status and words, and a sample's fault is the server's own text", async () => {
  answers(503, { text: "This voice cannot speak at the moment." });
  await assert.rejects(postForm("/speak", {}), (fault) => fault instanceof ApiError && fault.status === 503);
  await assert.rejects(askFor("/speak", {}), { message: "This voice cannot speak at the moment." });
});

test("a network that fails says nothing of its own", async () => {
  globalThis.fetch = async () => Promise.reject(new TypeError("Failed to fetch"));
  await assert.rejects(askFor("/speak", {}), { message: "" });
});
