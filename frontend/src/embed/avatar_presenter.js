/**
 * <avatar-presenter>: the local presenter of a live session on any page (docs/embedding.md).
 *
 * Attributes: src, session, access-token (see address.js); autoconnect; captions="off"; muted.
 * Methods:    connect() → Promise, resolved when the presenter is there; interrupt(); close().
 * Events:     connected, sentence, speaking, silent, blocked, idle, reconnecting, closed, error.
 */
import { Captions } from "../call/captions.js";
import { Player } from "../call/player.js";
import { Sound } from "../call/sound.js";
import { get } from "../lib/api.js";
import { Presenter } from "../presenter/presenter.js";
import { roomAddress, siteOf } from "./address.js";
import { frameIn } from "./frame.js";
import { RoomSocket } from "./room_socket.js";

// A classic script knows its own address only while it is read for the first time.
const HOME = document.currentScript?.src ? new URL("/", document.currentScript.src).href : "";

export class AvatarPresenter extends HTMLElement {
  static observedAttributes = ["captions", "muted"];

  constructor() {
    super();
    this.parts = frameIn(this.attachShadow({ mode: "open" }));
    this.captions = new Captions(this.parts.captions);
    this.parts.tap.addEventListener("click", () => this.sound?.tapped());
    this.room = null;
  }

  connectedCallback() {
    if (this.hasAttribute("autoconnect") && !this.room) this.connect().catch(() => {}); // told by the events
  }

  disconnectedCallback() {
    // Moved to another place of the page it is back at once.
    queueMicrotask(() => this.isConnected || this.close());
  }

  attributeChangedCallback() {
    const wanted = this.getAttribute("captions") ?? (this.profileCaptions === false ? "off" : "on");
    this.parts.below.classList.toggle("quiet", wanted === "off");
    this.sound?.duck(this.hasAttribute("muted") ? 0 : 1);
  }

  get isSpeaking() {
    return Boolean(this.player?.busy);
  }

  /** Join the room. Call it in a click, and the browser lets the sound play. Rejects with an Error when it is refused. */
  connect() {
    this.leave();
    return new Promise((resolve, reject) => {
      let address;
      try {
        address = roomAddress({
          src: this.getAttribute("src") ?? "", session: this.getAttribute("session") ?? "",
          token: this.getAttribute("access-token") ?? "", home: HOME || location.origin,
        });
      } catch (fault) {
        this.fault("address", fault.message);
        return reject(fault);
      }
      this.site = siteOf(address);
      this.settle = { resolve, reject };
      this.sound = new Sound({ onBlocked: (blocked) => this.blocked(blocked), onSilent: () => this.fault("silent_device", "no sound on this device") });
      this.sound.unlock();
      this.attributeChangedCallback();
      this.player = this.makePlayer();
      this.room = new RoomSocket({
        url: address.href,
        onMessage: (message) => this[`on_${message.type}`]?.(message),
        onLost: () => this.lost(),
        onClosed: (reason) => this.ended(reason),
      });
      try {
        this.room.connect();
      } catch (fault) {
        this.fault("address", fault.message); // a secure page may not open an insecure socket
        this.ended("refused");
      }
    });
  }

  /** Be silent now: what waits is not said any more either. */
  interrupt() {
    this.player?.stop();
    this.figure?.hush();
    this.room?.send("interrupt");
  }

  /** Leave the room; nothing of it goes on. Ending the session itself is for whoever opened it. */
  close() {
    if (this.room) this.ended("left");
  }

  makePlayer() {
    return new Player({
      load: (say) => this.load(say),
      play: (loaded) => this.sound.play(loaded.buffer),
      onSentence: (say, how) => this.begin(say, how),
      onHeard: (say, ms) => this.room?.send("spoken", { sentence: say.sentence, heard_ms: ms }),
      onBusy: () => this.tell("speaking"),
      onIdle: () => this.silent(),
      onFault: () => this.fault("sound", "the sound of a sentence could not be had"),
    });
  }

  // --- From the room -----------------------------------------------------------------------------------------------

  on_hello({ session, language, generation, presenter, captions, words }) {
    this.words = words;
    this.profileCaptions = captions;
    this.attributeChangedCallback();
    this.lang ||= language;
    const { poster, canvas, badge, tap } = this.parts;
    badge.textContent = words.badge;
    badge.title = words.badge_title;
    tap.textContent = words.tap;
    canvas.setAttribute("aria-label", words.presenter);
    this.notice("");
    this.player.stop(generation - 1); // interrupted while the connection was away
    this.player.renew(this.player.lastHeard);
    if (!this.figure) {
      poster.src = this.whole(presenter.portrait);
      this.draw(presenter);
    }
    this.settle?.resolve();
    this.settle = null;
    this.tell("connected", { session, language });
  }

  on_say(message) {
    if (!this.player.busy) this.askedAt = performance.now();
    this.player.enqueue(message);
  }

  on_stop_speaking({ generation }) {
    this.player.stop(generation);
    this.figure?.hush();
    this.captions.clear();
  }

  on_idle_warning({ text }) {
    this.notice(text);
    this.tell("idle", { text });
  }

  on_error({ code, text }) {
    this.fault(code, text);
  }

  // --- Sound and picture -------------------------------------------------------------------------------------------

  async load(say) {
    const [bytes, timeline] = await Promise.all([
      get(this.whole(say.audio_url), "bytes"),
      get(this.whole(say.timeline_url), "json").catch(() => null), // without it the lips rest and the voice goes on
    ]);
    return { buffer: await this.sound.decode(bytes), timeline };
  }

  draw(presenter) {
    const { baseUrl, background, clothes } = presenter;
    const figure = (this.figure = new Presenter(this.parts.canvas, {
      baseUrl: this.whole(baseUrl), background: background.startsWith("#") ? background : this.whole(background), clothes,
    }));
    figure.setMode("listening");
    figure.load().then(
      () => this.parts.poster.removeAttribute("src"),
      () => this.fault("picture", "the presenter's picture could not be had"), // the poster stays
    );
  }

  begin(say, { timeline, clock }) {
    if (this.askedAt) this.room?.send("telemetry", { kind: "first_sound", ms: Math.round(performance.now() - this.askedAt) });
    this.askedAt = 0;
    this.notice("");
    this.captions.show(say.text, { timeline, clock });
    if (timeline && clock) this.figure?.speak({ timeline, clock });
    this.tell("sentence", { sentence: say.sentence, text: say.text, durationMs: say.duration_ms });
  }

  silent() {
    this.figure?.hush();
    this.captions.clear();
    this.tell("silent");
  }

  blocked(isBlocked) {
    this.parts.tap.hidden = !isBlocked;
    if (isBlocked) this.tell("blocked");
  }

  // --- Ends --------------------------------------------------------------------------------------------------------

  lost() {
    this.notice(this.words?.reconnecting ?? "");
    this.tell("reconnecting");
  }

  ended(reason) {
    this.refuse(reason);
    this.leave();
    if (reason !== "left") this.notice(this.words?.[reason] ?? this.words?.closed ?? "");
    this.tell("closed", { reason });
  }

  /** Whoever waits for `connect` waits no longer. */
  refuse(reason) {
    this.settle?.reject(new Error(`the room is closed: ${reason}`));
    this.settle = null;
  }

  /** Let the room, the sound and the picture go. The poster of the last presenter stays. */
  leave() {
    this.refuse("left");
    const { room, player, sound, figure } = this;
    this.room = this.player = this.sound = this.figure = null;
    room?.close();
    player?.stop();
    sound?.close();
    figure?.destroy();
    this.captions.clear();
    this.parts.tap.hidden = true;
  }

  // --- Small things ------------------------------------------------------------------------------------------------

  whole(address) {
    return new URL(address, this.site).href;
  }

  notice(text) {
    this.parts.notice.textContent = text;
  }

  fault(code, message) {
    this.tell("error", { code, message });
  }

  tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
