/** 24 hex digits nobody else has; `crypto.randomUUID` is missing on plain http. */
export function newId(random = globalThis.crypto) {
  const bytes = random.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
