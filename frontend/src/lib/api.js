/** The one place that talks HTTP to the site: CSRF, JSON, failures as exceptions (style §9). */
export class ApiError extends Error {
  constructor(status, body) {
    super(`answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** POST, usually without a body. Returns the JSON; raises ApiError (status 0 when the network failed). */
export async function post(url, token, body = undefined, contentType = undefined) {
  const headers = { Accept: "application/json", "X-CSRFToken": token, ...(contentType && { "Content-Type": contentType }) };
  let response;
  try {
    response = await fetch(url, { method: "POST", headers, body, credentials: "same-origin" });
  } catch {
    throw new ApiError(0, {});
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, answer);
  return answer;
}

/** POST of form values from a page with a form; as `post`. */
export function postForm(url, values) {
  return post(url, document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "", new URLSearchParams(values));
}

/** GET of bytes or JSON of our own; raises ApiError. One more try: a dropped connection must not cost the avatar its voice. */
export async function get(url, kind, signal) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(url, { credentials: "same-origin", signal });
      if (!response.ok) throw new ApiError(response.status, {});
      return await (kind === "json" ? response.json() : response.arrayBuffer());
    } catch (error) {
      if (attempt > 0 || signal?.aborted || (error instanceof ApiError && error.status >= 400 && error.status < 500)) {
        throw error instanceof ApiError ? error : new ApiError(0, {});
      }
    }
  }
}
