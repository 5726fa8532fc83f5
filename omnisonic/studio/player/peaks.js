/**
 * Waveform overviews: audiowaveform `.dat` version 2 (8 or 16 bit) read and drawn for the visible part only.
 * Format: https://github.com/bbc/audiowaveform/blob/master/doc/DataFormat.md
 */
import { fetchBytes } from "./api.js";

export const LEVELS = [256, 1024, 4096, 16384];
const HEADER_BYTES = 24;

/** Every overview in `bytes` (one file, or several one after the other). Throws on anything else. */
export function parsePeaks(bytes) {
  const view = new DataView(bytes);
  const overviews = [];
  let at = 0;
  while (at < bytes.byteLength) {
    if (at + HEADER_BYTES > bytes.byteLength || view.getInt32(at, true) !== 2) {
      throw new Error("This is not a waveform file of version 2.");
    }
    const isEightBit = (view.getUint32(at + 4, true) & 1) === 1;
    const length = view.getUint32(at + 16, true);
    const channels = view.getInt32(at + 20, true);
    const count = length * channels * 2;
    const start = at + HEADER_BYTES;
    const size = count * (isEightBit ? 1 : 2);
    if (start + size > bytes.byteLength) throw new Error("The waveform file is cut short.");
    overviews.push({
      samplesPerPoint: view.getInt32(at + 12, true),
      length,
      channels,
      scale: isEightBit ? 128 : 32768,
      // 16-bit values may start at an odd offset, which a typed array cannot view: copy
      values: isEightBit ? new Int8Array(bytes, start, count) : new Int16Array(bytes.slice(start, start + size)),
    });
    at = start + size;
  }
  return overviews;
}

/** The coarsest level that still has at least one point per device pixel. */
export function levelFor(samplesPerPixel) {
  return LEVELS.filter((level) => level <= samplesPerPixel).pop() ?? LEVELS[0];
}

/** Waveforms by upload and level, fetched when first drawn. */
export class PeakCache {
  constructor({ urlOf, onChange }) {
    this.urlOf = urlOf;
    this.onChange = onChange;
    this.overviews = new Map(); // "upload:level" -> overview, or null while loading
    this.abort = new AbortController();
  }

  /** The best overview at hand for this zoom; asks for the right one when it is missing. */
  find(uploadId, samplesPerPixel) {
    const level = levelFor(samplesPerPixel);
    const key = `${uploadId}:${level}`;
    if (!this.overviews.has(key)) this.#load(uploadId, level, key);
    return this.overviews.get(key) ?? this.#any(uploadId);
  }

  dispose() {
    this.abort.abort();
    this.overviews.clear();
  }

  #any(uploadId) {
    for (const level of LEVELS) {
      const overview = this.overviews.get(`${uploadId}:${level}`);
      if (overview) return overview;
    }
    return null;
  }

  async #load(uploadId, level, key) {
    this.overviews.set(key, null);
    try {
      const overviews = parsePeaks(await fetchBytes(this.urlOf(uploadId, level), { signal: this.abort.signal }));
      for (const overview of overviews) this.overviews.set(`${uploadId}:${overview.samplesPerPoint}`, overview);
      this.onChange();
    } catch (error) {
      if (this.abort.signal.aborted) return;
      console.warn(`Waveform of ${uploadId} not drawn: ${error.message}`);
    }
  }
}

/** Lowest and highest value of all channels between two samples of the file, -1 to 1, out of an overview. */
export function overviewExtremes(overview, fromSample, toSample) {
  const { samplesPerPoint, channels, values, scale } = overview;
  const first = Math.max(0, Math.floor(fromSample / samplesPerPoint));
  const last = Math.min(overview.length, Math.max(first + 1, Math.ceil(toSample / samplesPerPoint)));
  let low = 0;
  let high = 0;
  for (let index = first * channels * 2; index < last * channels * 2; index += 2) {
    low = Math.min(low, values[index]);
    high = Math.max(high, values[index + 1]);
  }
  return [low / scale, high / scale];
}

/** The same out of decoded samples, for zooms finer than the finest overview; null where none are decoded. */
export function takeExtremes(take, fromSample, toSample) {
  const from = Math.max(0, fromSample);
  const buffer = take.pieceSamples ? take.bufferOf(take.pieceAt(from)) : null;
  const start = take.pieceSamples * take.pieceAt(from);
  return buffer && bufferExtremes(buffer, from - start, toSample - start);
}

function bufferExtremes(buffer, fromSample, toSample) {
  const first = Math.max(0, Math.floor(fromSample));
  const last = Math.min(buffer.length, Math.max(first + 1, Math.ceil(toSample)));
  let low = 0;
  let high = 0;
  for (let channel = 0; channel < buffer.numberOfChannels; channel += 1) {
    const samples = buffer.getChannelData(channel);
    for (let index = first; index < last; index += 1) {
      low = Math.min(low, samples[index]);
      high = Math.max(high, samples[index]);
    }
  }
  return [low, high];
}

/** How far a clip's fades let it through at `sample` of the clip, 0 to 1. */
export function fadeAt(clip, sample, length) {
  const into = clip.fadeInSamples ? Math.min(1, sample / clip.fadeInSamples) : 1;
  const out = clip.fadeOutSamples ? Math.min(1, (length - sample) / clip.fadeOutSamples) : 1;
  const shape = (part) => (clip.fadeCurve === "equal-power" ? Math.sin((Math.max(0, part) * Math.PI) / 2) : Math.max(0, part));
  return shape(into) * shape(out);
}

/** Size a canvas to its box at the device's pixel ratio and return its context, cleared, in CSS pixels. */
export function prepareCanvas(canvas) {
  const ratio = globalThis.devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height, step: 1 / ratio };
}

/**
 * Draw one clip. `left` is the clip's left edge and may lie outside; only columns within `width` are touched.
 * `extremes(from, to)` answers the lowest and highest value between two samples of the file.
 */
export function drawClip(surface, { extremes, clip, length, left, samplesPerPixel, color, inset }) {
  const { pen, width, height, step } = surface;
  const middle = height / 2;
  const half = middle - inset;
  const end = Math.min(width, left + length / samplesPerPixel);
  pen.fillStyle = color;
  for (let x = Math.max(0, left); x < end; x += step) {
    const sample = (x - left) * samplesPerPixel;
    const from = clip.trimStartSamples + sample;
    const [low, high] = extremes(from, from + samplesPerPixel * step);
    const fade = fadeAt(clip, sample, length);
    const top = middle - high * fade * half;
    pen.fillRect(x, top, step, Math.max(1, (high - low) * fade * half));
  }
}
