// The messages of the interview socket, mirrored from interviews/payloads.py; a test compares the two tables.
// The tables are plain JSON literals on purpose: the test reads them without a JavaScript engine.
// Kinds: see the Python module. A "?" behind a kind: the field may be absent.

export const UP = {
  "hello": {"device": "id", "last_sentence": "index?", "takes": "items?"},
  "take_over": {},
  "spoken": {"sentence": "count", "heard_ms": "count?"},
  "fell": {"sentence": "count", "rung": "word", "generation": "count"},
  "typed": {"id": "id", "text": "text", "question": "uuid_or_null?", "more": "flag?"},
  "done": {"question": "uuid_or_null?"},
  "skip": {"question": "uuid_or_null?"},
  "repeat": {},
  "pause": {},
  "resume": {},
  "thinking": {},
  "telemetry": {"kind": "word", "ms": "count?", "sentence": "count?"},
  "room": {"session": "id", "state": "word"},
  "take": {"device": "id", "key": "id?", "age_ms": "count?", "offset_hint_ms": "count?", "echo_cancellation": "flag?", "noise_suppression": "flag?"},
  "finish": {"take": "count", "frames": "count", "sha256": "sha256"}
};

export const DOWN = {
  "state": {"phase": "word", "question": "object_or_null", "progress": "object", "history": "items", "heard_sentence": "index", "input": "object", "language": "word"},
  "say": {"sentence": "count", "first": "count", "turn": "count", "kind": "word", "text": "string", "audio_url": "string", "timeline_url": "string", "clip_url": "string", "parts": "items", "by_presenter": "flag", "duration_ms": "count", "rung": "word", "expression": "word", "generation": "count", "last": "flag"},
  "preload": {"clips": "items"},
  "listening": {"question": "uuid_or_null", "text": "string", "think_s": "count", "answer_s": "count", "generation": "count"},
  "progress": {"done": "count", "total": "count", "question": "object_or_null"},
  "notice": {"code": "word", "text": "string"},
  "stop_speaking": {"generation": "count"},
  "duck": {"level": "number"},
  "take": {"take": "count", "next": "count"},
  "saved": {"take": "count", "next": "count"},
  "finished_take": {"take": "count", "complete": "flag", "missing": "items", "reason": "string", "next": "count"},
  "final": {"turn": "count", "text": "string", "id": "string"},
  "elsewhere": {"id": "string"},
  "finished": {"receipt_url": "string"},
  "error": {"code": "word", "text": "string", "retry_s": "count", "id": "string"},
  "room": {"session": "string", "join": "object_or_null"},
  "room_event": {"event": "word", "text": "string", "id": "string"}
};

export const MOST_TYPED_CHARACTERS = 20000;

// Close codes of the socket (threats 28).
export const CLOSE = {
  "SESSION": 4401, "FORBIDDEN": 4403, "ELSEWHERE": 4409, "TOO_FAST": 4429, "STORAGE": 4507, "TOO_BIG": 1009, "RESTART": 1012
};

// After these the page must not reconnect by itself: the answer would be the same.
export const FINAL_CLOSES = new Set([CLOSE.SESSION, CLOSE.FORBIDDEN, CLOSE.ELSEWHERE]);

/** The text of a message to send. Throws TypeError for an unknown type or a missing field: a fault of the page, not of people. */
export function message(type, fields = {}) {
  const spec = UP[type];
  if (!spec) throw new TypeError(`unknown message ${type}`);
  for (const [name, kind] of Object.entries(spec)) {
    if (!kind.endsWith("?") && fields[name] === undefined) throw new TypeError(`${type} needs ${name}`);
  }
  return JSON.stringify({ ...fields, type });
}

/** A message from the server as an object, or null for what this page does not know: a newer server may say more. */
export function read(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value === null || typeof value !== "object" || !Object.hasOwn(DOWN, value.type)) return null;
  for (const name of Object.keys(DOWN[value.type])) {
    if (!(name in value)) return null;
  }
  return value;
}
