/** The one place that talks HTTP to the site: CSRF, JSON, failures as exceptions (style §9). */
export class ApiError extends Error {
  constructor(status, body) {
    super(`answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** POST without a body. Returns the JSON; raises ApiError (status 0 when the network failed). */
export async function post(url, token) {
  let response;
  try {
    response = await fetch(url, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token }, credentials: "same-origin" });
  } catch {
    throw new ApiError(0, {});
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body);
  return body;
}

/** GET of bytes or JSON of our own; raises ApiError. One more try: a dropped connection must not cost the avatar its voice. */
export async function get(url, kind) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await fetch(url, { credentials: "same-origin" });
      if (!response.ok) throw new ApiError(response.status, {});
      return await (kind === "json" ? response.json() : response.arrayBuffer());
    } catch (error) {
      if (attempt > 0 || (error instanceof ApiError && error.status >= 400 && error.status < 500)) {
        throw error instanceof ApiError ? error : new ApiError(0, {});
      }
    }
  }
}
