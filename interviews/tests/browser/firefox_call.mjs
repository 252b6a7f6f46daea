/**
 * The call in a real Firefox over WebDriver BiDi: link → welcome → consents → check → answer → greeting → one typed answer.
 *
 * node firefox_call.mjs <firefox> <link> <answer>
 * Prints one line of JSON: {browser, steps: [path], greeting, firstQuestion, nextQuestion, said: [line], faults: [text]}.
 * Ends with 1 and the reason on stderr when a step does not come. Sound is left as the machine has it: without a device the page
 * must go on by itself.
 */
import { createRequire } from "node:module";

const puppeteer = createRequire(new URL("../../../frontend/package.json", import.meta.url))("puppeteer-core");
const STEP_MS = 20_000;
const SPEECH_MS = 90_000; // greeting and question are spoken in real time

const [executablePath, link, answer] = process.argv.slice(2);
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
let page;
try {
  page = await browser.newPage();
  console.log(JSON.stringify(await call()));
} catch (error) {
  console.error(`${error.stack}\nat ${page?.url().replace(/\/i\/.*/, "/i/…")}: ${await seen().catch(() => "")}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}

async function call() {
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.setDefaultTimeout(STEP_MS);
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(link);
  const steps = [];
  await onward(steps, "form.go button[type=submit]");
  await page.click("[name=processing]");
  await page.click("[name=ai_analysis]");
  await onward(steps, "form.consents button[type=submit]");
  await onward(steps, "form.go button[type=submit]");

  await phase("ringing");
  await page.click("[data-act=answer]");
  await phase("speaking");
  const greeting = await text("[data-captions-text]");
  await phase("listening");
  const firstQuestion = await text("[data-question-text]");
  await page.type("[data-answer]", answer);
  await page.click("[data-act=done]");
  const next = await page.waitForFunction(
    (before) => {
      const now = document.querySelector("[data-question-text]").textContent;
      return now && now !== before ? now : false;
    },
    { timeout: SPEECH_MS },
    firstQuestion,
  );
  await phase("listening");
  const said = await page.$$eval("[data-transcript] li", (lines) => lines.map((line) => line.innerText));
  return { browser: await browser.version(), steps, greeting, firstQuestion, nextQuestion: await next.jsonValue(), said, faults };
}

/** Press the button that leads to the next page; notes the name of the page that came. */
async function onward(steps, button) {
  await page.waitForSelector(button);
  await Promise.all([page.waitForNavigation(), page.click(button)]);
  steps.push(new URL(page.url()).pathname.split("/").at(-1));
}

/** Until the call is in this phase; the tap that a browser may want before it plays is given. */
async function phase(wanted) {
  const there = (name) => page.waitForSelector(`main.call[data-phase="${name}"]`, { timeout: SPEECH_MS });
  await Promise.any([there(wanted), there("blocked").then(() => page.click("[data-act=unblock]")).then(() => there(wanted))]);
}

/** The text of a part of the page, once there is one. */
async function text(selector) {
  const shown = await page.waitForFunction((where) => document.querySelector(where)?.textContent.trim() || false, {}, selector);
  return shown.jsonValue();
}

/** What a person would see, for the message of a failure. */
async function seen() {
  const state = await page.$eval("body", (body) => `${document.querySelector("main").dataset.phase ?? ""} ${body.innerText}`);
  return state.replace(/\s+/g, " ").slice(0, 600);
}
