/** The studio's conductor: what staff press and say in, the avatar's picture, texts and figures out. */
import { StudioAvatar } from "./avatar.js";
import { Calls } from "./calls.js";
import { Ear } from "./ear.js";

const STANDING_MS = 10_000;
const NOTICE_MS = 9_000;

export class Studio {
  constructor({ root, data }) {
    this.root = root;
    this.data = data;
    this.words = data.words;
    this.part = (name) => root.querySelector(`[data-${name}]`);
    this.calls = new Calls({ urls: data.urls, csrf: root.querySelector("[name=csrfmiddlewaretoken]").value });
    this.session = "";
    this.keptSession = ""; // whose texts are shown, also when it has ended
    this.texts = [];
    this.marks = {};
    this.attempt = 0; // of connecting: what belongs to an older one is too late
    this.turn = 0; // a newer turn makes the answers to an older one late
    this.avatar = new StudioAvatar({
      presenter: this.part("presenter"), stage: this.part("room"), carriers: data.carriers,
      onState: (state) => this.state(state), onSound: () => this.mark("sound"),
    });
    this.ear = new Ear({ worklet: data.worklet, onEvent: (message) => this.heard(message), onCode: (code) => this.microphone(code) });
  }

  start() {
    this.part("open").addEventListener("submit", (event) => this.connect(event));
    this.part("stop").addEventListener("click", () => this.stop());
    this.part("stop-all").addEventListener("click", () => this.stopAll());
    this.part("say").addEventListener("submit", (event) => this.send(event));
    this.part("hush").addEventListener("click", () => this.hush());
    this.part("keep").addEventListener("click", () => this.keep());
    this.part("mic").addEventListener("click", () => this.toggleMicrophone());
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.send(event);
    });
    const { profile, avatar, language } = this.part("open").elements;
    profile.addEventListener("change", () => {
      language.value = profile.selectedOptions[0].dataset.language;
      this.fitVoices();
    });
    for (const choice of [avatar, language]) choice.addEventListener("change", () => this.fitVoices());
    addEventListener("pagehide", () => this.session && this.calls.streaming("stop", { session_id: this.session }, { keepalive: true }).catch(() => {}));
    setInterval(() => this.standing(), STANDING_MS);
    this.fitVoices();
    this.state("idle");
  }

  get field() {
    return this.part("say").elements.text;
  }

  get language() {
    return this.part("open").elements.language.value;
  }

  // --- The session -------------------------------------------------------------------------------------------------

  async connect(event) {
    event.preventDefault();
    const stopping = this.stop("connecting");
    const attempt = this.attempt;
    const form = this.part("open").elements;
    const [provider, avatar_id] = form.avatar.value.split("|");
    const order = { provider, avatar_id, profile: form.profile.value, voice: form.voice.value, language: form.language.value };
    this.forget();
    try {
      await stopping;
      const token = await this.calls.begin();
      const { session_id, join } = await this.calls.own(this.data.urls.session, { token, ...order });
      // Stopped before it was there.
      if (attempt !== this.attempt) return await this.calls.streaming("stop", { session_id }, { token });
      this.session = this.keptSession = session_id;
      await this.avatar.join(join);
      await this.standing();
    } catch (fault) {
      if (attempt !== this.attempt) return;
      this.notice(fault.detail || this.words.failed, { stays: true });
      await this.stop("failed");
    }
  }

  /** Nothing of an older session is shown any more. */
  forget() {
    this.texts = [];
    this.marks = {};
    for (const name of ["texts", "figures", "cost"]) this.part(name).replaceChildren();
    this.part("keep").disabled = true;
    this.notice("");
  }

  async stop(state = "idle") {
    const session = this.session;
    this.session = "";
    this.attempt += 1;
    this.turn += 1;
    this.ear.close();
    this.avatar.leave();
    this.state(state);
    if (!session) return;
    const { attempt } = this;
    await this.calls.streaming("stop", { session_id: session }).catch(() => {});
    const found = state === "connecting" ? null : await this.asked(session);
    if (!found || attempt !== this.attempt) return;
    this.show(found);
    if (found.reason) this.state("closed"); // the server ended it, whatever the page noticed first
  }

  async stopAll() {
    await this.stop();
    await this.tried(async () => {
      const { stopped } = await this.calls.own(this.data.urls.stopAll, {});
      this.notice(this.words.stopped.replace("{n}", stopped));
    });
  }

  /** Also the heartbeat. */
  async standing() {
    const session = this.session;
    const found = session ? await this.asked(session) : null;
    if (!found || session !== this.session) return;
    this.show(found);
    if (found.is_idle) this.notice(this.words.idle_warning);
    if (!found.is_open) await this.stop("closed");
  }

  asked(session) {
    return this.calls.own(this.data.urls.standing.replace("/-/", `/${session}/`), {}).catch(() => null);
  }

  /** Minutes and cost; when it has ended by itself also why. */
  show(found) {
    const cost = found.cost === null ? this.words.unknown_cost : found.cost ? `${found.cost.toFixed(2)} ${this.data.currency}` : this.words.free;
    this.part("cost").textContent = this.words.standing.replace("{minutes}", found.minutes.toFixed(1)).replace("{cost}", cost);
    if (found.reason) this.notice(this.words.ended.replace("{reason}", found.reason), { stays: true });
  }

  state(state) {
    if ((state === "closed" || state === "lost") && this.session) return this.stop(state);
    this.root.dataset.state = state;
    this.part("lamp").textContent = this.words[state] ?? "";
    this.part("empty").hidden = !["idle", "failed", "closed", "lost"].includes(state);
    const works = state === "connected";
    for (const name of ["send", "mic", "hush"]) this.part(name).disabled = !works;
    this.part("connect").disabled = state === "connecting";
    this.part("stop").disabled = !(state === "connecting" || this.session);
    this.field.disabled = !works;
    this.part("mic").setAttribute("aria-pressed", String(this.ear?.isOpen ?? false));
    if (works) this.field.focus({ preventScroll: true });
  }

  // --- Words -------------------------------------------------------------------------------------------------------

  async send(event) {
    event.preventDefault();
    const text = this.field.value.trim();
    if (!text || !this.session) return;
    this.field.value = "";
    await this.say(text);
  }

  async say(text) {
    const turn = (this.turn += 1);
    const mode = this.part("say").elements.mode.value;
    const session_id = this.session;
    this.marks = { ...(this.marks.heardFrom ? { heard: performance.now() - this.marks.heardFrom } : {}), asked: performance.now() };
    await this.tried(async () => {
      if (mode === "repeat") {
        this.write("avatar", text);
        await this.calls.streaming("task", { session_id, text, task_type: "repeat", task_mode: "async" });
        return;
      }
      this.write("person", text);
      let line = null;
      await this.calls.chat({ message: text, session_id }, (sentence) => {
        if (turn !== this.turn) return;
        this.mark("first");
        line = this.write("avatar", sentence, line);
      });
    }, turn);
    this.figures();
  }

  async hush() {
    this.turn += 1;
    this.avatar.hush();
    await this.tried(() => this.calls.streaming("interrupt", { session_id: this.session }));
  }

  write(who, text, line = null) {
    if (line) {
      line.entry.text += ` ${text}`;
      line.body.textContent = line.entry.text;
      this.scroll();
      return line;
    }
    const entry = { who, text };
    this.texts.push(entry);
    const item = document.createElement("li");
    item.className = `is-${who}`;
    const name = document.createElement("b");
    name.textContent = who === "person" ? this.words.you : this.words.avatar;
    const body = document.createElement("span");
    body.textContent = text;
    item.append(name, body);
    this.part("texts").append(item);
    this.part("keep").disabled = false;
    this.scroll();
    return { entry, body };
  }

  scroll() {
    this.part("texts").scrollTop = this.part("texts").scrollHeight;
  }

  async keep() {
    if (!this.texts.length) return;
    await this.tried(async () => {
      await this.calls.own(this.data.urls.keep.replace("/-/", `/${this.keptSession}/`), { messages: this.texts.slice(-400) });
      this.notice(this.words.kept);
    });
  }

  // --- The microphone ----------------------------------------------------------------------------------------------

  async toggleMicrophone() {
    if (this.ear.isOpen) this.ear.close();
    else await this.ear.open(this.language);
    this.part("mic").setAttribute("aria-pressed", String(this.ear.isOpen));
  }

  microphone(code) {
    if (code === "denied") this.notice(this.words.microphone_denied);
    else if (!["open", "muted", "unmuted", "devices"].includes(code)) this.notice(this.words.microphone_failed);
    this.part("mic").setAttribute("aria-pressed", String(this.ear.isOpen));
  }

  heard(message) {
    if (message.type === "speech_started") this.notice(this.words.listening);
    else if (message.type === "speech_ended") this.marks = { heardFrom: performance.now() };
    else if (message.type === "final" && message.text && this.session) this.say(message.text);
    else if (message.type === "error") this.notice(message.text || this.words.failed);
  }

  // --- Figures and notices -----------------------------------------------------------------------------------------

  mark(name) {
    if (this.marks.asked === undefined || this.marks[name] !== undefined) return;
    this.marks[name] = performance.now() - this.marks.asked;
    this.figures();
  }

  figures() {
    const shown = ["heard", "first", "sound"].filter((name) => this.marks[name] !== undefined);
    this.part("figures").replaceChildren(...shown.map((name) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = this.words[name];
      value.textContent = this.words.ms.replace("{n}", Math.round(this.marks[name]));
      row.append(term, value);
      return row;
    }));
  }

  /** `stays`: until something else is told. */
  notice(text, { stays = false } = {}) {
    const line = this.part("notice");
    line.textContent = text;
    line.hidden = !text;
    clearTimeout(this.noticeTimer);
    if (text && !stays) this.noticeTimer = setTimeout(() => this.notice(""), NOTICE_MS);
  }

  /** What a call says when it fails is shown; answers to an older turn are nobody's business. */
  async tried(work, turn = null) {
    try {
      await work();
    } catch (fault) {
      if (turn === null || turn === this.turn) this.notice(fault.detail || this.words.failed);
    }
  }

  fitVoices() {
    const { avatar, voice } = this.part("open").elements;
    voice.disabled = "ownVoice" in avatar.selectedOptions[0].dataset; // nobody can give it another
    for (const option of voice.options) option.hidden = option.disabled = Boolean(option.dataset.language) && option.dataset.language !== this.language;
    if (voice.selectedOptions[0]?.disabled) voice.value = "";
  }
}
