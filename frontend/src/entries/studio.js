/** The studio page: see src/studio/studio.js. */
import { Studio } from "../studio/studio.js";

document.documentElement.classList.remove("no-script");
const root = document.querySelector("[data-studio]");
const data = JSON.parse(document.getElementById("studio-data").textContent);
customElements.whenDefined("avatar-presenter").then(() => new Studio({ root, data }).start());
