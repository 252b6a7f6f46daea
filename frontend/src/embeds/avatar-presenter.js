import { AvatarPresenter } from "../embed/avatar_presenter.js";

if (!customElements.get("avatar-presenter")) customElements.define("avatar-presenter", AvatarPresenter);
