/**
 * One dialog for avatars (a grid of pictures) and voices (a list to hear): search, whose, language, more, and the list's age.
 * `open({kind, what, use, language, engine, chosen})` resolves with {id, name, picture}, or null when it was closed.
 */
import { ApiError, get } from "../lib/api.js";

const SEARCH_MS = 250;
const READING_MS = 2000;
const node = (tag, props = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
};
export const icon = (name) => {
  const made = node("span", { className: "material-symbols-outlined", textContent: name });
  made.setAttribute("aria-hidden", "true");
  return made;
};

export class CatalogueDialog {
  #data; #ask; #dialog; #body; #note; #more; #tabs; #search; #language; #audio = new Audio(); #playing = null;
  #asked = {}; #page = 1; #turn = 0; #resolve = null; #timer = 0; #counted = false; #heard = 0;

  /** `send(url, fields)` posts a form and answers JSON. */
  constructor(data, send) {
    this.#data = data;
    this.#ask = send;
    this.#audio.addEventListener("ended", () => this.#stop());
  }

  open(asked) {
    this.#dialog ??= this.#build();
    this.#asked = asked;
    this.#counted = false;
    const { words } = this.#data;
    this.#dialog.querySelector("h2").textContent = `${asked.what === "voice" ? words.choose_voice : words.choose_avatar} · ${asked.label}`;
    this.#search.value = "";
    this.#language.parentElement.hidden = asked.what !== "voice";
    this.#language.value = asked.language ?? "";
    this.#tab("");
    this.#dialog.showModal();
    this.#search.focus();
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  #build() {
    const { words, languages } = this.#data;
    this.#search = node("input", { type: "search", className: "hr-input", placeholder: words.search });
    this.#search.setAttribute("aria-label", words.search);
    this.#language = node("select", { className: "hr-input" }, node("option", { value: "", textContent: words.any_language }));
    for (const [code, name] of Object.entries(languages)) this.#language.append(node("option", { value: code, textContent: name }));
    this.#language.setAttribute("aria-label", words.any_language);
    this.#tabs = node("div", { className: "ct-tabs", role: "group" });
    this.#body = node("div", { className: "ct-body" });
    this.#body.setAttribute("aria-live", "polite");
    this.#note = node("p", { className: "hr-hint" });
    this.#more = node("button", { type: "button", className: "hr-button", textContent: words.more });
    const again = node("button", { type: "button", className: "hr-button is-small is-quiet" }, icon("refresh"), words.refresh);
    const shut = node("button", { type: "button", className: "hr-button is-small is-quiet" }, icon("close"));
    shut.setAttribute("aria-label", words.close);
    const none = node("button", { type: "button", className: "hr-button is-small" });
    const dialog = node("dialog", { className: "ct-dialog" },
      node("header", {}, node("h2"), shut),
      node("div", { className: "ct-bar" }, this.#search, node("div", {}, this.#language), this.#tabs),
      this.#body,
      node("footer", {}, this.#note, again, this.#more, none));
    again.addEventListener("click", () => this.#refresh());
    shut.addEventListener("click", () => dialog.close());
    none.addEventListener("click", () => this.#choose({ id: "", name: "", picture: "" }));
    this.#more.addEventListener("click", () => this.#load(this.#page + 1));
    this.#search.addEventListener("input", () => this.#later(() => this.#load(1), SEARCH_MS));
    this.#search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    this.#language.addEventListener("change", () => this.#load(1));
    dialog.addEventListener("close", () => {
      this.#stop();
      clearTimeout(this.#timer);
      this.#turn += 1;
      this.#resolve?.(null);
      this.#resolve = null;
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    this.none = none;
    document.body.append(dialog);
    return dialog;
  }

  #later(act, ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #choose(item) {
    const resolve = this.#resolve;
    this.#resolve = null;
    resolve?.(item);
    this.#dialog.close();
  }

  #tab(origin) {
    this.origin = origin;
    for (const tab of this.#tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.origin === origin));
    this.#load(1);
  }

  #drawTabs(counts) {
    const { words } = this.#data;
    const all = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const wanted = [["", words.all, all], ["own", words.own, counts.own ?? 0], ["cloned", words.cloned, counts.cloned ?? 0], ["public", words.public, counts.public ?? 0]];
    this.#tabs.replaceChildren(...wanted.filter(([origin, , n]) => !origin || n).map(([origin, name, n]) => {
      const tab = node("button", { type: "button", className: "ct-tab", textContent: `${name} ${n}` });
      tab.dataset.origin = origin;
      tab.setAttribute("aria-pressed", String(origin === this.origin));
      tab.addEventListener("click", () => this.#tab(origin));
      return tab;
    }));
    this.#tabs.hidden = !all;
  }

  async #load(page) {
    const { words, urls } = this.#data;
    const turn = (this.#turn += 1);
    const { kind, what, use } = this.#asked;
    const query = new URLSearchParams({ q: this.#search.value, origin: this.origin, page });
    if (use) query.set("use", use);
    if (what === "voice") query.set("language", this.#language.value);
    else if (use === "live") {
      // Only those that surely speak the profile's language are offered.
      query.set("language", this.#asked.language ?? "");
      query.set("speech_engine", this.#asked.engine ?? "");
    }
    this.none.textContent = what === "voice" ? words.usual : words.clear;
    try {
      const answer = await get(`${urls.catalogue.replace("KIND", encodeURIComponent(kind)).replace("WHAT", what)}?${query}`, "json");
      if (turn !== this.#turn) return;
      this.#page = page;
      this.#draw(answer, page);
    } catch (error) {
      if (turn === this.#turn) this.#note.textContent = error instanceof ApiError ? words.lost : String(error);
    }
  }

  #draw({ items, counts, more, state }, page) {
    const { words } = this.#data;
    this.#drawTabs(counts);
    this.#body.className = `ct-body is-${this.#asked.what}`;
    const drawn = items.map((item) => (this.#asked.what === "voice" ? this.#voice(item) : this.#avatar(item)));
    if (page === 1) this.#body.replaceChildren(...drawn);
    else this.#body.append(...drawn);
    if (!items.length && page === 1) this.#body.replaceChildren(node("p", { className: "hr-empty", textContent: !state.known ? words.never : this.#asked.use === "live" ? words.no_live : words.none }));
    this.#more.hidden = !more;
    this.#note.textContent = [state.reading ? words.reading : state.text, state.fault].filter(Boolean).join(" · ");
    if (!state.known && !state.reading && !state.fault) this.#refresh();
    else if (state.reading) this.#later(() => this.#load(1), READING_MS);
  }

  async #refresh() {
    this.#note.textContent = this.#data.words.reading;
    const { status } = await this.#ask(this.#data.urls.refresh.replace("KIND", encodeURIComponent(this.#asked.kind)), {});
    if (status === 200) this.#later(() => this.#load(1), READING_MS);
  }

  #facts(item) {
    return [item.gender, this.#data.languages[item.language] ?? item.language, item.origin].filter(Boolean).join(" · ");
  }

  #avatar(item) {
    const picture = item.picture ? node("img", { src: item.picture, alt: "", loading: "lazy", width: 150, height: 150 }) : icon("person");
    if (item.picture) picture.addEventListener("error", () => picture.replaceWith(icon("person")));
    const card = node("button", { type: "button", className: "ct-avatar" }, node("span", { className: "ct-picture" }, picture), node("strong", { textContent: item.name }), node("span", { textContent: this.#facts(item) }));
    card.setAttribute("aria-pressed", String(item.id === this.#asked.chosen));
    card.addEventListener("click", () => this.#choose(item));
    return card;
  }

  #voice(item) {
    const { words } = this.#data;
    const listen = node("button", { type: "button", className: "hr-button is-small" }, icon("play_arrow"), words.listen);
    listen.setAttribute("aria-label", `${words.listen}: ${item.name}`);
    listen.disabled = !item.sample && !item.speaks;
    if (listen.disabled) listen.title = words.no_sample;
    const choose = node("button", { type: "button", className: "hr-button is-small is-primary", textContent: item.id === this.#asked.chosen ? words.chosen : words.choose });
    choose.setAttribute("aria-label", `${words.choose}: ${item.name}`);
    const note = node("span", { className: "ct-facts", textContent: this.#facts(item) });
    listen.addEventListener("click", () => this.#hear(item, listen, note));
    choose.addEventListener("click", () => this.#choose(item));
    return node("div", { className: "ct-voice" }, node("div", {}, node("strong", { textContent: item.name }), note), listen, choose);
  }

  async #hear(item, button, note) {
    if (this.#playing === button) return this.#stop();
    this.#stop();
    const asked = (this.#heard += 1);
    button.disabled = true;
    // A sample that is gone is said anew; a voice without one says it the first time.
    const heard = item.sample && (await this.#play(item.sample, button));
    if (!heard && item.speaks) {
      const language = item.language || this.#language.value || "ru";
      const { status, body } = await this.#ask(this.#data.urls.hear, { speech_engine: this.#asked.kind, voice: item.id, language, profile: this.#data.profile });
      if (status !== 200) note.textContent = body.text || this.#data.words.lost;
      else if (asked !== this.#heard) note.textContent = this.#facts(item); // another one was pressed meanwhile
      else if (!(await this.#play(body.audio, button))) note.textContent = this.#data.words.no_sample;
    } else if (!heard) note.textContent = this.#data.words.no_sample;
    button.disabled = false;
  }

  /** True when it plays, or was not wanted any more. */
  async #play(address, button) {
    if (!this.#dialog.open) return true;
    this.#audio.src = address;
    this.#playing = button;
    try {
      await this.#audio.play();
    } catch {
      if (this.#playing !== button) return true; // another one was pressed
      this.#stop();
      return false;
    }
    if (this.#playing === button) button.replaceChildren(icon("stop"), this.#data.words.stop);
    return true;
  }

  #stop() {
    this.#audio.pause();
    this.#playing?.replaceChildren(icon("play_arrow"), this.#data.words.listen);
    this.#playing = null;
  }
}
