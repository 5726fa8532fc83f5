/**
 * Decoded canonical audio, bounded in bytes whatever the length of the song: pieces near the playhead come first,
 * pieces far from it are let go. Decoding runs on an offline context: it needs no user gesture and resamples nothing.
 */
import { FlacFile } from "./flac_file.js";
import { clipLength, SAMPLE_RATE } from "./mix.js";
import { Take } from "./take.js";

export const DECODED_LIMIT_BYTES = 300 * 1024 * 1024;
const PARALLEL_LOADS = 3;
const RETRY_MS = 2000;
const GIVE_UP_SAMPLES = 20 * SAMPLE_RATE; // a load makes room for a piece that is needed this much sooner
const UNHEARD_LATER_SAMPLES = 20 * SAMPLE_RATE; // a muted track may be wanted soon, a heard one is wanted now

export class AudioCache {
  /** `onChange()`: a state has changed. `onPiece()`: there is more to play. `onBytes(total)`: more has arrived. */
  constructor({ urlOf, limitBytes = DECODED_LIMIT_BYTES, onChange, onPiece, onBytes }) {
    Object.assign(this, { urlOf, limitBytes, onChange, onPiece });
    this.receivedBytes = 0;
    this.onBytes = (count) => {
      this.receivedBytes += count;
      onBytes(this.receivedBytes);
    };
    this.entries = new Map(); // upload id -> {state, reason, file, take}
    this.rows = [];
    this.loading = new Map(); // "upload:piece" -> AbortController
    this.abort = new AbortController();
  }

  takeOf(uploadId) {
    return this.entries.get(uploadId)?.take ?? null;
  }

  /**
   * Hold what a mix needs around `position`, in samples. `rows` are the manifest's tracks with `uploadId` and `isHeard`,
   * `uploads` the upload rows by id.
   */
  want(rows, uploads, { position, lengthSamples }) {
    this.rows = rows;
    const heardFirst = [...rows].sort((a, b) => b.isHeard - a.isHeard);
    const ids = new Set(heardFirst.map((row) => row.uploadId));
    for (const id of [...this.entries.keys()]) if (!ids.has(id)) this.#drop(id);
    for (const id of ids) if (!this.entries.has(id)) this.#admit(uploads[id]);
    this.move({ position, lengthSamples });
  }

  /** Follow the playhead. */
  move({ position, lengthSamples }) {
    this.playhead = { position, lengthSamples };
    this.queue = this.#affordable(this.#byUrgency());
    this.#makeRoom();
    this.#pump();
  }

  /** Try a failed upload again. */
  retry(upload) {
    this.#admit(upload);
    this.move(this.playhead);
  }

  /** Whether everything of this track is here that sounds at `position` and shortly after. */
  isReady(row, position) {
    const { state, take } = this.entries.get(row.uploadId) ?? {};
    if (state === "failed") return true; // nothing to wait for
    if (!take?.pieceSamples) return row.clips.every((clip) => soundsAt(clip, row, position) === null);
    return row.clips.every((clip) => {
      const sample = soundsAt(clip, row, position);
      return sample === null || take.bufferOf(take.pieceAt(sample)) !== null;
    });
  }

  dispose() {
    this.abort.abort();
    this.entries.clear();
    this.rows = [];
    this.queue = [];
  }

  #drop(id) {
    this.entries.get(id).abort.abort();
    this.entries.delete(id);
  }

  #admit({ id, durationSamples, channels }) {
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, this.abort.signal]);
    const file = new FlacFile(this.urlOf(id), { lengthSamples: durationSamples, signal, onBytes: this.onBytes });
    const take = new Take({ lengthSamples: durationSamples, channels });
    this.entries.set(id, { state: "loading", reason: null, file, take, abort });
    this.#open(id, take, file);
    this.onChange();
  }

  async #open(id, take, file) {
    try {
      await file.open();
      take.pieceSamples = file.pieceSamples;
      if (this.takeOf(id) === take) this.move(this.playhead);
    } catch (problem) {
      this.#failed(id, take, problem, () => this.#open(id, take, file));
    }
  }

  /** `{id, index, distance}` of every piece of every clip, most urgent first; what is behind comes after what is ahead. */
  #byUrgency() {
    const { position, lengthSamples } = this.playhead;
    const found = new Map();
    for (const row of this.rows) {
      const { take, state } = this.entries.get(row.uploadId) ?? {};
      if (!take?.pieceSamples || state === "failed") continue;
      for (const clip of row.clips) {
        const end = clip.trimStartSamples + clipLength(clip, take.lengthSamples);
        for (let index = take.pieceAt(clip.trimStartSamples); index * take.pieceSamples < end; index += 1) {
          const starts = clip.offsetSamples - clip.trimStartSamples + index * take.pieceSamples;
          const isBehind = starts + take.pieceSamples <= position;
          const ahead = isBehind ? lengthSamples - position + Math.max(0, starts) : Math.max(0, starts - position);
          const distance = ahead + (row.isHeard ? 0 : UNHEARD_LATER_SAMPLES);
          const key = `${row.uploadId}:${index}`;
          if (!(found.get(key)?.distance <= distance)) found.set(key, { key, id: row.uploadId, index, distance });
        }
      }
    }
    return [...found.values()].sort((a, b) => a.distance - b.distance);
  }

  /** The pieces to load, after letting go of decoded ones that are not among the affordable. */
  #affordable(pieces) {
    let bytes = 0;
    const kept = new Set();
    for (const { key, id, index } of pieces) {
      bytes += this.takeOf(id).bytesOf(index);
      if (bytes > this.limitBytes) break;
      kept.add(key);
    }
    for (const [id, { take }] of this.entries) {
      for (const index of take.buffers.keys()) if (!kept.has(`${id}:${index}`)) take.buffers.delete(index);
    }
    return pieces.filter(({ key, id, index }) => kept.has(key) && !this.takeOf(id).bufferOf(index));
  }

  /** After a seek, what is on its way may be wanted only much later: then it must not hold up what is wanted now. */
  #makeRoom() {
    const distances = new Map(this.queue.map((piece) => [piece.key, piece.distance]));
    const distanceOf = (key) => distances.get(key) ?? Infinity;
    const waiting = this.queue.filter((piece) => !this.loading.has(piece.key));
    const leastUrgentFirst = [...this.loading.keys()].sort((a, b) => distanceOf(b) - distanceOf(a));
    leastUrgentFirst.forEach((key, index) => {
      if (!(waiting[index]?.distance + GIVE_UP_SAMPLES < distanceOf(key))) return;
      this.loading.get(key).abort();
      this.loading.delete(key);
    });
  }

  #pump() {
    for (const piece of this.queue) {
      if (this.loading.size >= PARALLEL_LOADS) return;
      if (!this.loading.has(piece.key)) this.#load(piece);
    }
  }

  async #load({ key, id, index }) {
    const abort = new AbortController();
    this.loading.set(key, abort);
    const entry = this.entries.get(id);
    const { take, file } = entry;
    try {
      const { content, samples } = await file.read(index, abort.signal);
      const buffer = await decodeCanonical(content);
      if (buffer.length !== samples) throw new Error("The audio is damaged. Upload the take again.");
      if (this.entries.get(id) !== entry) return; // no longer wanted while it was on its way
      take.add(index, buffer);
      if (entry.state !== "ready") {
        entry.state = "ready";
        this.onChange();
      }
      this.onPiece();
    } catch (problem) {
      this.#failed(id, take, problem, () => this.move(this.playhead));
    } finally {
      if (this.loading.get(key) === abort) {
        this.loading.delete(key);
        this.queue = this.queue.filter((piece) => piece.key !== key);
        this.#pump();
      }
    }
  }

  /** A lost connection comes back: then `again` is run. Anything else is shown. */
  #failed(id, take, problem, again) {
    const entry = this.entries.get(id);
    if (problem.name === "AbortError" || entry?.take !== take) return;
    if (problem.isPassing) {
      setTimeout(() => this.takeOf(id) === take && again(), problem.retryAfterMs ?? RETRY_MS);
      return;
    }
    const reason = problem.name === "EncodingError" ? "This browser could not decode the audio." : problem.message;
    Object.assign(entry, { state: "failed", reason });
    this.onChange();
  }
}

/** Which sample of its upload a clip plays at `position` of the song, or null where it is silent. */
function soundsAt(clip, row, position) {
  const into = position - clip.offsetSamples;
  return into >= 0 && into < clipLength(clip, row.durationSamples) ? clip.trimStartSamples + into : null;
}

/** Decode a FLAC file to float samples at 48 kHz. */
export function decodeCanonical(content) {
  return new OfflineAudioContext(2, 1, SAMPLE_RATE).decodeAudioData(content);
}
