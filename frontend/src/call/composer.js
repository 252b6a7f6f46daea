import { MOST_TYPED_CHARACTERS } from "../lib/payloads.js";

const TYPING_MS = 4_000; // how often the server is told that somebody is typing

/** The field for typed answers: keeps a draft, says what is wrong, tells that somebody is typing. */
export class Composer {
  constructor({ form, field, hint, words, draft, onSend, onTyping }) {
    Object.assign(this, { form, field, hint, words, draft, onSend, onTyping });
    this.lastTyping = 0;
    field.value = draft.text;
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.submit();
      }
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  get text() {
    return this.field.value.trim();
  }

  typed() {
    this.draft.text = this.field.value;
    this.say("");
    if (Date.now() - this.lastTyping < TYPING_MS) return;
    this.lastTyping = Date.now();
    this.onTyping();
  }

  submit() {
    const text = this.text;
    const length = [...text].length;
    if (length > MOST_TYPED_CHARACTERS) {
      return this.say(this.words.too_long.replace("{n}", length).replace("{max}", MOST_TYPED_CHARACTERS));
    }
    if (this.onSend(text) === false) {
      this.say(this.words.empty_answer);
      this.field.focus();
      return;
    }
    this.clear();
  }

  clear() {
    this.field.value = "";
    this.draft.text = "";
    this.lastTyping = 0;
    this.say("");
  }

  /** A refused answer comes back into the field; what was typed since stays below it. */
  giveBack(text) {
    this.field.value = [text, this.field.value].filter(Boolean).join("\n");
    this.draft.text = this.field.value;
  }

  say(text) {
    this.hint.textContent = text || this.hint.dataset.usual;
    this.hint.classList.toggle("warn", Boolean(text));
    this.field.toggleAttribute("aria-invalid", Boolean(text));
  }
}
