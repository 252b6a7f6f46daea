/** localStorage that never throws: private windows and blocked storage fall back to this tab's memory. */
const memory = new Map();

export function canStore(storage = safely(() => globalThis.localStorage)) {
  return safely(() => {
    storage.setItem("iv-probe", "1");
    storage.removeItem("iv-probe");
    return true;
  }) === true;
}

export function read(key, storage = safely(() => globalThis.localStorage)) {
  const text = memory.has(key) ? memory.get(key) : safely(() => storage.getItem(key));
  return safely(() => JSON.parse(text)) ?? null;
}

/** True when it will survive a reload. */
export function write(key, value, storage = safely(() => globalThis.localStorage)) {
  const text = JSON.stringify(value);
  const kept = safely(() => {
    storage.setItem(key, text);
    return true;
  }) === true;
  if (kept) memory.delete(key);
  else memory.set(key, text);
  return kept;
}

export function forget(key, storage = safely(() => globalThis.localStorage)) {
  memory.delete(key);
  safely(() => storage.removeItem(key));
}

function safely(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}
