/**
 * Canonical FLAC (RFC 9639) cut into pieces that decode on their own: a run of frames, numbered from zero again,
 * behind a header that says how long the piece is. Canonical files have one block size, so numbers are positions.
 */
export const MAX_PIECE_FRAMES = 128; // numbers below 128 take one byte

const STREAM_INFO_BYTES = 34;
const TABLE_8 = crcTable(0x07, 8);
const TABLE_16 = crcTable(0x8005, 16);

function crcTable(polynomial, bits) {
  const top = 1 << (bits - 1);
  const mask = 2 ** bits - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) value = (value & top ? (value << 1) ^ polynomial : value << 1) & mask;
    return value;
  });
}

function crc8(bytes, from, to) {
  let value = 0;
  for (let at = from; at < to; at += 1) value = TABLE_8[value ^ bytes[at]];
  return value;
}

function crc16(bytes, from, to, seed = 0) {
  let value = seed;
  for (let at = from; at < to; at += 1) value = ((value << 8) & 0xffff) ^ TABLE_16[(value >> 8) ^ bytes[at]];
  return value;
}

/** What the head of a file says, or null when more of it is needed. Throws on anything but FLAC of one block size. */
export function readHead(bytes) {
  if (bytes.length < 8 + STREAM_INFO_BYTES) return null;
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== "fLaC") throw new Error("The audio is not FLAC.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blockSize = view.getUint16(8);
  if (blockSize !== view.getUint16(10)) throw new Error("The audio has blocks of several sizes.");
  const info = bytes.slice(8, 8 + STREAM_INFO_BYTES);
  for (let at = 4; ; ) {
    if (at + 4 > bytes.length) return null;
    const [kind, high, middle, low] = bytes.subarray(at, at + 4);
    at += 4 + (high << 16) + (middle << 8) + low;
    if (kind & 0x80) return { info, blockSize, firstFrameAt: at };
  }
}

/** The number of the frame that begins at `at` with its header's length, or null when none does. */
function frameAt(bytes, at) {
  if (bytes[at] !== 0xff || bytes[at + 1] !== 0xf8 || at + 16 > bytes.length) return null;
  const sizeCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  if (sizeCode === 0 || rateCode === 15 || bytes[at + 3] >> 4 > 10 || bytes[at + 3] & 1) return null;
  const lead = bytes[at + 4];
  const extra = lead < 0x80 ? 0 : Math.clz32(~(lead << 24)) - 1; // continuation bytes, coded as in UTF-8
  if (extra < 0 || extra > 5 || lead === 0x80) return null;
  let number = extra ? lead & (0x3f >> extra) : lead;
  for (let index = 1; index <= extra; index += 1) number = number * 64 + (bytes[at + 4 + index] & 0x3f);
  const numberEnd = at + 5 + extra;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  const crcAt = numberEnd + sizeBytes + rateBytes;
  if (crcAt >= bytes.length || crc8(bytes, at, crcAt) !== bytes[crcAt]) return null;
  return { at, number, numberEnd, crcAt };
}

/** Whether two frames agree in what is the same all through a file: sample rate and bit depth. */
function isLike(bytes, at, model) {
  return (bytes[at + 2] & 15) === (model[2] & 15) && (bytes[at + 3] & 15) === (model[3] & 15);
}

/**
 * What looks like frames in `bytes`, numbered below `limit`, in order. Sound may look like a frame by chance, about
 * once in some thousand pieces: `runFrom` and `trusted` tell them apart by their neighbors.
 */
export function findFrames(bytes, { model, limit }) {
  const frames = [];
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const frame = isLike(bytes, at, model) ? frameAt(bytes, at) : null;
    if (frame && frame.number < limit) frames.push(frame);
  }
  return frames;
}

/** The consecutive frames that begin with number `from`. */
export function runFrom(frames, from) {
  const run = [];
  for (const frame of frames) if (frame.number === from + run.length) run.push(frame);
  return run;
}

/** The frames that are followed by their successor. */
export function trusted(frames) {
  return frames.filter((frame, index) => frames[index + 1]?.number === frame.number + 1);
}

/** A FLAC file of its own out of whole consecutive frames; `end` is where the last one ends in `bytes`. */
export function assemble(head, bytes, frames, { end, samples }) {
  if (frames.length > MAX_PIECE_FRAMES) throw new RangeError("Too many frames for one piece.");
  const out = new Uint8Array(8 + STREAM_INFO_BYTES + end - frames[0].at);
  out.set([0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, STREAM_INFO_BYTES]);
  out.set(head.info, 8);
  out.fill(0, 12, 18); // sizes of frames: unknown
  const view = new DataView(out.buffer);
  view.setUint8(21, out[21] & 0xf0);
  view.setUint32(22, samples);
  out.fill(0, 26, 42); // MD5 of the samples: unknown
  let to = 8 + STREAM_INFO_BYTES;
  frames.forEach((frame, index) => {
    const frameEnd = frames[index + 1]?.at ?? end;
    const start = to;
    out.set(bytes.subarray(frame.at, frame.at + 4), to);
    out[to + 4] = index;
    out.set(bytes.subarray(frame.numberEnd, frame.crcAt), to + 5);
    to += 5 + frame.crcAt - frame.numberEnd;
    out[to] = crc8(out, start, to);
    to += 1;
    out.set(bytes.subarray(frame.crcAt + 1, frameEnd - 2), to);
    to += frameEnd - 2 - frame.crcAt - 1;
    view.setUint16(to, crc16(out, start, to));
    to += 2;
  });
  return out.slice(0, to).buffer;
}
