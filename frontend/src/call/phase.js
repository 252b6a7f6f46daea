/**
 * The call as a small state machine: `reduce(state, event)` gives the next state, `phaseOf(state)` the one word the page
 * shows in `data-phase` (style §9). No DOM, no clock.
 */
import { CLOSE } from "../lib/payloads.js";

export const PHASES = [
  "ringing", "starting", "connecting", "speaking", "listening", "paused", "blocked", "reconnecting", "elsewhere", "closed", "finished",
];

/** `live`: the call was answered before (a reload, another device): no second ringing. */
export function initial({ live }) {
  return {
    stage: live ? "on" : "ringing", // ringing | starting | on
    link: "down", // down | open
    joined: false, // the server has said how things stand, on this page at least once
    current: false, // … and on the present connection
    talk: null, // what the server says: speaking | listening | paused | finished
    playing: false, // a sentence is being played (the server may already have given the floor)
    blocked: false, // the browser waits for a tap before it plays sound
    elsewhere: false,
    closed: null, // "session" | "forbidden"
    online: true,
  };
}

export function reduce(state, event) {
  switch (event.type) {
    case "answer": return state.stage === "ringing" ? { ...state, stage: "starting" } : state;
    case "started": return { ...state, stage: "on" };
    case "start_failed": return { ...state, stage: "ringing" };
    case "open": return { ...state, link: "open", current: false };
    case "lost": return { ...state, link: "down", current: false };
    case "closed": return closed(state, event.code);
    case "taking_over": return { ...state, elsewhere: false, closed: null };
    case "network": return { ...state, online: event.online };
    case "playing": return { ...state, playing: event.playing };
    case "blocked": return { ...state, blocked: event.blocked };
    case "message": return heard(state, event.message);
    default: return state;
  }
}

function closed(state, code) {
  const down = { ...state, link: "down", current: false };
  if (code === CLOSE.ELSEWHERE) return { ...down, elsewhere: true };
  return { ...down, closed: code === CLOSE.SESSION ? "session" : "forbidden" };
}

function heard(state, message) {
  switch (message.type) {
    case "state": return { ...state, joined: true, current: true, elsewhere: false, talk: message.phase };
    case "say": return { ...state, joined: true, current: true, talk: "speaking" };
    case "listening": return { ...state, current: true, talk: "listening" };
    case "finished": return { ...state, current: true, talk: "finished" };
    case "elsewhere": return { ...state, elsewhere: true };
    default: return state;
  }
}

/** The one word. What stops everything comes first, what merely happens last. */
export function phaseOf(state) {
  if (state.stage !== "on") return state.stage;
  if (state.talk === "finished" && !state.playing) return "finished";
  if (state.closed) return "closed";
  if (state.elsewhere) return "elsewhere";
  if (!state.joined) return state.online ? "connecting" : "reconnecting";
  if (state.link !== "open" || !state.current || !state.online) return "reconnecting";
  if (state.blocked) return "blocked";
  if (state.playing) return "speaking";
  return state.talk === "finished" ? "speaking" : state.talk;
}
