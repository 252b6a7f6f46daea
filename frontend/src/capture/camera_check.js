/** The camera on the device-check page: the candidate's own picture, choice of camera, words for what is wrong. Nothing is recorded. */
import { openCamera } from "./camera.js";
import { cameraChoice, chooseCamera } from "./camera_choice.js";
import { Words } from "./words.js";

export function enlivenCameraTest(root, devices = globalThis.navigator?.mediaDevices) {
  const { interview } = root.dataset;
  const part = (name) => root.querySelector(`[data-camera-${name}]`);
  const words = new Words(root, "camera");
  const [video, select] = [part("preview"), part("select")];
  let stream = null;
  let opening = 0;
  root.hidden = false;

  async function open() {
    close();
    const turn = (opening += 1);
    const found = await openCamera({ id: cameraChoice(interview).id, devices });
    if (turn !== opening) return found.stream?.getTracks().forEach((track) => track.stop());
    if (!found.stream) return show(found.code);
    stream = found.stream;
    video.srcObject = stream;
    for (const track of stream.getTracks()) track.onended = () => (close(), show("ended"));
    show("seen");
    await offer();
    return video.play().catch(() => {});
  }

  function close() {
    opening += 1;
    for (const track of stream?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    stream = video.srcObject = null;
  }

  async function offer() {
    const found = (await devices.enumerateDevices()).filter(({ kind, deviceId, label }) => kind === "videoinput" && deviceId && label);
    const present = stream?.getVideoTracks()[0]?.getSettings().deviceId;
    part("choice").hidden = found.length < 2;
    select.replaceChildren(...found.map(({ deviceId, label }) => new Option(label, deviceId, false, deviceId === present)));
  }

  function show(code) {
    const { isOff } = cameraChoice(interview);
    root.dataset.state = isOff ? "off" : code;
    words.show(isOff ? "off" : code);
    part("test").hidden = isOff || code === "seen";
    part("hide").hidden = code !== "seen";
    part("without").hidden = isOff;
    part("with").hidden = !isOff;
    if (code !== "seen") part("choice").hidden = true;
  }

  function choose(isOff) {
    close();
    chooseCamera(interview, { isOff });
    show("");
    part(isOff ? "with" : "test").focus();
  }

  part("test").addEventListener("click", open);
  part("hide").addEventListener("click", () => {
    close();
    show("");
    part("test").focus();
  });
  part("without").addEventListener("click", () => choose(true));
  part("with").addEventListener("click", () => choose(false));
  select.addEventListener("change", () => {
    chooseCamera(interview, { id: select.value });
    open();
  });
  addEventListener("pagehide", close);
  show("");
}
