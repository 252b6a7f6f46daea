/** Which camera a candidate chose for an interview, and whether it stays off: remembered on this device. */
import { read, write } from "../lib/storage.js";

const keyOf = (interview) => `iv-camera-${interview}`;

/** {id: "" for the browser's own choice, isOff}. */
export const cameraChoice = (interview) => ({ id: "", isOff: false, ...read(keyOf(interview)) });

export const chooseCamera = (interview, change) => write(keyOf(interview), { ...cameraChoice(interview), ...change });
