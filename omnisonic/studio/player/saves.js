/**
 * Mix edits on their way to the server: shown at once, sent 250 ms after the last move, one request at a time per
 * track, kept while offline and merged into a newer row when somebody else was faster.
 */
import { call } from "./api.js";
import { applyEdit, valuesOf } from "./mix.js";

const DEBOUNCE_MS = 250;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;
const COALESCE_MS = 800; // moves of the same control within this time are one step of undo
const UNDO_LIMIT = 100;

export class Saves {
  /** `onRefused(problem)` hears of refusals that concern more than the one edit: signed out, role changed. */
  constructor({ store, sessionId, onRefused }) {
    this.onRefused = onRefused;
    this.store = store;
    this.sessionId = sessionId;
    this.rows = new Map(); // track id -> last row the server confirmed
    this.removed = new Set(); // track ids: no answer that was on its way brings one back
    this.pending = new Map(); // track id -> {changes, timer, isSending, retryMs}
    this.undoSteps = [];
    this.redoSteps = [];
    this.isClosed = false;
    this.onOnline = () => this.retryAll();
    window.addEventListener("online", this.onOnline);
  }

  /** Take a row from the server; unsaved edits of this tab stay on top. Older versions are ignored. */
  accept(row) {
    const known = this.rows.get(row.id);
    if (this.removed.has(row.id) || (known && known.version > row.version)) return;
    this.rows.set(row.id, row);
    const changes = this.pending.get(row.id)?.changes;
    const shown = changes ? applyEdit(row, changes) : row;
    this.store.set(({ tracks, previews }) => ({
      tracks: placed(tracks, shown),
      previews: without(previews, row.id),
    }));
  }

  remove(trackId) {
    this.removed.add(trackId);
    this.forget(trackId);
  }

  forget(trackId) {
    clearTimeout(this.pending.get(trackId)?.timer);
    this.pending.delete(trackId);
    this.rows.delete(trackId);
    this.store.set(({ tracks }) => ({ tracks: tracks.filter((track) => track.id !== trackId) }));
    this.#report();
  }

  /** Change a track now and save it soon. */
  edit(trackId, changes) {
    const track = this.#find(trackId);
    if (!track || !this.store.get().canEdit) return;
    const last = this.undoSteps.at(-1);
    const part = { trackId, before: valuesOf(track, Object.keys(changes)), after: changes };
    if (last && continues(last, part)) {
      Object.assign(last.parts[0], { after: changes });
      last.at = performance.now();
      this.redoSteps.length = 0;
    } else {
      this.#remember([part]);
    }
    this.#apply(trackId, changes);
  }

  /** Change several tracks as one step of undo: `changesByTrack` maps ids to changes. Returns the step, or null. */
  editAll(changesByTrack) {
    if (!this.store.get().canEdit) return null;
    const parts = [];
    for (const [trackId, after] of changesByTrack) {
      const track = this.#find(trackId);
      if (track) parts.push({ trackId, before: valuesOf(track, Object.keys(after)), after });
    }
    if (!parts.length) return null;
    for (const { trackId, after } of parts) this.#apply(trackId, after);
    return Object.assign(this.#remember(parts), { at: 0 }); // no later move is part of it
  }

  /** Take back the last step, or `step` wherever it is. */
  undo(step = this.undoSteps.at(-1)) {
    return this.#walk(step, this.undoSteps, this.redoSteps, "before");
  }

  redo() {
    return this.#walk(this.redoSteps.at(-1), this.redoSteps, this.undoSteps, "after");
  }

  /** Send what is left at once, in a way that outlives the page. */
  hurry() {
    for (const [trackId, entry] of this.pending) {
      clearTimeout(entry.timer);
      if (!entry.isSending) this.#flush(trackId, { keepalive: true });
    }
  }

  close() {
    this.hurry();
    this.isClosed = true;
    window.removeEventListener("online", this.onOnline);
    for (const entry of this.pending.values()) clearTimeout(entry.timer);
    this.pending.clear();
  }

  #find(trackId) {
    return this.store.get().tracks.find((track) => track.id === trackId);
  }

  #apply(trackId, changes) {
    this.store.set(({ tracks }) => ({
      tracks: tracks.map((track) => (track.id === trackId ? applyEdit(track, changes) : track)),
    }));
    const entry = this.pending.get(trackId) ?? { changes: {}, timer: null, isSending: false, retryMs: RETRY_FIRST_MS };
    entry.changes = { ...entry.changes, ...changes };
    this.pending.set(trackId, entry);
    this.#schedule(trackId, DEBOUNCE_MS);
    this.#report();
  }

  #remember(parts) {
    const step = { parts, at: performance.now() };
    this.redoSteps.length = 0;
    this.undoSteps.push(step);
    if (this.undoSteps.length > UNDO_LIMIT) this.undoSteps.shift();
    return step;
  }

  #walk(step, from, to, side) {
    const at = from.indexOf(step);
    if (at < 0) return false;
    from.splice(at, 1);
    to.push(step);
    step.at = 0;
    for (const part of step.parts) if (this.#find(part.trackId)) this.#apply(part.trackId, part[side]);
    return true;
  }

  #schedule(trackId, delayMs) {
    const entry = this.pending.get(trackId);
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#flush(trackId), delayMs);
  }

  #request(trackId, changes, options = {}) {
    const version = this.rows.get(trackId)?.version;
    const path = `/api/sessions/${this.sessionId}/tracks/${trackId}`;
    return call("PATCH", path, { json: { ...changes, version }, ...options });
  }

  async #flush(trackId, options = {}) {
    const entry = this.pending.get(trackId);
    if (!entry || entry.isSending) return; // the running request reschedules itself
    const sent = entry.changes;
    entry.isSending = true;
    this.#report();
    try {
      const { track } = await this.#request(trackId, sent, options);
      this.#confirm(trackId, sent, track);
    } catch (problem) {
      this.#refused(trackId, problem);
    } finally {
      entry.isSending = false;
    }
    if (this.pending.has(trackId) && !this.isClosed) this.#schedule(trackId, entry.delayMs ?? 0);
    this.#report();
  }

  #confirm(trackId, sent, row) {
    const entry = this.pending.get(trackId);
    if (this.isClosed || !entry) return;
    const left = Object.entries(entry.changes).filter(([name, value]) => sent[name] !== value);
    Object.assign(entry, { changes: Object.fromEntries(left), retryMs: RETRY_FIRST_MS, delayMs: 0, problem: null });
    if (!left.length) {
      clearTimeout(entry.timer);
      this.pending.delete(trackId);
    }
    this.failure = null;
    this.accept(row);
  }

  #refused(trackId, problem) {
    const entry = this.pending.get(trackId);
    if (this.isClosed || !entry) return;
    if (problem.status === 409 && problem.body?.current) {
      entry.delayMs = 0;
      this.accept(problem.body.current.track ?? problem.body.current);
      return;
    }
    if ([401, 403, 404].includes(problem.status)) this.onRefused(problem);
    if (problem.isPassing || problem.isSignedOut) {
      entry.problem = problem;
      entry.delayMs = problem.retryAfterMs ?? entry.retryMs * (0.5 + Math.random() / 2);
      entry.retryMs = Math.min(RETRY_MAX_MS, entry.retryMs * 2);
      return;
    }
    this.failure = problem;
    clearTimeout(entry.timer);
    this.pending.delete(trackId);
    if (problem.status === 404) this.forget(trackId);
    else if (this.rows.has(trackId)) this.accept(this.rows.get(trackId));
  }

  /** Send again what waits for a connection or for a sign-in. */
  retryAll() {
    for (const trackId of this.pending.keys()) this.#schedule(trackId, 0);
  }

  #report() {
    if (this.isClosed) return;
    const entries = [...this.pending.values()];
    const stuck = entries.find((entry) => entry.problem);
    const before = this.store.get().save.state;
    let save = { state: "saved", detail: null };
    if (stuck) save = { state: stuck.problem.isSignedOut ? "signed-out" : "offline", detail: stuck.problem.message };
    else if (entries.length) save = { state: "saving", detail: null };
    else if (this.failure) save = { state: "failed", detail: this.failure.message };
    this.store.set({ save });
    if (save.state === before) return;
    if (save.state === "offline") this.store.set({ announcement: "Offline. Changes will be saved later." });
    if (save.state === "saved" && ["offline", "signed-out"].includes(before)) this.store.set({ announcement: "All changes saved." });
    if (save.state === "failed") this.store.set({ announcement: `Not saved: ${save.detail}` });
  }
}

/** Whether an edit goes on with the move that `step` remembers: the same control of the same track, shortly after. */
function continues(step, { trackId, after }) {
  const [first, ...others] = step.parts;
  const isSameControl = first.trackId === trackId && Object.keys(first.after).join() === Object.keys(after).join();
  return !others.length && isSameControl && performance.now() - step.at < COALESCE_MS;
}

function placed(tracks, row) {
  const others = tracks.filter((track) => track.id !== row.id);
  return [...others, row].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
}

function without(record, key) {
  if (!(key in record)) return record;
  const { [key]: _dropped, ...rest } = record;
  return rest;
}
