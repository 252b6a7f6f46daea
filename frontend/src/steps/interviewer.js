import { Presenter } from "../presenter/presenter.js";

/** The interviewer's living portrait; without the art the calm gradient under it stays. */
export async function showInterviewer(element) {
  const presenter = new Presenter(element.querySelector("canvas"), { baseUrl: element.dataset.presenterBase, background: element.dataset.background, clothes: element.dataset.clothes || null });
  try {
    await presenter.load();
    presenter.setMode(element.dataset.mode || "idle");
    element.classList.add("drawn");
  } catch {
    presenter.destroy();
  }
}
