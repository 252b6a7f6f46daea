import { get, postForm } from "../lib/api.js";

/**
 * A presenter in a form that says one sample. `ask()` fetches {audio, timeline} addresses; the mouth follows the sound's clock.
 * `say()` resolves when it plays; raises what failed.
 */
export class Sample {
  constructor({ ask, load = (address) => get(address, "json"), player = new Audio() }) {
    Object.assign(this, { ask, load, player });
  }

  async say(presenter) {
    this.stop();
    const { audio, timeline } = await this.ask();
    const track = await this.load(timeline);
    this.player.src = audio;
    await this.player.play();
    presenter.speak({ timeline: track, clock: () => this.player.currentTime * 1000 });
  }

  stop() {
    this.player.pause();
  }
}

/** POST of form values; the JSON, or an Error with the server's own text. */
export async function askFor(address, values) {
  try {
    return await postForm(address, values);
  } catch (error) {
    throw new Error(error.body?.text || "");
  }
}
