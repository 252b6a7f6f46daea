/**
 * What the server has not yet saved, kept on this device until it has (threats 19). Two stores with one interface:
 *
 *   takes() → records of this interview · add(record) · change(key, fields) · put(key, seq, bytes) · frames(key, from, most)
 *   saved(key, from, next, fields) → false when another tab was faster · drop(key) · claim(key) → is it mine to send?
 *
 * A record: {key, interview, startedAt (wall clock, ms), number, next, count, ended, hash, sha256}.
 */
const DATABASE = "interview-sound";
const KEEP_MS = 7 * 24 * 3600 * 1000; // a device forgets what nobody came back for

/** For a browser that has no storage (private window): this page's memory, honest about not surviving a reload. */
export class MemoryStore {
  constructor() {
    this.survives = false;
    this.records = new Map();
    this.sounds = new Map();
  }

  async takes() {
    return [...this.records.values()].map((record) => ({ ...record }));
  }

  async add(record) {
    this.records.set(record.key, { ...record });
    this.sounds.set(record.key, new Map());
  }

  async change(key, fields) {
    if (this.records.has(key)) Object.assign(this.records.get(key), fields);
  }

  async put(key, seq, bytes) {
    if (!this.records.has(key)) return;
    this.sounds.get(key).set(seq, bytes);
    this.records.get(key).count = Math.max(this.records.get(key).count, seq + 1);
  }

  async frames(key, from, most) {
    const found = [];
    for (let seq = from; seq < from + most && this.sounds.get(key)?.has(seq); seq += 1) found.push(this.sounds.get(key).get(seq));
    return found;
  }

  async saved(key, from, next, fields) {
    const record = this.records.get(key);
    if (!record || record.next !== from) return false;
    Object.assign(record, fields, { next });
    for (let seq = from; seq < next; seq += 1) this.sounds.get(key).delete(seq);
    return true;
  }

  async drop(key) {
    this.records.delete(key);
    this.sounds.delete(key);
  }

  async claim() {
    return true;
  }
}

/** The store of real pages. `openStore` falls back to memory when the browser refuses. */
export class IndexedDbStore {
  constructor(database, interview, locks) {
    this.survives = true;
    this.database = database;
    this.interview = interview;
    this.locks = locks;
    this.held = new Set();
  }

  async takes() {
    const records = await this.ask("takes", "readonly", (takes) => takes.index("interview").getAll(this.interview));
    const old = records.filter((record) => Date.now() - record.startedAt > KEEP_MS);
    for (const record of old) await this.drop(record.key);
    return records.filter((record) => !old.includes(record));
  }

  add(record) {
    return this.ask("takes", "readwrite", (takes) => takes.put({ ...record, interview: this.interview }));
  }

  change(key, fields) {
    return this.edit(["takes"], key, (record, takes) => takes.put({ ...record, ...fields }));
  }

  put(key, seq, bytes) {
    return this.edit(["takes", "frames"], key, (record, takes, frames) => {
      frames.put(bytes, [key, seq]);
      takes.put({ ...record, count: Math.max(record.count, seq + 1) });
    });
  }

  frames(key, from, most) {
    const range = IDBKeyRange.bound([key, from], [key, from + most - 1]);
    return this.ask("frames", "readonly", (frames) => frames.getAll(range));
  }

  async saved(key, from, next, fields) {
    let mine = false;
    await this.edit(["takes", "frames"], key, (record, takes, frames) => {
      if (record.next !== from) return;
      mine = true;
      takes.put({ ...record, ...fields, next });
      frames.delete(IDBKeyRange.bound([key, 0], [key, next - 1]));
    });
    return mine;
  }

  async drop(key) {
    await this.edit(["takes", "frames"], key, (record, takes, frames) => {
      takes.delete(key);
      frames.delete(IDBKeyRange.bound([key, 0], [key, Number.MAX_SAFE_INTEGER]));
    });
  }

  /** True when no other tab of this browser sends this take; then this one does, until it closes. */
  async claim(key) {
    if (!this.locks || this.held.has(key)) return true;
    return new Promise((resolve) => {
      this.locks
        .request(`interview-take-${key}`, { ifAvailable: true }, (lock) => {
          resolve(Boolean(lock));
          if (!lock) return undefined;
          this.held.add(key);
          return new Promise(() => {}); // held as long as the page lives
        })
        .catch(() => resolve(true));
    });
  }

  ask(name, mode, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  /** Read a record and act on it within one transaction; nothing happens when it is gone. */
  edit(names, key, act) {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(names, "readwrite", { durability: "relaxed" });
      const stores = names.map((name) => transaction.objectStore(name));
      const request = stores[0].get(key);
      request.onsuccess = () => {
        if (request.result) act(request.result, ...stores);
      };
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

export async function openStore(interview, indexedDb = globalThis.indexedDB, locks = globalThis.navigator?.locks) {
  try {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDb.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("takes", { keyPath: "key" }).createIndex("interview", "interview");
        request.result.createObjectStore("frames");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error("blocked"));
    });
    return new IndexedDbStore(database, interview, locks);
  } catch {
    return new MemoryStore();
  }
}
