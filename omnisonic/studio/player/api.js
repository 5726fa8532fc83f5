/** Same-origin REST client: JSON in and out, problem details (RFC 9457) as one error class. */

export class Problem extends Error {
  constructor({ status, slug, title, detail, body, retryAfterMs = null }) {
    super(detail || title);
    this.name = "Problem";
    this.status = status;
    this.slug = slug;
    this.title = title;
    this.body = body;
    this.retryAfterMs = retryAfterMs;
  }

  /** True when trying again later may help: no connection, a restart, too many requests. */
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }

  get isSignedOut() {
    return this.status === 401;
  }
}

/** A Problem out of any refused answer, whatever its content type is. */
export function problemFrom(status, text, retryAfter = null) {
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    body = null; // a proxy's HTML page: the status alone has to speak
  }
  const fields = (body?.errors ?? []).map((error) => error.message).filter(Boolean);
  const detail = [...new Set([body?.detail, ...fields])].filter(Boolean).join(" ");
  return new Problem({
    status,
    slug: body?.type?.split("/").pop() ?? "unknown",
    title: body?.title ?? `The server answered ${status}.`,
    detail: detail || body?.title || `The server answered ${status}. Try again in a moment.`,
    body,
    retryAfterMs: retryAfter ? Number(retryAfter) * 1000 : null,
  });
}

export function offlineProblem() {
  return new Problem({
    status: 0,
    slug: "offline",
    title: "No connection",
    detail: "The server cannot be reached. Your changes are kept and sent again.",
  });
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw offlineProblem();
  }
  if (!response.ok) {
    throw problemFrom(response.status, await response.text(), response.headers.get("Retry-After"));
  }
  return response;
}

/** One JSON call. `once` marks a create: it carries an Idempotency-Key so that a retry makes nothing twice. */
export async function call(method, path, { json, once = null, signal, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  if (once) headers["Idempotency-Key"] = once;
  const body = json === undefined ? undefined : JSON.stringify(json);
  const response = await send(path, { method, headers, body, signal, keepalive });
  if (response.status === 204) return null;
  return response.json();
}

/** The bytes of a file. */
export async function fetchBytes(path, { signal } = {}) {
  const response = await send(path, { signal });
  return response.arrayBuffer();
}

async function readAll(response, onBytes) {
  const parts = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    onBytes(part.value.length);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** Bytes `from` up to, not including, `to`, with the size of the whole file. `onBytes(count)` hears of each arrival. */
export async function fetchRange(path, from, to, { signal, onBytes = () => {} } = {}) {
  const response = await send(path, { headers: { Range: `bytes=${from}-${to - 1}` }, signal });
  let bytes;
  try {
    bytes = await readAll(response, onBytes);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw offlineProblem(); // the connection broke in the middle of the answer
  }
  if (response.status !== 206) return { bytes: bytes.subarray(from, to), size: bytes.length };
  return { bytes, size: Number(response.headers.get("Content-Range").split("/")[1]) };
}

/** Every row of a paged list, following `nextCursor`. */
export async function listAll(path, name, { signal } = {}) {
  const rows = [];
  let cursor = null;
  do {
    const page = cursor ? `${path}${path.includes("?") ? "&" : "?"}cursor=${encodeURIComponent(cursor)}` : path;
    const body = await call("GET", page, { signal });
    rows.push(...(body[name] ?? []));
    cursor = body.nextCursor ?? null;
  } while (cursor && rows.length < 1000);
  return rows;
}

/** A fresh key for one creating request. `randomUUID` is missing on plain http, random bytes are not. */
export function idempotencyKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
