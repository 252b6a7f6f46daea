/** The call page: hands the server's data, the presenter and the microphone to the conductor. */
import { CallPage } from "../call/page.js";
import { CallCamera } from "../capture/call_camera.js";
import { CallVoice } from "../capture/call_voice.js";
import { showLocalTimes } from "../lib/local_time.js";
import { sendOnce } from "../steps/send_once.js";
import { Presenter } from "../presenter/presenter.js";

document.documentElement.classList.remove("no-script");
showLocalTimes(document);
sendOnce(document);
const root = document.querySelector(".call");
const data = JSON.parse(document.getElementById("call-data").textContent);
const { baseUrl, background, clothes } = data.presenter;
const presenter = new Presenter(root.querySelector("[data-canvas]"), { baseUrl, background, clothes });
const voice = new CallVoice({ root, data });
const camera = new CallCamera({
  root, data, device: data.id, token: document.querySelector("[name=csrfmiddlewaretoken]").value,
  hearing: async () => {
    while (voice.opening) await new Promise((resolve) => setTimeout(resolve, 200)); // the browser asks for one after the other
    return voice.voice?.microphone.stream?.getAudioTracks() ?? [];
  },
});
const page = new CallPage({ root, data, presenter, voice, camera });
voice.use(page.socket, page.device);
page.start();
presenter
  .load()
  .then(() => {
    page.screen.usePresenter(presenter);
    root.querySelector("[data-poster]").hidden = true;
  })
  .catch(() => page.screen.toast(data.words.presenter_failed));
