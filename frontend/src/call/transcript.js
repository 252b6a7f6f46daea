/** What was said, as a list that grows. Avatar turns gather their sentences; own answers show whether they have arrived. */
export class Transcript {
  constructor(list, words) {
    this.list = list;
    this.words = words;
    this.byKey = new Map();
  }

  /** From `state.history`: the server's word replaces ours; what waits on this device stays at the end. */
  reset(history, pending) {
    this.list.replaceChildren();
    this.byKey.clear();
    for (const { turn, speaker, kind, text } of history) {
      if (kind === "skip") this.event(`turn-${turn}`, this.words.skipped);
      else if (text) this.write(`turn-${turn}`, speaker, text);
    }
    for (const item of pending) this.mine(item);
  }

  /** A sentence of the avatar begins. */
  sentence(say) {
    const key = `turn-${say.turn}`;
    const before = this.byKey.get(key);
    const texts = before?.texts ?? new Map();
    if (before && !before.texts) texts.set(-1, before.text); // sentences heard before a reload came as one text
    texts.set(say.sentence, say.text);
    this.write(key, "avatar", [...texts.values()].join(" ")).texts = texts;
  }

  /** An answer of this page, not yet acknowledged. */
  mine(item) {
    this.write(`mine-${item.id}`, "candidate", item.text);
    this.mark(item.id, this.words.sending);
  }

  mark(id, text) {
    const entry = this.byKey.get(`mine-${id}`);
    if (!entry) return;
    entry.markElement ??= entry.element.appendChild(Object.assign(document.createElement("span"), { className: "mark" }));
    entry.markElement.textContent = text;
    entry.markElement.hidden = !text;
  }

  remove(id) {
    this.byKey.get(`mine-${id}`)?.element.remove();
    this.byKey.delete(`mine-${id}`);
  }

  event(key, text) {
    if (this.byKey.has(key)) return;
    const element = document.createElement("li");
    element.className = "event";
    element.textContent = text;
    this.byKey.set(key, { element, text });
    this.place(key, element);
  }

  write(key, speaker, text) {
    let entry = this.byKey.get(key);
    if (!entry) {
      const element = document.createElement("li");
      element.className = speaker === "candidate" ? "candidate" : "avatar";
      const who = document.createElement("span");
      who.className = "who";
      who.textContent = speaker === "candidate" ? this.words.you : this.words.interviewer;
      who.lang = document.documentElement.lang;
      const said = document.createElement("span");
      element.append(who, said);
      entry = { element, said };
      this.byKey.set(key, entry);
      this.place(key, element);
    }
    entry.said.textContent = text;
    entry.text = text;
    this.scroll();
    return entry;
  }

  /** At the end; a turn whose words come late before the turns after it. */
  place(key, element) {
    const turn = Number(key.match(/^turn-(\d+)$/)?.[1] ?? Infinity);
    if (Number.isFinite(turn)) element.dataset.turn = turn;
    const next = [...this.list.children].find((other) => Number(other.dataset.turn) > turn);
    this.list.insertBefore(element, next ?? null);
    this.scroll();
  }

  scroll() {
    this.list.scrollTop = this.list.scrollHeight;
  }
}
