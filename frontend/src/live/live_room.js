/**
 * One live avatar's room as the page sees it, whoever carries it. A carrier is a module of its own, loaded only for a room:
 *
 *   carrier.connect({join, stage, on}) → Promise<{publish(topic, message), setVolume(level), setQuality(level), close()}>
 *     join    {transport, url, access_token, app_id, channel, uid, expires_at}
 *     stage   the element its pictures are put into
 *     on      (event, detail): "picture" a first picture is there, "speaking", "silent", "data" {topic, message},
 *             "reconnecting", "reconnected", "lost" {reason}, "network" "good" | "poor", "blocked" true | false
 *
 * `room.say(ms)` → Promise of {clock(): ms, ended: Promise<"ended"|"stopped"|"failed">, stop()} for words the server has given
 * to the avatar; rejects when it does not begin in time. The avatar is heard only while it says what it was given, or with
 * `always` until `mute()`, and again from its next beginning. Beginning and end come from the avatar's own events, with our clock
 * as guard: they may be late, doubled or missing. A lost room is joined once more; then it is gone. A network that stays poor with
 * the smallest picture costs the room too, behind the sentence that is being said: what comes next needs less of it.
 */
const JOIN_MS = 15_000;
const BEGIN_MS = 2_500; // with the server's answer it stays below the 3 s of a fall
const REJOIN_MS = 2_500;
const OVERRUN = 1.5; // an avatar may speak slower than reckoned
const OVERRUN_MS = 2_500;
const POOR_MS = 12_000;
const SETTLE_MS = 350; // a short gap inside a sentence is not its end

export class LiveRoom {
  constructor({ join, stage, carrier, onState, onBlocked = () => {}, always = false, timers = globalThis, now = () => performance.now() }) {
    Object.assign(this, { join, stage, carrier, onState, onBlocked, always, timers, now });
    this.state = "idle"; // connecting → connected ⇄ reconnecting → lost | closed
    this.line = null;
    this.joins = 0;
    this.level = 1;
    this.saying = null;
    this.poor = null; // runs while the network is
    this.talks = false;
  }

  get isConnected() {
    return this.state === "connected";
  }

  /** Resolves to whether pictures come. */
  async connect() {
    this.become("connecting");
    return this.enter(JOIN_MS);
  }

  async enter(ms) {
    this.joins += 1;
    const attempt = this.joins;
    let arrived;
    const picture = new Promise((resolve) => (arrived = resolve));
    const on = (event, detail) => {
      if (attempt !== this.joins || this.isOver) return;
      if (event === "picture") arrived(true);
      else this.heard(event, detail);
    };
    try {
      const joined = this.carrier.connect({ join: this.join, stage: this.stage, on }).then((line) => {
        if (attempt !== this.joins || this.isOver) line.close();
        else this.line = line;
      });
      const came = await this.within(ms, Promise.all([joined, picture]));
      if (this.isOver || attempt !== this.joins) return false;
      if (came) {
        this.line.setVolume(this.always ? this.level : 0);
        this.become("connected");
        return true;
      }
    } catch {
      // as if it never answered
    }
    if (!this.isOver && attempt === this.joins) this.gone("not_joined");
    return false;
  }

  heard(event, detail) {
    if (event === "speaking") this.speaking();
    else if (event === "silent") this.silent();
    else if (event === "data") this.data(detail);
    else if (event === "reconnecting" && this.isConnected) this.become("reconnecting");
    else if (event === "reconnected" && this.state === "reconnecting") this.become("connected");
    else if (event === "blocked") this.onBlocked(detail);
    else if (event === "network") this.network(detail === "poor");
    else if (event === "lost") this.lost(detail?.reason ?? "");
  }

  network(isPoor) {
    this.line?.setQuality(isPoor ? "low" : "high");
    if (!isPoor) this.forgive();
    else if (!this.always) this.poor ??= this.timers.setTimeout(() => this.tooPoor(), POOR_MS);
  }

  async tooPoor() {
    await this.saying?.ended;
    if (this.poor) this.gone("network");
  }

  forgive() {
    this.timers.clearTimeout(this.poor);
    this.poor = null;
  }

  speaking() {
    if (this.always && !this.talks) this.line?.setVolume(this.level);
    this.talks = true;
    this.saying?.begun();
  }

  silent() {
    this.talks = false;
    this.saying?.quiet();
  }

  /** The avatar's own events, where its provider sends them over the room. */
  data({ topic, message }) {
    if (topic !== "agent-response") return;
    const kind = message?.event_type;
    if (kind === "avatar.speak_started") this.speaking();
    else if (kind === "avatar.speak_ended") this.silent();
    else if (kind === "session.stopped") this.gone(message.end_reason || "stopped");
  }

  /** Once more, unless the provider ended it. Nobody knows how much of the sentence was heard: another rung says it. */
  async lost(reason) {
    if (this.isOver) return;
    this.saying?.over("failed");
    this.line?.close();
    this.line = null;
    if (this.joins > 1 || reason === "closed") return this.gone(reason || "lost");
    this.become("reconnecting");
    await this.enter(REJOIN_MS);
  }

  gone(reason) {
    if (this.isOver) return;
    this.line?.close();
    this.line = null;
    this.become("lost", reason);
    this.saying?.over("failed");
  }

  /** What the server cannot tell the avatar by itself. */
  tell({ event, text, id }) {
    const message = event === "speak" ? { event_type: "avatar.speak_text", text } : { event_type: "avatar.interrupt" };
    this.line?.publish("agent-control", id ? { event_id: id, ...message } : message);
  }

  async say(ms) {
    if (!this.isConnected) throw new Error("no room");
    this.line.setVolume(this.level);
    const saying = new Saying(ms, this);
    this.saying?.over("stopped");
    this.saying = saying;
    if (this.talks) saying.begun(); // it began before we were told
    const begun = await this.within(BEGIN_MS, saying.beginning);
    if (!begun) {
      saying.over("failed");
      throw new Error("the avatar does not begin");
    }
    return { clock: () => this.now() - saying.since, ended: saying.ended, stop: () => saying.over("stopped") };
  }

  /** Silence at once; what it says next is heard again. */
  mute() {
    this.line?.setVolume(0);
  }

  duck(level) {
    this.level = level;
    if (this.saying) this.line?.setVolume(level);
  }

  tapped() {
    this.line?.unblock?.();
  }

  close() {
    if (this.isOver) return;
    this.become("closed");
    this.saying?.over("stopped");
    this.line?.close();
    this.line = null;
  }

  get isOver() {
    return this.state === "lost" || this.state === "closed";
  }

  become(state, reason = "") {
    if (state === this.state) return;
    if (state !== "connected") this.forgive();
    this.state = state;
    this.onState(state, reason);
  }

  within(ms, promise) {
    return new Promise((resolve, reject) => {
      const timer = this.timers.setTimeout(() => resolve(null), ms);
      promise.then(resolve, reject).finally(() => this.timers.clearTimeout(timer));
    });
  }
}

/** One sentence on its way: begins and ends once. */
class Saying {
  constructor(ms, room) {
    this.room = room;
    this.most = ms * OVERRUN + OVERRUN_MS;
    this.since = 0;
    this.beginning = new Promise((resolve) => (this.began = resolve));
    this.ended = new Promise((resolve) => (this.finish = resolve));
  }

  begun() {
    this.room.timers.clearTimeout(this.settling);
    if (this.since) return;
    this.since = this.room.now();
    this.guard = this.room.timers.setTimeout(() => this.over("ended"), this.most);
    this.began(true);
  }

  quiet() {
    if (!this.since) return;
    this.room.timers.clearTimeout(this.settling);
    this.settling = this.room.timers.setTimeout(() => this.over("ended"), SETTLE_MS);
  }

  over(how) {
    this.room.timers.clearTimeout(this.guard);
    this.room.timers.clearTimeout(this.settling);
    if (this.room.saying === this) {
      this.room.saying = null;
      this.room.talks = false;
      this.room.line?.setVolume(0); // silence at once, whatever the provider still sends
    }
    this.began(false);
    this.finish(how);
  }
}
