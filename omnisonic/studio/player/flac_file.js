/** A canonical FLAC file on the server, read by byte ranges: any piece without the ones before it. */
import { fetchRange } from "./api.js";
import { assemble, findFrames, MAX_PIECE_FRAMES, readHead, runFrom, trusted } from "./flac.js";
import { SAMPLE_RATE } from "./mix.js";

const PIECE_S = 10;
const HEAD_BYTES = 12 * 1024; // the usual head with its padding, and the first frame's header
const FRAME_HEADER_BYTES = 32; // none is longer than 16
const MAX_READS = 12;

export class FlacFile {
  constructor(url, { lengthSamples, signal, onBytes }) {
    this.url = url;
    this.lengthSamples = lengthSamples;
    this.reading = { signal, onBytes };
    this.known = new Map(); // frame number -> byte where it begins
    this.opening = null;
  }

  /** Read the head, once. Sets `pieceSamples`. */
  open() {
    this.opening ??= this.#open().catch((problem) => {
      this.opening = null; // the next piece tries again
      throw problem;
    });
    return this.opening;
  }

  /** Piece `index` as a FLAC file of its own: `{content, samples}`. `signal` gives up this piece, not the file. */
  async read(index, signal = null) {
    await this.open();
    const signals = [this.reading.signal, signal].filter(Boolean);
    const reading = { ...this.reading, signal: AbortSignal.any(signals) };
    const { blockSize } = this.head;
    const from = index * this.pieceFrames;
    const to = Math.min(this.frames, from + this.pieceFrames);
    const low = await this.#locate(from, reading);
    let bytes = new Uint8Array(0);
    for (let slack = 1; slack < 2 ** MAX_READS; slack *= 2) {
      bytes = joined(bytes, await this.#bytes(low + bytes.length, this.#endGuess(to, slack), reading));
      const run = runFrom(this.#framesIn(bytes), from);
      const isLast = to === this.frames && low + bytes.length === this.size;
      const end = isLast ? bytes.length : run[to - from]?.at;
      if (!end) continue;
      if (!isLast) this.known.set(to, low + end);
      const samples = Math.min(this.lengthSamples, to * blockSize) - from * blockSize;
      return { content: assemble(this.head, bytes, run.slice(0, to - from), { end, samples }), samples };
    }
    throw new Error("The audio could not be cut into pieces.");
  }

  /** Byte where a frame begins: known, or searched by reading a little around where it should be. */
  async #locate(number, reading) {
    for (let slack = 2; slack < 2 ** MAX_READS; slack *= 2) {
      if (this.known.has(number)) return this.known.get(number);
      const low = Math.floor(this.#byteOf(Math.max(0, number - slack)));
      const high = Math.ceil(this.#byteOf(Math.min(this.frames, number + slack)));
      const bytes = await this.#bytes(low, high, reading);
      for (const frame of trusted(this.#framesIn(bytes))) this.known.set(frame.number, low + frame.at);
    }
    throw new Error("The audio could not be cut into pieces.");
  }

  #framesIn(bytes) {
    return findFrames(bytes, { model: this.model, limit: this.frames });
  }

  async #open() {
    let wanted = HEAD_BYTES;
    for (;;) {
      const { bytes, size } = await fetchRange(this.url, 0, wanted, this.reading);
      const head = readHead(bytes);
      if ((head && head.firstFrameAt + 16 <= bytes.length) || bytes.length === size) {
        if (!head) throw new Error("The audio has no end to its head.");
        this.begun = bytes;
        this.#describe(head, size);
        return;
      }
      wanted *= 4;
    }
  }

  #describe(head, size) {
    Object.assign(this, { head, size });
    this.frames = Math.max(1, Math.ceil(this.lengthSamples / head.blockSize));
    const wished = Math.round((PIECE_S * SAMPLE_RATE) / head.blockSize);
    this.pieceFrames = Math.min(MAX_PIECE_FRAMES, Math.max(1, wished));
    this.pieceSamples = this.pieceFrames * head.blockSize;
    this.model = this.begun.subarray(head.firstFrameAt, head.firstFrameAt + 4);
    this.known.set(0, head.firstFrameAt);
    this.known.set(this.frames, size);
  }

  /** Where frame `to` should have begun, with its header in sight. */
  #endGuess(to, slack) {
    if (to === this.frames) return this.size;
    const begin = this.known.get(to) ?? this.#byteOf(Math.min(this.frames, to + slack));
    return Math.min(this.size, Math.ceil(begin) + FRAME_HEADER_BYTES * slack);
  }

  #byteOf(frame) {
    let below = 0;
    let above = this.frames;
    for (const number of this.known.keys()) {
      if (number <= frame && number > below) below = number;
      if (number >= frame && number < above) above = number;
    }
    const [start, end] = [this.known.get(below), this.known.get(above)];
    return above === below ? start : start + ((end - start) * (frame - below)) / (above - below);
  }

  async #bytes(low, high, reading) {
    if (high <= low) return new Uint8Array(0);
    if (high <= this.begun.length) return this.begun.subarray(low, high);
    const { bytes } = await fetchRange(this.url, low, high, reading);
    return bytes;
  }
}

function joined(head, tail) {
  if (!head.length) return tail;
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}
