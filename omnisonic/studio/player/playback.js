/**
 * The mix of the store made audible: keeps engine and decoded audio in step with it, waits for what is still on its
 * way and says so.
 */
import { AudioCache } from "./audio_cache.js";
import { Engine } from "./engine.js";
import { buildManifest, heardIds } from "./mix.js";

const WAIT_FOR_AUDIO_MS = 2500; // after this a started mix plays what is decoded; the rest joins in time

export class Playback {
  /** `urlOf(uploadId)` is where the audio of an upload is. */
  constructor({ store, urlOf }) {
    this.store = store;
    this.engine = new Engine({ onState: (state) => this.#show(state), onMove: () => this.#moved() });
    this.audio = new AudioCache({
      urlOf,
      onChange: () => this.#audioChanged(),
      onPiece: () => this.#pieceArrived(),
      onBytes: () => this.#showWait(),
    });
    this.rows = [];
    this.stopWatching = store.subscribe(() => this.#follow());
  }

  async toggle() {
    if (this.engine.isPlaying || this.store.get().playback.state === "waiting") {
      this.stop();
      return;
    }
    await this.engine.unlock();
    if (this.engine.position >= this.engine.lengthSamples) this.engine.seek(0);
    if (this.#missing().length) this.#wait();
    else await this.#start();
  }

  stop() {
    clearTimeout(this.waitTimer);
    this.engine.pause();
    this.#show("stopped");
  }

  close() {
    clearTimeout(this.waitTimer);
    this.stopWatching();
    this.audio.dispose();
    this.engine.dispose();
  }

  /** Only when what engine and audio read has changed. */
  #follow() {
    const { session, tracks, uploads, previews } = this.store.get();
    const read = [session, tracks, uploads, previews];
    if (this.lastRead?.every((value, index) => value === read[index])) return;
    const isEdited = this.lastRead && (session !== this.lastRead[0] || tracks !== this.lastRead[1]);
    this.lastRead = read;
    const manifest = buildManifest(session, tracks, uploads, previews);
    const heard = heardIds(manifest.tracks);
    this.rows = manifest.tracks.map((row) => ({ ...row, isHeard: heard.has(row.id) }));
    this.#wantAudio(uploads, manifest.lengthSamples);
    this.manifest = manifest;
    this.#bind();
    if (isEdited) window.dispatchEvent(new Event("omnisonic:mix-changed"));
  }

  /** Give the engine the mix with its sound, as far as it is here. */
  #bind() {
    this.engine.update(this.manifest, new Map(this.rows.map((row) => [row.id, this.audio.takeOf(row.uploadId)])));
  }

  /** A moving fader changes nothing about the audio that is needed. */
  #wantAudio(uploads, lengthSamples) {
    const needs = JSON.stringify(this.rows.map(({ uploadId, isHeard, clips }) => [uploadId, isHeard, clips]));
    if (needs === this.lastNeeds) return;
    this.lastNeeds = needs;
    this.audio.want(this.rows, uploads, { position: this.engine.position, lengthSamples });
  }

  #moved() {
    const { position, lengthSamples } = this.engine;
    this.audio.move({ position, lengthSamples });
    const { playback } = this.store.get();
    if (playback.state === "waiting") this.#pieceArrived();
    if (!this.engine.isPlaying) return;
    const missing = this.#missing();
    if (missing.length && missing.length === this.#heard().length) {
      this.engine.pause();
      this.#wait();
    } else if (playback.detail !== this.#detail(missing)) {
      this.#show("playing", this.#detail(missing));
    }
  }

  #audioChanged() {
    const states = [...this.audio.entries].map(([id, { state, reason }]) => [id, { state, reason }]);
    this.store.set({ audio: Object.fromEntries(states) });
    if (this.manifest) this.#bind();
    this.#pieceArrived();
  }

  #pieceArrived() {
    this.engine.feed();
    window.dispatchEvent(new Event("omnisonic:redraw")); // the finest zoom draws the samples themselves
    if (this.store.get().playback.state !== "waiting") return;
    const missing = this.#missing();
    if (missing.length) this.#showWait();
    else this.#start();
  }

  /** While waiting, say for what and how much has come since: on a slow line the only sign that it moves. */
  #showWait() {
    const { playback } = this.store.get();
    if (playback.state !== "waiting") return;
    const megabytes = (this.audio.receivedBytes - this.waitedFromBytes) / 1e6;
    const detail = `${this.#detail(this.#missing()) ?? "Loading"}, ${megabytes.toFixed(1)} MB`;
    if (detail !== playback.detail) this.#show("waiting", detail);
  }

  #heard() {
    return this.rows.filter((row) => row.isHeard);
  }

  /** Heard tracks that should sound now and are still on their way. */
  #missing() {
    const { position } = this.engine;
    return this.#heard().filter((row) => !this.audio.isReady(row, position));
  }

  #detail(missing) {
    if (!missing.length) return null;
    const count = this.#heard().length;
    return count === 1 ? "Loading the audio" : `Loading ${missing.length} of ${count} tracks`;
  }

  #wait() {
    if (this.store.get().playback.state !== "waiting") this.waitedFromBytes = this.audio.receivedBytes;
    this.#show("waiting", this.#detail(this.#missing()));
    this.#showWait();
    clearTimeout(this.waitTimer);
    this.waitTimer = setTimeout(() => this.#start(), WAIT_FOR_AUDIO_MS);
  }

  /** Play, unless nothing at all could be heard yet. */
  async #start() {
    clearTimeout(this.waitTimer);
    const missing = this.#missing();
    if (missing.length && missing.length === this.#heard().length) {
      this.#wait();
      return;
    }
    await this.engine.play();
    if (!this.engine.isPlaying) this.#show("stopped");
  }

  #show(state, detail = null) {
    this.store.set({ playback: { state, detail } });
  }
}
