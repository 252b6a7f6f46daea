import assert from "node:assert/strict";
import { test } from "node:test";
import { Transcript } from "../src/call/transcript.js";

/** As much of an element as a list of lines needs. */
class Line {
  children = [];
  dataset = {};
  text = "";

  append(...nodes) {
    this.children.push(...nodes);
  }

  appendChild(node) {
    this.append(node);
    return node;
  }

  insertBefore(node, next) {
    this.children.splice(next ? this.children.indexOf(next) : this.children.length, 0, node);
  }

  replaceChildren() {
    this.children = [];
  }

  set textContent(text) {
    this.text = text;
  }

  get said() {
    return this.children[1].text;
  }
}

globalThis.document = { createElement: () => new Line(), documentElement: { lang: "en" } };

test("words that come late stand before the turns after them, and what waits on this device stays last", () => {
  const list = new Line();
  const transcript = new Transcript(list, { you: "You", interviewer: "Interviewer" });
  transcript.reset([{ turn: 1, speaker: "avatar", kind: "question", text: "What do you do?" }], []);
  transcript.sentence({ turn: 3, sentence: 2, text: "And why us?" });
  transcript.mine({ id: "a", text: "I like it." });
  transcript.write("turn-2", "candidate", "I build bridges.");
  assert.deepEqual(list.children.map((line) => line.said), ["What do you do?", "I build bridges.", "And why us?", "I like it."]);
  transcript.write("turn-2", "candidate", "I build long bridges.");
  assert.deepEqual(list.children.map((line) => line.said)[1], "I build long bridges.");
});
