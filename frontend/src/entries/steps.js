/** The pages around the call: each works without this script, which only enlivens what is there (style §9). */
import { sendCameraRest } from "../capture/call_camera.js";
import { enlivenCameraTest } from "../capture/camera_check.js";
import { enlivenMicrophoneTest } from "../capture/check.js";
import { showLocalTimes } from "../lib/local_time.js";
import { showInterviewer } from "../steps/interviewer.js";
import { enlivenBrowserCheck } from "../steps/browser_check.js";
import { enlivenSpeakerTest } from "../steps/speaker_test.js";
import { sendOnce } from "../steps/send_once.js";

document.documentElement.classList.remove("no-script");
showLocalTimes(document);
sendOnce(document);
for (const element of document.querySelectorAll("[data-presenter]")) showInterviewer(element);
for (const element of document.querySelectorAll("[data-speaker]")) enlivenSpeakerTest(element);
for (const element of document.querySelectorAll("[data-microphone]")) enlivenMicrophoneTest(element);
for (const element of document.querySelectorAll("[data-camera]")) enlivenCameraTest(element);
for (const element of document.querySelectorAll("[data-camera-rest]")) sendCameraRest(element).catch(() => {});
for (const element of document.querySelectorAll("[data-checks]")) enlivenBrowserCheck(element, document.querySelector("[data-insecure]"));
