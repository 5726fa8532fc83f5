/**
 * One open session of this page: loads it, ties store, engine, saves, uploads and room together, and lets go of all
 * of them when the last component that uses it is gone.
 */
import { startIfAsked } from "./arrival.js";
import { call, idempotencyKey, listAll } from "./api.js";
import { MasterLevel } from "./master.js";
import { flatFields } from "./mix.js";
import { PeakCache } from "./peaks.js";
import { Playback } from "./playback.js";
import { renderSession } from "./reference_render.js";
import { Room } from "./room.js";
import { Saves } from "./saves.js";
import { emptyStudio, notify, store } from "./store.js";
import { Uploads } from "./uploads.js";

const CATCH_UP_AGAIN_MS = 5000;
const NOT_OURS = "It was removed, or you are no longer a member.";

let open = null;

const audioUrl = (uploadId) => `${store.get().audioHost}/api/upload/${uploadId}/audio`;
const peaksUrl = (uploadId, level) => `${store.get().audioHost}/api/upload/${uploadId}/peaks?level=${level}`;

/** The open session, or null. Components act on the mix through it. */
export function studio() {
  return open;
}

/** Open a session for a component; returns the function that lets it go. */
export function retainSession(sessionId, settings) {
  if (open && open.sessionId !== sessionId) open.close();
  open ??= new StudioSession(sessionId);
  const held = open;
  held.holders += 1;
  store.set(settings);
  return () => {
    held.holders -= 1;
    // React may unmount and mount again in one go (strict mode, moving between layouts)
    setTimeout(() => {
      if (held.holders === 0) held.close();
    }, 0);
  };
}

class StudioSession {
  constructor(sessionId) {
    this.sessionId = sessionId;
    this.holders = 0;
    this.abort = new AbortController();
    store.set({ ...emptyStudio(), sessionId });
    this.playback = new Playback({ store, urlOf: audioUrl });
    this.peaks = new PeakCache({ urlOf: peaksUrl, onChange: () => window.dispatchEvent(new Event("omnisonic:redraw")) });
    this.saves = new Saves({ store, sessionId, onRefused: () => this.#catchUp() });
    this.master = new MasterLevel({
      store,
      sessionId,
      onRefused: () => this.#catchUp(),
      onFailed: (problem) => notify(`The master level was not saved. ${problem.message}`),
    });
    this.uploads = new Uploads({
      store,
      sessionId,
      onTrack: (row) => this.saves.accept(row),
      onGone: (row) => this.#delete(row.id),
    });
    this.room = new Room({ store, sessionId, handlers: this.#roomHandlers() });
    this.#listen();
    this.#expose();
    this.load();
  }

  /** Load, or load again after a failure. */
  async load() {
    store.set({ status: "loading", problem: null });
    try {
      await this.refresh();
      store.set({ status: "ready" });
      this.room.open();
      startIfAsked({ store, start: () => this.togglePlay(), signal: this.abort.signal });
    } catch (problem) {
      if (problem.name !== "AbortError") store.set({ status: "failed", problem: problem.message });
    }
  }

  /** Take the server's rows; unsaved edits stay on top. */
  async refresh() {
    const base = `/api/sessions/${this.sessionId}`;
    const { signal } = this.abort;
    const shown = store.get().tracks; // what comes while the answer is under way is newer than the answer
    const [{ session }, tracks, uploads] = await Promise.all([
      call("GET", `/api/sessions?id=${this.sessionId}`, { signal }),
      listAll(`${base}/tracks`, "tracks", { signal }),
      listAll(`/api/upload/list?sessionId=${this.sessionId}`, "uploads", { signal }),
    ]);
    const ids = new Set(tracks.map((track) => track.id));
    this.#takeRole(session.role !== "viewer");
    this.master.accept(session);
    store.set({ isSignedOut: false, uploads: Object.fromEntries(uploads.map((upload) => [upload.id, upload])) });
    for (const track of shown) if (!ids.has(track.id)) this.saves.forget(track.id);
    for (const row of tracks) this.saves.accept(row);
    this.#watchUnfinished();
  }

  /** Follow a role that the owner changed while we are here. */
  #takeRole(canEdit) {
    const { status, canEdit: could } = store.get();
    if (canEdit === could) return;
    store.set({ canEdit });
    if (status !== "ready") return;
    notify(canEdit ? "You may change the mix now." : "You may listen now, but no longer change the mix.");
  }

  #signedOut() {
    if (store.get().isSignedOut) return;
    store.set({ isSignedOut: true, announcement: "You are signed out." });
  }

  /** The session is not ours any more: stop the music and say so instead of offering dead controls. */
  #lose(reason) {
    if (store.get().status === "gone") return;
    this.playback.stop();
    this.uploads.close();
    this.saves.close();
    this.master.close();
    this.room.close();
    const room = { state: "off", members: [], problem: null };
    store.set({ status: "gone", problem: reason, tracks: [], queue: [], notice: null, room });
    store.set({ announcement: `This session is closed to you. ${reason}` });
  }

  get engine() {
    return this.playback.engine;
  }

  get audio() {
    return this.playback.audio;
  }

  togglePlay() {
    return this.playback.toggle();
  }

  /** Remove a track at once; the notice offers it back for a while. */
  async removeTrack(track) {
    const fields = flatFields(track);
    if (!(await this.#delete(track.id))) return;
    const restore = () => this.#create(fields);
    notify(`Removed \u201c${track.name}\u201d`, { actionLabel: "Undo", onAction: restore });
  }

  retryAudio(uploadId) {
    const upload = store.get().uploads[uploadId];
    if (upload) this.audio.retry(upload);
  }

  close() {
    if (open === this) open = null;
    this.abort.abort();
    clearTimeout(this.catchUpTimer);
    this.stopListening();
    this.room.close();
    this.uploads.close();
    this.saves.close();
    this.master.close();
    this.playback.close();
    this.peaks.dispose();
    delete window.__omnisonic;
  }

  async #delete(trackId) {
    try {
      await call("DELETE", `/api/sessions/${this.sessionId}/tracks/${trackId}`);
    } catch (problem) {
      if (problem.status !== 404) {
        notify(`Not removed. ${problem.message}`);
        return false;
      }
    }
    this.saves.remove(trackId);
    return true;
  }

  async #create(fields) {
    try {
      const path = `/api/sessions/${this.sessionId}/tracks`;
      const { track } = await call("POST", path, { json: fields, once: idempotencyKey() });
      this.saves.accept(track);
    } catch (problem) {
      notify(`Not restored. ${problem.message}`);
    }
  }

  #roomHandlers() {
    return {
      onTrack: (row) => {
        this.saves.accept(row);
        if (!store.get().uploads[row.uploadId]) this.uploads.watch(row.uploadId, 0);
      },
      onTrackRemoved: (row) => this.saves.remove(row.id),
      onSession: (row) => (row?.version ? this.master.accept(row) : this.#catchUp()),
      onResync: () => this.#catchUp(),
      onSignedOut: () => this.#signedOut(),
      onGone: (reason) => (reason ? this.#lose(reason) : this.#catchUp()),
    };
  }

  /** Ask anew, one answer after the other: an older one that comes late must not undo what a newer one said. */
  async #catchUp() {
    this.isBehind = true;
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    try {
      while (this.isBehind && store.get().status !== "gone") {
        this.isBehind = false;
        await this.#askAnew();
      }
    } finally {
      this.isCatchingUp = false;
    }
  }

  async #askAnew() {
    const wasSignedOut = store.get().isSignedOut;
    try {
      await this.refresh();
    } catch (problem) {
      if (problem.name === "AbortError") return;
      if (problem.isPassing) this.#catchUpLater(problem.retryAfterMs);
      else if (problem.isSignedOut) this.#signedOut();
      else if (problem.status === 404) this.#lose(problem.slug === "session-removed" ? problem.message : NOT_OURS);
      else notify(problem.message);
      return;
    }
    if (!wasSignedOut) return;
    this.saves.retryAll();
    this.room.open();
  }

  /** What could not be fetched now is still missing: nothing else may come that asks for it. */
  #catchUpLater(waitMs) {
    clearTimeout(this.catchUpTimer);
    this.catchUpTimer = setTimeout(() => this.#catchUp(), waitMs ?? CATCH_UP_AGAIN_MS);
  }

  /** Uploads that are not decided yet, and those a track names but the list did not hold. */
  #watchUnfinished() {
    const { tracks, uploads } = store.get();
    for (const track of tracks) {
      const status = uploads[track.uploadId]?.status;
      if (status !== "ready" && status !== "rejected") this.uploads.watch(track.uploadId);
    }
  }

  #listen() {
    // Ask only where leaving would lose something: what is merely on its way is sent along.
    const onLeave = (event) => {
      if (["offline", "signed-out"].includes(store.get().save.state) || this.uploads.isBusy) event.preventDefault();
    };
    const onHide = () => {
      this.saves.hurry();
      this.master.hurry();
    };
    const onVisible = () => {
      if (document.visibilityState === "visible" && store.get().room.state === "off") this.#catchUp();
    };
    window.addEventListener("beforeunload", onLeave);
    window.addEventListener("pagehide", onHide);
    document.addEventListener("visibilitychange", onVisible);
    this.stopListening = () => {
      window.removeEventListener("beforeunload", onLeave);
      window.removeEventListener("pagehide", onHide);
      document.removeEventListener("visibilitychange", onVisible);
    };
  }

  /** For checks that preview and export are one sound. */
  #expose() {
    window.__omnisonic = { renderOffline: (sessionId) => renderSession(sessionId, audioUrl) };
  }
}
