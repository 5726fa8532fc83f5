/** Decoded sound of one upload in pieces of equal length; `wholeTake` is one that came in one piece. */

export function wholeTake(buffer) {
  return { lengthSamples: buffer.length, pieceSamples: buffer.length, bufferOf: () => buffer };
}

export class Take {
  constructor({ lengthSamples, channels }) {
    this.lengthSamples = lengthSamples;
    this.channels = channels;
    this.pieceSamples = null; // known once the file's head was read
    this.buffers = new Map(); // piece -> AudioBuffer
    this.loads = 0; // grows with every piece that came: tells drawers that there may be more to see
  }

  bufferOf(index) {
    return this.buffers.get(index) ?? null;
  }

  add(index, buffer) {
    this.buffers.set(index, buffer);
    this.loads += 1;
  }

  pieceAt(sample) {
    return Math.floor(sample / this.pieceSamples);
  }

  get pieceCount() {
    return Math.ceil(this.lengthSamples / this.pieceSamples);
  }

  bytesOf(index) {
    const samples = Math.min(this.pieceSamples, this.lengthSamples - index * this.pieceSamples);
    return samples * this.channels * Float32Array.BYTES_PER_ELEMENT;
  }
}
