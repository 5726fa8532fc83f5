/**
 * The master level on its way to the server: heard at once, sent 250 ms after the last move with the version that was
 * seen, kept while offline, and put on top of the newer row when somebody else was faster.
 */
import { call } from "./api.js";

const DEBOUNCE_MS = 250;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

export class MasterLevel {
  /** `onRefused(problem)` hears of refusals that more than this concerns, `onFailed(problem)` of those to be told. */
  constructor({ store, sessionId, onRefused, onFailed }) {
    Object.assign(this, { store, sessionId, onRefused, onFailed });
    this.pendingDb = null;
    this.confirmed = null; // last row the server gave
    this.retryMs = RETRY_FIRST_MS;
    this.isSending = false;
    this.isClosed = false;
  }

  /** Take the session's row from the server; a level that was not saved yet stays on top. */
  accept(row) {
    if (row.version < (this.confirmed?.version ?? 0)) return;
    this.confirmed = row;
    const level = this.pendingDb === null ? {} : { masterGainDb: this.pendingDb };
    this.store.set(({ session }) => ({ session: { ...session, ...row, ...level } }));
  }

  edit(gainDb) {
    const { canEdit, session } = this.store.get();
    if (!canEdit || !session) return;
    this.pendingDb = gainDb;
    this.store.set({ session: { ...session, masterGainDb: gainDb } });
    this.#schedule(DEBOUNCE_MS);
  }

  /** Send what is left at once, in a way that outlives the page. */
  hurry() {
    clearTimeout(this.timer);
    if (this.pendingDb !== null && !this.isSending) this.#flush({ keepalive: true });
  }

  close() {
    this.hurry();
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  #schedule(delayMs) {
    clearTimeout(this.timer);
    if (!this.isClosed) this.timer = setTimeout(() => this.#flush(), delayMs);
  }

  async #flush(options = {}) {
    if (this.isSending || this.pendingDb === null) return; // the running request looks again when it ends
    const sentDb = this.pendingDb;
    let delayMs = 0;
    this.isSending = true;
    try {
      const json = { masterGainDb: sentDb, version: this.confirmed.version };
      const { session } = await call("PATCH", `/api/sessions/${this.sessionId}`, { json, ...options });
      if (this.pendingDb === sentDb) this.pendingDb = null;
      this.retryMs = RETRY_FIRST_MS;
      if (!this.isClosed) this.accept(session);
    } catch (problem) {
      delayMs = this.#refused(problem);
    } finally {
      this.isSending = false;
    }
    if (this.pendingDb !== null) this.#schedule(delayMs);
  }

  /** How long to wait before the next try; without one, the level goes back to what the server has. */
  #refused(problem) {
    if (this.isClosed) return 0;
    const current = problem.status === 409 && (problem.body?.current?.session ?? problem.body?.current);
    if (current) {
      this.accept(current);
      return 0;
    }
    if ([401, 403, 404].includes(problem.status)) this.onRefused(problem);
    if (problem.isPassing || problem.isSignedOut) {
      this.retryMs = Math.min(RETRY_MAX_MS, this.retryMs * 2);
      return problem.retryAfterMs ?? this.retryMs;
    }
    this.pendingDb = null;
    this.accept(this.confirmed);
    this.onFailed(problem);
    return 0;
  }
}
