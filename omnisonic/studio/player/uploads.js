/** The queue of files dropped on the studio: uploading, becoming a track, processed by the server, ready or refused. */
import { call, idempotencyKey } from "./api.js";
import { transfer } from "./transfer.js";

const PARALLEL = 2;
const POLL_FIRST_MS = 600;
const POLL_MAX_MS = 3000;
const SHOW_READY_MS = 6000;
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_TRACKS = 32;
const FINAL = [413, 415, 422]; // too large, of a kind that is not taken, a name that is not: the same the next time

export const SETTLED = ["ready", "rejected", "failed"];

/** Why a file cannot become a take, known before it is sent; null when it may be tried. */
export function refusal(file, trackCount) {
  if (file.size === 0) return "The file is empty. Export it again and drop the new one.";
  if (file.size > MAX_FILE_BYTES) {
    return "Larger than 100 MB. Save it as FLAC: the same sound in about half the size.";
  }
  if (file.type.startsWith("image/")) return "This is a picture. Takes are audio files: WAV, FLAC, MP3, M4A, OGG, AIFF.";
  if (trackCount >= MAX_TRACKS) return `A session holds ${MAX_TRACKS} tracks. Remove one first.`;
  return null;
}

/** "Lead vocal_03.wav" becomes "Lead vocal 03". */
export function takeName(fileName) {
  return fileName.replace(/\.[^.]{1,5}$/, "").replaceAll("_", " ").trim().slice(0, 120) || "Take";
}

export class Uploads {
  constructor({ store, sessionId, onTrack, onGone }) {
    this.store = store;
    this.sessionId = sessionId;
    this.onTrack = onTrack;
    this.onGone = onGone;
    this.jobs = new Map(); // item id -> {file, abort, track}
    this.polls = new Map(); // upload id -> timer
    this.timers = new Set();
    this.active = 0;
    this.sequence = 0;
  }

  add(files) {
    for (const file of files) {
      this.sequence += 1;
      const id = `file-${this.sequence}`;
      const { tracks, queue } = this.store.get();
      const waiting = queue.filter((item) => item.state === "waiting" || item.state === "uploading").length;
      const reason = refusal(file, tracks.length + waiting);
      this.jobs.set(id, { file, abort: new AbortController(), once: idempotencyKey(), track: null });
      const item = { id, name: file.name, size: file.size, progress: 0, state: reason ? "rejected" : "waiting", reason };
      item.isFinal = reason !== null; // the same file would be refused again
      this.store.set({ queue: [...queue, item] });
    }
    this.#pump();
  }

  retry(id) {
    const job = this.jobs.get(id);
    Object.assign(job, { abort: new AbortController(), once: idempotencyKey() });
    this.#note(id, { state: "waiting", progress: 0, reason: null });
    this.#pump();
  }

  /** Cancel what is running, or take a finished entry off the list. */
  dismiss(id) {
    this.jobs.get(id)?.abort.abort();
    this.jobs.delete(id);
    this.store.set(({ queue }) => ({ queue: queue.filter((item) => item.id !== id) }));
  }

  /** Take every entry off the list that nothing more will happen to. */
  dismissSettled() {
    const settled = this.store.get().queue.filter((item) => SETTLED.includes(item.state));
    for (const item of settled) this.dismiss(item.id);
  }

  /** Follow an upload until the server has made up its mind. */
  watch(uploadId, waitMs = POLL_FIRST_MS) {
    clearTimeout(this.polls.get(uploadId));
    this.polls.set(uploadId, setTimeout(() => this.#poll(uploadId, waitMs), waitMs));
  }

  get isBusy() {
    return this.store.get().queue.some((item) => item.state === "waiting" || item.state === "uploading");
  }

  close() {
    for (const job of this.jobs.values()) job.abort.abort();
    for (const timer of [...this.polls.values(), ...this.timers]) clearTimeout(timer);
    this.jobs.clear();
    this.polls.clear();
    this.isClosed = true;
  }

  #note(id, changes) {
    this.store.set(({ queue }) => ({
      queue: queue.map((item) => (item.id === id ? { ...item, ...changes } : item)),
    }));
  }

  #pump() {
    const waiting = this.store.get().queue.filter((item) => item.state === "waiting");
    while (this.active < PARALLEL && waiting.length) {
      this.active += 1;
      const { id } = waiting.shift();
      this.#note(id, { state: "uploading" });
      this.#run(id).finally(() => {
        this.active -= 1;
        if (!this.isClosed) this.#pump();
      });
    }
  }

  async #run(id) {
    const job = this.jobs.get(id);
    const { signal } = job.abort;
    try {
      const upload = await transfer(job.file, {
        sessionId: this.sessionId,
        once: job.once,
        signal,
        onProgress: (progress) => this.#note(id, { progress, reason: null }),
        onStall: () => this.#note(id, { reason: "Connection lost. Goes on as soon as it is back." }),
      });
      this.#note(id, { state: "processing", progress: 1, uploadId: upload.id, reason: null });
      this.#keep(upload);
      if (upload.status !== "rejected") await this.#makeTrack(job, upload, signal);
      this.#settle(upload);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      const reason = problem.slug?.startsWith("upload-") ? `${problem.title}. ${problem.message}` : problem.message;
      const isFinal = FINAL.includes(problem.status);
      this.#note(id, { state: problem.isPassing ? "failed" : "rejected", reason, isFinal });
      this.store.set({ announcement: `${job.file.name} was not added. ${reason}` });
    }
  }

  async #makeTrack(job, upload, signal) {
    const path = `/api/sessions/${this.sessionId}/tracks`;
    const json = { uploadId: upload.id, name: takeName(job.file.name) };
    const { track } = await call("POST", path, { json, once: `${job.once}-track`, signal });
    job.track = track;
    this.onTrack(track);
  }

  #keep(upload) {
    this.store.set(({ uploads }) => ({ uploads: { ...uploads, [upload.id]: upload } }));
  }

  async #poll(uploadId, waitMs) {
    this.polls.delete(uploadId);
    const next = Math.min(POLL_MAX_MS, waitMs * 1.5);
    try {
      const { upload } = await call("GET", `/api/upload/${uploadId}`);
      if (this.isClosed) return;
      this.#keep(upload);
      this.#settle(upload, next);
    } catch (problem) {
      if (!this.isClosed && problem.isPassing) this.watch(uploadId, next);
    }
  }

  /** Move the queue on according to the row's status, or look again later. */
  #settle(upload, nextMs) {
    const item = this.store.get().queue.find((candidate) => candidate.uploadId === upload.id);
    if (upload.status === "received" || upload.status === "processing") {
      this.watch(upload.id, nextMs);
      return;
    }
    if (!item) return;
    if (upload.status === "rejected") {
      this.#note(item.id, { state: "rejected", reason: upload.error ?? "The server could not read this file." });
      this.store.set({ announcement: `${item.name} was not added. ${upload.error ?? ""}` });
      const track = this.jobs.get(item.id)?.track;
      if (track) this.onGone(track);
      return;
    }
    this.#note(item.id, { state: "ready", progress: 1 });
    this.store.set({ announcement: `${item.name} is ready.` });
    const timer = setTimeout(() => this.dismiss(item.id), SHOW_READY_MS);
    this.timers.add(timer);
  }
}
