/**
 * One open session of this page: loads it, ties store, engine, saves, uploads and room together, and lets go of all
 * of them when the last component that uses it is gone.
 */
import { startIfAsked } from "./arrival.js";
import { call, fetchBytes, idempotencyKey, listAll } from "./api.js";
import { AudioCache, decodeCanonical } from "./audio_cache.js";
import { Engine } from "./engine.js";
import { renderOffline } from "./graph.js";
import { buildManifest, flatFields, heardIds } from "./mix.js";
import { PeakCache } from "./peaks.js";
import { Room } from "./room.js";
import { Saves } from "./saves.js";
import { emptyStudio, notify, store } from "./store.js";
import { Uploads } from "./uploads.js";

const WAIT_FOR_AUDIO_MS = 2500; // after this a started mix plays what is decoded; the rest joins in time
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
    this.engine = new Engine({ onState: (state) => this.#played(state) });
    this.audio = new AudioCache({ urlOf: audioUrl, onChange: () => this.#audioChanged() });
    this.peaks = new PeakCache({ urlOf: peaksUrl, onChange: () => window.dispatchEvent(new Event("omnisonic:redraw")) });
    this.saves = new Saves({ store, sessionId, onRefused: () => this.#catchUp() });
    this.uploads = new Uploads({
      store,
      sessionId,
      onTrack: (row) => this.saves.accept(row),
      onGone: (row) => this.#delete(row.id),
    });
    this.room = new Room({ store, sessionId, handlers: this.#roomHandlers() });
    this.stopWatching = store.subscribe(() => this.#follow());
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
    const [{ session }, tracks, uploads] = await Promise.all([
      call("GET", `/api/sessions?id=${this.sessionId}`, { signal }),
      listAll(`${base}/tracks`, "tracks", { signal }),
      listAll(`/api/upload/list?sessionId=${this.sessionId}`, "uploads", { signal }),
    ]);
    const ids = new Set(tracks.map((track) => track.id));
    this.#takeRole(session.role !== "viewer");
    store.set({ isSignedOut: false, session, uploads: Object.fromEntries(uploads.map((upload) => [upload.id, upload])) });
    for (const track of store.get().tracks) if (!ids.has(track.id)) this.saves.forget(track.id);
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
    this.#stopWaiting();
    this.engine.pause();
    this.uploads.close();
    this.saves.close();
    this.room.close();
    const room = { state: "off", members: [], problem: null };
    store.set({ status: "gone", problem: reason, tracks: [], queue: [], notice: null, room });
    store.set({ announcement: `This session is closed to you. ${reason}` });
  }

  async togglePlay() {
    if (this.engine.isPlaying || store.get().playback.state === "waiting") {
      this.#stopWaiting();
      this.engine.pause();
      store.set({ playback: { state: "stopped", detail: null } });
      return;
    }
    await this.engine.unlock();
    if (this.#missing().length) {
      store.set({ playback: { state: "waiting", detail: "Loading the audio" } });
      this.waitTimer = setTimeout(() => this.#startNow(), WAIT_FOR_AUDIO_MS);
    } else {
      await this.#startNow();
    }
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
    this.#stopWaiting();
    this.stopWatching();
    this.stopListening();
    this.room.close();
    this.uploads.close();
    this.saves.close();
    this.audio.dispose();
    this.peaks.dispose();
    this.engine.dispose();
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
    this.saves.forget(trackId);
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
      onTrackRemoved: (row) => this.saves.forget(row.id),
      onSession: (row) => (row?.version ? this.#acceptSession(row) : this.#catchUp()),
      onResync: () => this.#catchUp(),
      onSignedOut: () => this.#signedOut(),
      onGone: (reason) => (reason ? this.#lose(reason) : this.#catchUp()),
    };
  }

  #acceptSession(row) {
    if (row.version >= (store.get().session?.version ?? 0)) {
      store.set(({ session }) => ({ session: { ...session, ...row } }));
    }
  }

  async #catchUp() {
    if (store.get().status === "gone") return;
    const wasSignedOut = store.get().isSignedOut;
    try {
      await this.refresh();
    } catch (problem) {
      if (problem.name === "AbortError" || problem.isPassing) return;
      if (problem.isSignedOut) this.#signedOut();
      else if (problem.status === 404) this.#lose("It was removed, or you are no longer a member.");
      else notify(problem.message);
      return;
    }
    if (!wasSignedOut) return;
    this.saves.retryAll();
    this.room.open();
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
    const onHide = () => this.saves.hurry();
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

  /** Keep the engine and the decoded audio in step with the store, only when what they read has changed. */
  #follow() {
    const { session, tracks, uploads, previews, audio } = store.get();
    const read = [session, tracks, uploads, previews, audio];
    if (this.lastRead?.every((value, index) => value === read[index])) return;
    const isEdited = this.lastRead && (session !== this.lastRead[0] || tracks !== this.lastRead[1]);
    const needsAudio = tracks !== this.lastRead?.[1] || uploads !== this.lastRead?.[2];
    this.lastRead = read;
    const manifest = buildManifest(session, tracks, uploads, previews);
    const buffers = new Map(manifest.tracks.map((row) => [row.id, this.audio.bufferOf(row.uploadId)]));
    this.engine.update(manifest, buffers);
    if (isEdited) window.dispatchEvent(new Event("omnisonic:mix-changed"));
    if (needsAudio) {
      const wanted = new Map(manifest.tracks.map((row) => [row.uploadId, uploads[row.uploadId]]));
      this.audio.want([...wanted.values()]);
    }
  }

  #audioChanged() {
    const audio = Object.fromEntries(
      [...this.audio.entries].map(([id, { state, reason }]) => [id, { state, reason: reason ?? null }]),
    );
    store.set({ audio });
    if (store.get().playback.state === "waiting" && !this.#missing().length) this.#startNow();
  }

  /** Heard tracks whose audio is still on its way. */
  #missing() {
    const { tracks, audio, uploads } = store.get();
    const heard = heardIds(tracks);
    return tracks.filter((track) => {
      if (!heard.has(track.id) || uploads[track.uploadId]?.status !== "ready") return false;
      return (audio[track.uploadId]?.state ?? "loading") === "loading";
    });
  }

  async #startNow() {
    this.#stopWaiting();
    const { audio } = store.get();
    if (!Object.values(audio).some((entry) => entry.state === "ready")) {
      const isLoading = Object.values(audio).some((entry) => entry.state === "loading");
      if (isLoading) this.waitTimer = setTimeout(() => this.#startNow(), WAIT_FOR_AUDIO_MS);
      else store.set({ playback: { state: "stopped", detail: null } });
      return;
    }
    await this.engine.play();
    if (!this.engine.isPlaying) store.set({ playback: { state: "stopped", detail: null } });
  }

  #stopWaiting() {
    clearTimeout(this.waitTimer);
  }

  #played(state) {
    store.set({ playback: { state, detail: null } });
  }

  /** The browser's own render of the server's manifest, for checks that preview and export are one sound. */
  #expose() {
    window.__omnisonic = { renderOffline: renderSession };
  }
}

/** Render a session from the server's manifest; base64 of little-endian float32 per channel. */
async function renderSession(sessionId) {
  const base = `/api/sessions/${sessionId}`;
  const answer = await call("GET", `${base}/manifest`);
  const manifest = answer.manifest ?? answer;
  const rows = await listAll(`${base}/tracks`, "tracks");
  const uploadOf = new Map(rows.map((row) => [row.id, row.uploadId]));
  const buffers = new Map();
  for (const { id } of manifest.tracks) {
    buffers.set(id, await decodeCanonical(await fetchBytes(audioUrl(uploadOf.get(id)))));
  }
  const { left, right } = await renderOffline(manifest, buffers);
  return { sampleRate: manifest.sampleRate, lengthSamples: left.length, channels: [base64(left), base64(right)] };
}

function base64(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 32768) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(pieces.join(""));
}
