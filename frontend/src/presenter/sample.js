/**
 * A presenter in a form that says one sample. `ask()` fetches {audio, timeline} addresses; the mouth follows the sound's clock.
 * `say()` resolves when it plays; raises what failed.
 */
export class Sample {
  constructor({ ask, load = (address) => fetch(address).then((answer) => answer.json()), player = new Audio() }) {
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
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": token }, credentials: "same-origin" });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.text || "");
  return body;
}
