export { Presenter } from "../presenter/presenter.js";
