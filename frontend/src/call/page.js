/** The call page's conductor: events of people and of the socket in, phases and words out. */
import { get, post } from "../lib/api.js";
import { newId } from "../lib/ids.js";
import { CLOSE } from "../lib/payloads.js";
import * as store from "../lib/storage.js";
import { bindActions } from "./actions.js";
import { Captions } from "./captions.js";
import { Clips } from "./clips.js";
import { Composer } from "./composer.js";
import { LiveAvatar } from "./live_avatar.js";
import { Draft, Outbox } from "./outbox.js";
import { initial, phaseOf, reduce } from "./phase.js";
import { Player } from "./player.js";
import { Ringtone } from "./ringtone.js";
import { Screen } from "./screen.js";
import { Sheets } from "./sheets.js";
import { CallSocket } from "./socket.js";
import { Sound } from "./sound.js";
import { Transcript } from "./transcript.js";
import { Voice } from "./voice.js";

const ACKNOWLEDGE_MS = 7_000; // an answer without an acknowledgement for so long: the connection is dead
const RECEIPT_MS = 3_500;
const SKIPPABLE = ["speaking", "listening"];

export class CallPage {
  constructor({ root, data, presenter, voice, camera }) {
    this.data = data;
    this.words = data.words;
    this.root = root;
    this.presenter = presenter;
    this.voice = voice ?? new Voice();
    this.camera = camera;
    this.token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    this.screen = new Screen(root, data.words);
    this.sheets = new Sheets();
    this.state = initial(data);
    this.outbox = new Outbox(`iv-outbox-${data.id}`, store);
    this.question = null;
    this.asked = "";
    this.progress = null;
    this.sentAt = new Map();
    this.device = deviceId(data.id);
    this.sound = new Sound({ onBlocked: (blocked) => this.on({ type: "blocked", blocked }), onSilent: () => this.screen.toast(this.words.sound_failed) });
    this.ringtone = new Ringtone(this.sound);
    this.captions = new Captions(this.screen.part("captions-text"));
    this.transcript = new Transcript(this.screen.part("transcript"), data.words);
    this.clips = new Clips({
      videos: [...root.querySelectorAll("[data-clip]")], fetchBytes: (url, signal) => get(url, "bytes", signal),
      onBlocked: (blocked) => this.on({ type: "blocked", blocked }),
    });
    this.live = new LiveAvatar({
      stage: root.querySelector("[data-live-stage]"), carriers: data.carriers, send: (type, fields) => this.socket.send(type, fields),
      onState: (state) => this.screen.liveAvatar(state), onIdle: (isIdle) => this.screen.liveIdle(isIdle),
      onBlocked: (blocked) => this.on({ type: "blocked", blocked }),
    });
    this.player = new Player({
      load: (say) => this.load(say),
      play: (loaded, fromMs) => {
        if (loaded.live) return this.live.play(loaded.live);
        return loaded.clip ? this.clips.play(loaded.clip, fromMs) : this.sound.play(loaded.buffer);
      },
      cue: (loaded) => this.clips.cue(loaded.clip),
      onSentence: (say, how) => this.begin(say, how),
      onFirstSound: (say) => this.socket.send("telemetry", { kind: "first_sound", sentence: say.sentence }),
      onHeard: (say, ms) => this.socket.send("spoken", { sentence: say.sentence, heard_ms: ms }),
      onBusy: () => this.on({ type: "playing", playing: true }),
      onIdle: () => this.idle(),
      onFault: () => this.screen.toast(this.words.sound_failed),
      onFell: (say, sentence) => this.fell(say, sentence),
    });
    this.socket = new CallSocket({
      url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${data.socket}`,
      hello: () => ({ device: this.device, last_sentence: this.player.lastHeard, takes: [] }),
      onOpen: () => this.on({ type: "open" }),
      onLost: () => this.lost(),
      onMessage: (message) => this.receive(message),
      onClosed: (code) => this.refused(code),
    });
    this.composer = new Composer({
      form: this.screen.part("composer-form"), field: this.screen.part("answer"), hint: this.screen.part("composer-hint"),
      words: data.words, draft: new Draft(`iv-draft-${data.id}`, store),
      onSend: (text) => this.answer(text), onTyping: () => this.socket.send("telemetry", { kind: "typing" }),
    });
    this.screen.part("answer").addEventListener("input", () => this.nameDone());
  }

  start() {
    bindActions(this);
    this.show();
    if (this.state.stage === "on") this.socket.connect();
    else this.ringtone.start();
    this.preload(this.data.clips);
    setInterval(() => this.watchAcknowledgements(), 1000);
  }

  // --- State -------------------------------------------------------------------------------------------------------

  on(event) {
    this.state = reduce(this.state, event);
    this.show();
  }

  show() {
    const phase = phaseOf(this.state);
    const before = this.shown;
    this.shown = phase;
    this.screen.phase(phase);
    const isOpen = phase !== "reconnecting" && this.state.link === "open" && this.state.online;
    this.screen.connection(isOpen, isOpen ? this.words.connected : this.state.online ? this.words.connecting : this.words.offline);
    if (phase === before) return;
    this.transcript.scroll(); // the buttons of a phase take room from the list: its end stays in sight
    // What was asked stays in sight while the answer is being given.
    if (phase === "listening") this.keepInSight();
    this.voice.floor(phase === "listening");
    this.camera?.phase(phase);
    if (phase === "finished") this.finish();
    if (before === "reconnecting" && this.state.current) this.screen.announce(this.words.back);
    document.title = phase === "ringing" ? this.words.title_ringing : this.words.title_call;
  }

  keepInSight() {
    this.captions.show(this.asked, { timeline: null, clock: null });
  }

  // --- Socket ------------------------------------------------------------------------------------------------------

  receive(message) {
    const handler = this[`on_${message.type}`];
    if (handler) handler.call(this, message);
    this.on({ type: "message", message });
    this.voice.message(message);
  }

  on_state(message) {
    this.player.renew(message.heard_sentence);
    this.transcript.reset(message.history, this.outbox.pending);
    this.question = message.question;
    this.asked = message.question?.text ?? "";
    this.setProgress(message.progress);
    this.root.dataset.voice = message.input.voice && this.voice.isReady ? "on" : "off";
    this.root.dataset.composer = this.root.dataset.voice === "on" ? "closed" : "open";
    this.screen.banner("");
    this.voice.joined(message);
    for (const item of this.outbox.pending) this.send(item);
  }

  on_say(say) {
    this.player.enqueue(say);
  }

  on_preload(message) {
    this.preload(message.clips);
  }

  on_listening(message) {
    if (message.question && message.question !== this.question?.uuid) this.question = { ...this.question, uuid: message.question };
    if (!message.question) this.question = null;
    const isNew = message.text !== this.asked;
    this.asked = message.text;
    if (isNew && this.shown === "listening") this.keepInSight(); // a page that came back listens before it is told to what
    this.setProgress(this.progress);
  }

  on_progress(message) {
    // Words typed from now on belong to the next question, though it is still to be said.
    this.question = message.question;
    this.asked = message.question?.text ?? "";
    this.setProgress(message);
  }

  on_notice(message) {
    this.screen.toast(message.text, this.data.interviewLanguage);
  }

  on_stop_speaking(message) {
    this.player.stop(message.generation);
    this.presenter?.hush();
  }

  on_room(message) {
    this.live.receive(message);
  }

  on_room_event(message) {
    this.live.tell(message);
  }

  on_duck(message) {
    this.sound.duck(message.level);
    this.clips.duck(message.level);
    this.live.duck(message.level);
  }

  on_final(message) {
    const item = message.id && this.outbox.settle(message.id);
    this.sentAt.delete(message.id);
    if (item) this.transcript.mark(item.id, this.words.answer_sent);
    else if (!message.id) this.transcript.write(`turn-${message.turn}`, "candidate", message.text);
    this.screen.banner("");
  }

  on_finished(message) {
    this.screen.part("receipt").href = message.receipt_url;
  }

  on_error(message) {
    if (message.code === "storage") {
      this.screen.banner(this.words.storage_failed);
      this.retryLater((message.retry_s || 2) * 1000);
      return;
    }
    this.closedText = message.text;
    this.screen.toast(message.text, this.data.interviewLanguage);
    const item = message.id && message.code !== "too_fast" && this.outbox.settle(message.id);
    if (item) {
      this.sentAt.delete(item.id);
      this.transcript.remove(item.id);
      this.composer.giveBack(item.text);
    }
  }

  lost() {
    this.on({ type: "lost" });
    this.voice.lost();
    for (const item of this.outbox.pending) this.transcript.mark(item.id, this.words.kept_here);
  }

  refused(code) {
    this.player.stop();
    this.presenter?.hush();
    if (code !== CLOSE.ELSEWHERE) this.screen.closed(code === CLOSE.SESSION ? this.words.session_gone : this.closedText || this.words.not_possible);
    this.on({ type: "closed", code });
  }

  // --- The avatar speaks -------------------------------------------------------------------------------------------

  async load(say) {
    if (say.rung === "live") return { live: say };
    if (say.clip_url) return { clip: await this.clips.load(say.clip_url) };
    if (!say.audio_url) return { buffer: null, timeline: null };
    const [bytes, timeline] = await Promise.all([get(say.audio_url, "bytes"), say.timeline_url ? get(say.timeline_url, "json").catch(() => null) : null]);
    return { buffer: await this.sound.decode(bytes), timeline };
  }

  /** Fetch what will probably be said; what fails is fetched again when it is needed. */
  preload(urls) {
    for (const url of urls) this.clips.load(url).catch(() => {});
  }

  fell(say, sentence) {
    this.clips.drop(say.clip_url);
    this.socket.send("fell", { sentence, rung: say.rung, generation: say.generation });
  }

  /** Between two clips our own presenter listens; another face stays as it was, with the mouth shut. */
  idle() {
    if (this.lastClip?.by_presenter) this.screen.picture();
    else if (this.lastClip) this.clips.rest();
    this.on({ type: "playing", playing: false });
  }

  begin(say, { timeline, clock }) {
    const isLive = say.rung === "live" && Boolean(clock);
    const isClip = Boolean(say.clip_url && clock);
    this.lastClip = isClip ? say : null;
    if (isLive) this.screen.livePicture();
    else this.screen.picture(this.lastClip, this.clips.front);
    this.captions.show(say.text, { timeline, clock });
    this.transcript.sentence(say);
    this.presenter?.expression(say.expression === "smile" ? "smile" : "neutral");
    if (timeline && clock && !isClip && !isLive) this.presenter?.speak({ timeline, clock });
    this.setProgress(this.progress);
  }

  setProgress(progress) {
    this.progress = progress;
    if (!progress) return;
    const n = Math.min(progress.done + 1, progress.total);
    const label = progress.done >= progress.total ? this.words.last_words : this.words.question_of.replace("{n}", n).replace("{total}", progress.total);
    this.screen.progress(label);
    this.screen.question(label, this.question ? this.asked || this.question.text : undefined);
    this.nameDone();
  }

  /** In the closing words an empty answer is an answer: "I have no questions". */
  get isClosing() {
    return Boolean(this.progress) && this.progress.done >= this.progress.total && !this.question;
  }

  nameDone() {
    const word = !this.isClosing ? "done" : this.composer.text ? "ask" : "no_questions";
    this.screen.part("done-label").textContent = this.words[word];
    this.screen.button("skip").hidden = this.isClosing;
  }

  // --- The candidate acts ------------------------------------------------------------------------------------------

  answer(text) {
    if (!text) {
      const isAnswer = this.isClosing || this.root.dataset.voice === "on";
      return isAnswer ? this.socket.send("done", { question: this.question?.uuid ?? null }) : false;
    }
    const item = { id: newId(), question: this.question?.uuid ?? null, text };
    this.outbox.add(item);
    this.transcript.mine(item);
    this.send(item);
    return true;
  }

  send(item) {
    const { id, question, text } = item;
    if (this.socket.send("typed", { id, question, text })) this.sentAt.set(id, Date.now());
    else this.transcript.mark(id, this.words.kept_here);
  }

  retryLater(ms) {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.outbox.pending.forEach((item) => this.send(item)), ms);
  }

  watchAcknowledgements() {
    if (!this.socket.isOpen || this.state.elsewhere) return;
    const late = this.outbox.pending.some((item) => Date.now() - (this.sentAt.get(item.id) ?? Infinity) > ACKNOWLEDGE_MS);
    if (!late) return;
    this.sentAt.clear();
    this.socket.drop();
  }

  async pickUp() {
    if (this.state.stage !== "ringing") return;
    this.ringtone.stop();
    this.sound.unlock();
    this.clips.unlock();
    this.on({ type: "answer" });
    try {
      await post(this.data.urls.start, this.token);
    } catch (error) {
      if (error.body?.address) return location.assign(error.body.address);
      this.on({ type: "start_failed" });
      const words = this.screen.part("ring-error");
      words.textContent = this.words.start_failed;
      words.hidden = false;
      return;
    }
    this.on({ type: "started" });
    this.socket.connect();
  }

  async askPerson(event) {
    event.preventDefault();
    const status = this.screen.part("person-status");
    try {
      await post(this.data.urls.person, this.token);
      status.textContent = this.words.person_asked;
      event.target.querySelector("button").disabled = true;
    } catch {
      status.textContent = this.words.person_failed;
    }
  }

  async hangUp() {
    if ((await this.sheets.ask("hang-up")) !== "leave") return;
    this.socket.send("pause");
    this.voice.leave();
    await this.camera?.leave();
    await this.voice.finished();
    this.leave(this.data.urls.later);
  }

  async skip() {
    const question = this.question?.uuid ?? null;
    if (!SKIPPABLE.includes(phaseOf(this.state)) || (await this.sheets.ask("skip")) !== "skip") return;
    this.socket.send("skip", { question });
  }

  async finish() {
    this.sheets.closeAll();
    this.voice.leave();
    await this.camera?.leave();
    await this.voice.finished();
    const receipt = this.screen.part("receipt").href;
    const wait = () => (this.outbox.pending.length && this.socket.isOpen ? setTimeout(wait, 500) : setTimeout(() => this.leave(receipt), RECEIPT_MS));
    wait();
  }

  leave(address) {
    this.socket.close();
    this.sound.close();
    this.clips.close();
    this.live.leave();
    location.assign(address);
  }

  pauseOrResume() {
    const phase = phaseOf(this.state);
    if (phase === "paused") this.resume();
    else if (phase === "speaking" || phase === "listening") this.socket.send("pause");
  }

  resume() {
    this.sound.unlock();
    this.socket.send("resume");
  }
}

/** This tab's random id: it survives a reload, another tab has its own. */
function deviceId(interview) {
  const key = `iv-device-${interview}`;
  let id = null;
  try {
    id = sessionStorage.getItem(key);
    if (!id) sessionStorage.setItem(key, (id = newId()));
  } catch {
    id ??= newId();
  }
  return id;
}
