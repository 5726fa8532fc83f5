/**
 * Bytes to the server: one multipart form for small files, numbered parts for large ones.
 * Parts that arrived are not sent again, so a dropped connection costs at most one part per lane.
 */
import { call, idempotencyKey, offlineProblem, problemFrom } from "./api.js";

export const SINGLE_LIMIT_BYTES = 5 * 1024 * 1024;
const PART_ATTEMPTS = 8;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

/** One XHR: `fetch` still tells nothing about the progress of a request body. */
function transmit(method, url, body, { headers = {}, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onerror = () => reject(offlineProblem());
    request.onabort = () => reject(new DOMException("Canceled", "AbortError"));
    request.onload = () => {
      const { status, responseText } = request;
      if (status >= 200 && status < 300) resolve(request);
      else reject(problemFrom(status, responseText, request.getResponseHeader("Retry-After")));
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

/** Resolves after `ms`, or as soon as the browser says it is online again. Rejects when canceled. */
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const finish = (settle, value) => {
      clearTimeout(timer);
      window.removeEventListener("online", onOnline);
      signal.removeEventListener("abort", onAbort);
      settle(value);
    };
    const onOnline = () => finish(resolve);
    const onAbort = () => finish(reject, new DOMException("Canceled", "AbortError"));
    const timer = setTimeout(onOnline, ms);
    window.addEventListener("online", onOnline);
    signal.addEventListener("abort", onAbort);
  });
}

/** PUT one part. Its link may have expired meanwhile: then the server is asked for a fresh one. */
async function putPart(plan, n, part, options) {
  const { url } = plan.parts.find((candidate) => candidate.n === n);
  try {
    await transmit("PUT", url, part, options);
  } catch (problem) {
    if (problem.status !== 403) throw problem;
    const fresh = await call("GET", `/api/upload/multipart/${plan.id}`, { signal: options.signal });
    plan.parts = fresh.parts;
    await transmit("PUT", plan.parts.find((candidate) => candidate.n === n).url, part, options);
  }
}

/** Run `attempt` again while the reason may pass; the wait doubles from 0.5 s to 10 s. */
async function persist(attempt, { signal, onStall, attempts = PART_ATTEMPTS }) {
  let waitMs = RETRY_FIRST_MS;
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (problem) {
      if (!problem.isPassing || tried >= attempts) throw problem;
      onStall(problem);
      await pause(problem.retryAfterMs ?? waitMs * (0.5 + Math.random() / 2), signal);
      waitMs = Math.min(RETRY_MAX_MS, waitMs * 2);
    }
  }
}

async function sendWhole(file, { sessionId, once, signal, onProgress, onStall }) {
  const form = new FormData();
  form.append("sessionId", sessionId);
  form.append("file", file, file.name);
  const headers = { Accept: "application/json", "Idempotency-Key": once };
  const request = await persist(
    () => transmit("POST", "/api/upload", form, { headers, signal, onProgress: (sent) => onProgress(sent / file.size) }),
    { signal, onStall },
  );
  return JSON.parse(request.responseText).upload;
}

async function sendParts(file, { sessionId, once, signal, onProgress, onStall }) {
  const described = { fileName: file.name, fileSize: file.size, mimeType: file.type || "application/octet-stream", sessionId };
  const retrying = { signal, onStall };
  const plan = await persist(
    () => call("POST", "/api/upload/multipart", { json: described, once, signal }),
    retrying,
  );
  let arrived = 0;
  try {
    for (const { n } of [...plan.parts]) {
      const part = file.slice((n - 1) * plan.partSize, n * plan.partSize);
      await persist(
        () => putPart(plan, n, part, { signal, onProgress: (sent) => onProgress((arrived + sent) / file.size) }),
        retrying,
      );
      arrived += part.size;
      onProgress(arrived / file.size);
    }
    const path = `/api/upload/multipart/${plan.id}/complete`;
    const { upload } = await persist(() => call("POST", path, { json: {}, once: `${once}-complete`, signal }), retrying);
    return upload;
  } catch (error) {
    // Nothing is left half sent: the server may drop the parts now instead of waiting for the janitor.
    if (error.name === "AbortError") call("DELETE", `/api/upload/multipart/${plan.id}`).catch(() => {});
    throw error;
  }
}

/**
 * Send one file; resolves to its upload row.
 * `onProgress(share)` gets 0 to 1, `onStall(problem)` each passing failure before it is tried again.
 */
export function transfer(file, { sessionId, signal, onProgress, onStall, once = idempotencyKey() }) {
  const send = file.size > SINGLE_LIMIT_BYTES ? sendParts : sendWhole;
  return send(file, { sessionId, once, signal, onProgress, onStall });
}
