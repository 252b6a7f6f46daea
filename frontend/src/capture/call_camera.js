/** The camera's place in the call and on the receipt: when it records, its switch, and one small line of words. */
import { post } from "../lib/api.js";
import { Camera, createUpload } from "./camera.js";
import { cameraChoice, chooseCamera } from "./camera_choice.js";
import { Words } from "./words.js";

const TALKING = new Set(["speaking", "listening"]);
const MOST_WAIT_MS = 3_000; // for the last piece; the receipt page sends the rest

const poster = (url, token) => (body, kind, query = "") => post(url + query, token, body, kind);

export class CallCamera {
  /** `hearing`: see Camera. Does nothing when the interview has no camera recording. */
  constructor({ root, data, device, token, hearing }) {
    this.chip = root.querySelector("[data-own-camera]");
    this.isOn = Boolean(data.camera && this.chip);
    if (!this.isOn) return;
    this.id = data.id;
    this.isTalking = false;
    this.words = new Words(this.chip, "camera");
    this.switch = this.chip.querySelector("[data-camera-switch]");
    this.switch.addEventListener("click", () => this.turn());
    document.addEventListener("visibilitychange", () => this.adjust());
    this.show("off");
    const picture = () => ({ id: cameraChoice(this.id).id, ...data.camera });
    this.ready = createUpload({ interview: data.id, device, post: poster(data.urls.camera, token) }).then((upload) => {
      this.upload = upload;
      this.camera = new Camera({ upload, hearing, picture, onState: (code) => this.show(code) });
      return upload.adopt();
    });
  }

  /** With every change of the call's phase. */
  phase(name) {
    if (!this.isOn || name === "reconnecting") return;
    this.isTalking = TALKING.has(name);
    this.chip.hidden = !this.isTalking;
    this.adjust();
  }

  /** The candidate's own switch, in the call; also "try again" where there was none. */
  turn() {
    chooseCamera(this.id, { isOff: this.shown === "on" });
    this.ready.then(() => this.camera.again()).then(() => this.adjust());
  }

  adjust() {
    const should = this.isTalking && !document.hidden && !cameraChoice(this.id).isOff;
    return this.ready.then(() => (should ? this.camera.start() : this.camera.stop())).catch(() => {});
  }

  show(code) {
    this.shown = code;
    this.chip.dataset.on = String(code === "on");
    this.words.show(code);
    for (const label of this.switch.children) label.hidden = (label.dataset.when === "on") !== (code === "on");
  }

  /** Ends the take; resolves when its last piece is sent, or after a moment: the receipt page goes on. */
  async leave() {
    if (!this.isOn) return;
    this.isTalking = false;
    const sent = this.adjust().then(() => this.upload.work).then(() => this.upload.send());
    await Promise.race([sent.catch(() => {}), new Promise((resolve) => setTimeout(resolve, MOST_WAIT_MS))]);
  }
}

/** `element`: [data-camera-rest] of the receipt page. Sends what is left, and says so while there is something. */
export async function sendCameraRest(element, page = globalThis) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const { interview, url } = element.dataset;
  const upload = await createUpload({ interview, device: "receipt", post: poster(url, token) });
  let had = false;
  const show = () => {
    had ||= !upload.isComplete;
    element.hidden = !had;
    element.querySelector("[data-sending]").hidden = upload.isComplete;
    element.querySelector("[data-sent]").hidden = !upload.isComplete;
  };
  upload.addEventListener("progress", show);
  page.addEventListener("beforeunload", (event) => !upload.isComplete && event.preventDefault());
  await upload.adopt();
  show();
}
