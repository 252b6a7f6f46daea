/** The calls of the studio: JSON with CSRF for its own, the streaming token for those that other sites use too. */
export class CallFailed extends Error {
  constructor(status, detail) {
    super(detail || `answered ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

export class Calls {
  constructor({ urls, csrf, fetch: ask = (...given) => globalThis.fetch(...given) }) {
    Object.assign(this, { urls, csrf, ask });
    this.token = "";
  }

  async begin() {
    ({ token: this.token } = await this.own(this.urls.token, {}));
    return this.token;
  }

  /** A call of this site's staff. Raises CallFailed. */
  async own(url, body, { keepalive = false } = {}) {
    return read(await this.sent(url, body, { "X-CSRFToken": this.csrf }, keepalive));
  }

  /** A call with a streaming token, the newest unless another is given. Raises CallFailed. */
  async streaming(name, body, { keepalive = false, token = this.token } = {}) {
    return read(await this.sent(this.withToken(name, token), body, {}, keepalive));
  }

  /** The answer sentence by sentence: calls `onSentence(text)`; resolves to the last event. Raises CallFailed. */
  async chat(body, onSentence) {
    const response = await this.sent(this.withToken("chat"), { ...body, stream: true }, {}, false);
    if (!response.ok) return read(response);
    let last = {};
    for await (const { event, data } of events(response.body)) {
      if (event === "error") throw new CallFailed(502, data.detail);
      if (event === "done") last = data;
      else if (data.text) onSentence(data.text);
    }
    return last;
  }

  withToken(name, token = this.token) {
    return `${this.urls[name]}?token=${encodeURIComponent(token)}`;
  }

  async sent(url, body, headers, keepalive) {
    try {
      return await this.ask(url, {
        method: "POST", credentials: "same-origin", keepalive, body: JSON.stringify(body),
        headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
      });
    } catch {
      throw new CallFailed(0, "");
    }
  }
}

async function read(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new CallFailed(response.status, typeof body.detail === "string" ? body.detail : "");
  return body;
}

/** Server-sent events of a stream of bytes: {event, data} with data parsed. */
export async function* events(stream) {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = blocks.pop();
      for (const block of blocks) if (block.trim()) yield* parsed(block);
    }
  } finally {
    reader.cancel().catch(() => {}); // whoever stops reading early lets the connection go
  }
}

function* parsed(block) {
  const lines = block.split(/\r?\n/);
  const event = lines.find((line) => line.startsWith("event:"))?.slice(6).trim() ?? "message";
  const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trim()).join("\n");
  if (data) yield { event, data: JSON.parse(data) };
}
