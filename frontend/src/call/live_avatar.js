/**
 * The live avatar of a call: joins the room the server opened, and tells the server how the page stands in it. The carrier's code
 * (LiveKit or Agora) is fetched only when a room is to be joined.
 *
 *   receive(message)   a `room` of the server
 *   tell(message)      a `room_event`: for the avatar, or (`idle_warning`, `active`) whether it is about to leave for silence
 *   play(say)          as `LiveRoom.say`
 */
import { LiveRoom } from "../live/live_room.js";

export class LiveAvatar {
  constructor({ stage, carriers, send, onState, onBlocked, onIdle = () => {}, load = (url) => import(url) }) {
    Object.assign(this, { stage, carriers, send, onState, onBlocked, onIdle, load });
    this.session = "";
    this.room = null;
  }

  async receive({ session, join }) {
    if (!join) return session === this.session && this.leave();
    // The socket came back: the room was not concerned.
    if (session === this.session && this.room && !this.room.isOver) return this.report(this.room.state);
    this.leave();
    this.session = session;
    this.report("connecting");
    let carrier;
    try {
      carrier = await this.load(this.carriers[join.transport]);
    } catch {
      return session === this.session && this.report("lost");
    }
    if (session !== this.session) return;
    this.room = new LiveRoom({
      join, stage: this.stage, carrier, onBlocked: this.onBlocked,
      onState: (state) => session === this.session && state !== "closed" && this.report(state),
    });
    await this.room.connect();
  }

  report(state) {
    this.onState(state);
    this.send("room", { session: this.session, state });
  }

  tell(message) {
    if (message.event === "idle_warning" || message.event === "active") return this.onIdle(message.event === "idle_warning");
    this.room?.tell(message);
  }

  play(say) {
    if (!this.room) return Promise.reject(new Error("no room"));
    return this.room.say(say.duration_ms);
  }

  duck(level) {
    this.room?.duck(level);
  }

  tapped() {
    this.room?.tapped();
  }

  leave() {
    this.session = "";
    this.room?.close();
    this.room = null;
    this.stage?.replaceChildren();
    this.onState("closed");
  }
}
