/**
 * The avatar of the studio, whoever carries it: our own presenter's element, or a room of a live provider.
 *
 *   onState(state)   connecting, connected, reconnecting; lost or closed: it is over, and the session is to be ended
 *   onSound()        it begins to be heard
 */
import { LiveRoom } from "../live/live_room.js";

export class StudioAvatar {
  constructor({ presenter, stage, carriers, onState, onSound, load = (url) => import(url) }) {
    Object.assign(this, { presenter, stage, carriers, onState, onSound, load });
    this.room = null;
    presenter.addEventListener("speaking", () => this.onSound());
    presenter.addEventListener("reconnecting", () => this.isLocal && this.onState("reconnecting"));
    presenter.addEventListener("connected", () => this.isLocal && this.onState("connected"));
    presenter.addEventListener("closed", ({ detail }) => this.isLocal && this.onState(detail.reason === "lost" ? "lost" : "closed"));
    this.isLocal = false;
  }

  async join(join) {
    this.leave();
    this.isLocal = join.transport === "local";
    this.presenter.hidden = !this.isLocal;
    this.stage.hidden = this.isLocal;
    this.onState("connecting");
    if (this.isLocal) {
      this.presenter.setAttribute("src", join.url);
      this.presenter.setAttribute("access-token", join.access_token);
      return this.presenter.connect();
    }
    const carrier = await this.load(this.carriers[join.transport]);
    this.room = new LiveRoom({ join, stage: this.stage, carrier: listening(carrier, () => this.onSound()), onState: this.onState, always: true });
    await this.room.connect();
  }

  hush() {
    if (this.isLocal) this.presenter.interrupt();
    else this.room?.mute();
  }

  leave() {
    const wasLocal = this.isLocal;
    this.isLocal = false;
    if (wasLocal) this.presenter.close();
    this.room?.close();
    this.room = null;
  }
}

/** The same carrier, with a word when the avatar begins to be heard. */
function listening(carrier, heard) {
  return {
    connect: ({ on, ...rest }) =>
      carrier.connect({
        ...rest,
        on: (event, detail) => {
          if (event === "speaking") heard();
          on(event, detail);
        },
      }),
  };
}
