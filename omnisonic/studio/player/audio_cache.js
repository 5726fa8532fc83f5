/**
 * Decoded canonical audio by upload, shared by every track that uses the upload and bounded in bytes.
 * Decoding runs on an offline context: it needs no user gesture and resamples nothing, as the FLAC is at 48 kHz.
 */
import { fetchBytes } from "./api.js";
import { SAMPLE_RATE } from "./mix.js";

export const DECODED_LIMIT_BYTES = 300 * 1024 * 1024;
const PARALLEL_DECODES = 2;

export function decodedBytes(upload) {
  return upload.durationSamples * upload.channels * Float32Array.BYTES_PER_ELEMENT;
}

export class AudioCache {
  constructor({ urlOf, limitBytes = DECODED_LIMIT_BYTES, onChange }) {
    this.urlOf = urlOf;
    this.limitBytes = limitBytes;
    this.onChange = onChange;
    this.entries = new Map(); // upload id -> {state, reason, bytes, buffer}
    this.waiting = [];
    this.active = 0;
    this.abort = new AbortController();
  }

  bufferOf(uploadId) {
    return this.entries.get(uploadId)?.buffer ?? null;
  }

  /** Hold exactly these ready uploads, in this order of importance; others are let go. */
  want(uploads) {
    const ids = new Set(uploads.map((upload) => upload.id));
    for (const id of [...this.entries.keys()]) if (!ids.has(id)) this.entries.delete(id);
    this.waiting = this.waiting.filter((id) => ids.has(id));
    for (const upload of uploads) this.#admit(upload);
    this.#pump();
  }

  /** Try a failed upload again. */
  retry(upload) {
    this.entries.delete(upload.id);
    this.#admit(upload);
    this.#pump();
  }

  dispose() {
    this.abort.abort();
    this.entries.clear();
    this.waiting = [];
  }

  #admit(upload) {
    const known = this.entries.get(upload.id);
    if (known && known.state !== "too-big") return;
    const bytes = decodedBytes(upload);
    const held = [...this.entries.values()].reduce((sum, entry) => sum + (entry.bytes ?? 0), 0);
    if (held + bytes > this.limitBytes) {
      const limit = Math.round(this.limitBytes / 1024 / 1024);
      const reason = `Not in the preview: it would pass the ${limit} MB of sound a browser tab can hold. Exports include it.`;
      if (!known) this.#note(upload.id, { state: "too-big", reason, bytes: 0 });
      return;
    }
    this.#note(upload.id, { state: "loading", bytes });
    this.waiting.push(upload.id);
  }

  #note(uploadId, entry) {
    this.entries.set(uploadId, entry);
    this.onChange();
  }

  #pump() {
    while (this.active < PARALLEL_DECODES && this.waiting.length) {
      this.active += 1;
      this.#load(this.waiting.shift()).finally(() => {
        this.active -= 1;
        this.#pump();
      });
    }
  }

  async #load(uploadId) {
    const entry = this.entries.get(uploadId);
    if (!entry) return;
    try {
      const buffer = await this.#decode(uploadId);
      if (this.entries.get(uploadId) !== entry) return; // no longer wanted while it was on its way
      this.#note(uploadId, { ...entry, state: "ready", buffer });
    } catch (error) {
      if (this.abort.signal.aborted || this.entries.get(uploadId) !== entry) return;
      const reason = error.name === "EncodingError" ? "This browser could not decode the audio." : error.message;
      this.#note(uploadId, { state: "failed", reason, bytes: 0 });
    }
  }

  async #decode(uploadId) {
    const bytes = await fetchBytes(this.urlOf(uploadId), { signal: this.abort.signal });
    return decodeCanonical(bytes);
  }
}

/** Decode a canonical FLAC file to float samples at 48 kHz. */
export function decodeCanonical(bytes) {
  return new OfflineAudioContext(2, 1, SAMPLE_RATE).decodeAudioData(bytes);
}
