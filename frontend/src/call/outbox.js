/**
 * Typed answers the server has not acknowledged, kept on the device and sent again with the same id until it has
 * (threats 15, 19). `store` has read(key), write(key, value), forget(key).
 */
export class Outbox {
  constructor(key, store) {
    this.key = key;
    this.store = store;
    const kept = store.read(key);
    this.items = Array.isArray(kept) ? kept.filter((item) => item && typeof item.id === "string" && typeof item.text === "string") : [];
  }

  /** Returns the item; `kept` in it says whether it survives a reload. */
  add(item) {
    if (!this.items.some((known) => known.id === item.id)) this.items.push(item);
    return this.save();
  }

  /** The server has it. Returns the item, or null for an id that is not waiting. */
  settle(id) {
    const item = this.items.find((known) => known.id === id) ?? null;
    if (item) {
      this.items = this.items.filter((known) => known.id !== id);
      this.save();
    }
    return item;
  }

  get pending() {
    return [...this.items];
  }

  save() {
    if (this.items.length) return this.store.write(this.key, this.items);
    this.store.forget(this.key);
    return true;
  }
}

/** A draft of the answer being typed: survives a reload, belongs to one question. */
export class Draft {
  constructor(key, store) {
    this.key = key;
    this.store = store;
  }

  /** The kept text; what was written for another question is kept too, it is still the candidate's. */
  get text() {
    const kept = this.store.read(this.key);
    return typeof kept?.text === "string" ? kept.text : "";
  }

  set text(text) {
    if (text) this.store.write(this.key, { text });
    else this.store.forget(this.key);
  }
}
