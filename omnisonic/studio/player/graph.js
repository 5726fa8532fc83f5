/**
 * The mix manifest as a Web Audio graph, law `webaudio-1`:
 * source (trim, offset) -> fade in -> fade out -> gain -> StereoPanner -> sum -> master.
 * Live playback and the offline render share every node built here, so a preview equals a render.
 */
import { clipLength, heardIds, linearGain, SAMPLE_RATE } from "./mix.js";

// Equal-power curves are interpolated linearly between points: with 16 385 of them the error stays below -170 dBFS.
const MAX_CURVE_POINTS = 16385;

// n / 48000 is not exact in binary: without this Chromium plays one sample more in about one clip of fifty.
const END_MARGIN_SAMPLES = 0.25;

/** sin(kπ/2n) between two positions on the fade, for `setValueCurveAtTime` over `frames`. */
function equalPowerCurve(from, to, frames) {
  const values = new Float32Array(Math.min(frames + 1, MAX_CURVE_POINTS));
  const last = values.length - 1;
  for (let k = 0; k <= last; k += 1) {
    values[k] = Math.sin(((from + ((to - from) * k) / last) * Math.PI) / 2);
  }
  return values;
}

/**
 * One fade on its own gain node, so that overlapping fades multiply as two `afade` filters do.
 * `from`/`to` are positions on the fade, 0 silent and 1 full; `startFrame` and `frames` are on the context's clock.
 */
function fadeNode(context, { from, to, curve, startFrame, frames }) {
  const start = startFrame / context.sampleRate;
  const values = curve === "equal-power" ? equalPowerCurve(from, to, frames) : [from];
  // The first value also holds before the start: a time rounded up must not let one sample through at full level.
  const node = new GainNode(context, { gain: values[0] });
  if (curve === "equal-power") {
    node.gain.setValueCurveAtTime(values, start, frames / context.sampleRate);
  } else {
    node.gain.setValueAtTime(from, start);
    node.gain.linearRampToValueAtTime(to, (startFrame + frames) / context.sampleRate);
  }
  return node;
}

/** Gain node for the part of a fade-in that is still ahead of the playhead, or null. */
function fadeIn(context, clip, { skipped, firstFrame }) {
  const total = clip.fadeInSamples;
  if (total <= skipped) return null;
  return fadeNode(context, {
    from: skipped / total,
    to: 1,
    curve: clip.fadeCurve,
    startFrame: firstFrame,
    frames: total - skipped,
  });
}

/** Gain node for the fade-out; playback may begin inside it. */
function fadeOut(context, clip, { skipped, firstFrame, length }) {
  const total = clip.fadeOutSamples;
  if (total <= 0) return null;
  const begin = length - total; // negative when the fade is longer than the clip
  const entered = Math.max(0, skipped - begin);
  return fadeNode(context, {
    from: (total - entered) / total,
    to: 0,
    curve: clip.fadeCurve,
    startFrame: firstFrame + Math.max(0, begin - skipped),
    frames: total - entered,
  });
}

/** Schedule one clip; returns its source node, or null when the playhead is already past it. */
function scheduleClip(context, clip, buffer, destination, { fromSample, startFrame }) {
  const rate = context.sampleRate;
  const length = clipLength(clip, buffer.length);
  const skipped = Math.max(0, fromSample - clip.offsetSamples);
  if (skipped >= length) return null;
  const firstFrame = startFrame + Math.max(0, clip.offsetSamples - fromSample);
  const source = new AudioBufferSourceNode(context, { buffer });
  const placed = { skipped, firstFrame, length };
  const fades = [fadeIn(context, clip, placed), fadeOut(context, clip, placed)].filter(Boolean);
  [source, ...fades, destination].reduce((from, to) => from.connect(to));
  const seconds = (length - skipped - END_MARGIN_SAMPLES) / rate;
  source.start(firstFrame / rate, (clip.trimStartSamples + skipped) / rate, seconds);
  return source;
}

/**
 * All clips of one track through its gain and panner into `destination`.
 * `startFrame` is the context frame at which song sample `fromSample` sounds.
 */
export function connectTrack(context, track, buffer, destination, { isHeard, fromSample = 0, startFrame = 0 }) {
  const gain = new GainNode(context, { gain: isHeard ? linearGain(track.gainDb) : 0 });
  const panner = new StereoPannerNode(context, { pan: track.pan });
  gain.connect(panner).connect(destination);
  const sources = track.clips
    .map((clip) => scheduleClip(context, clip, buffer, gain, { fromSample, startFrame }))
    .filter(Boolean);
  return { gain, panner, sources };
}

/** The bus all tracks meet on: always stereo, never up- or down-mixed by the browser. */
export function masterBus(context, masterGainDb) {
  return new GainNode(context, {
    gain: linearGain(masterGainDb),
    channelCount: 2,
    channelCountMode: "explicit",
  });
}

/**
 * Render a manifest to exactly `lengthSamples` frames of stereo.
 * @param {object} manifest mix manifest, version 1
 * @param {Map<string, AudioBuffer>} buffersByTrack decoded canonical audio by track id
 * @returns {Promise<{left: Float32Array, right: Float32Array}>}
 */
export async function renderOffline(manifest, buffersByTrack, Context = globalThis.OfflineAudioContext) {
  if (manifest.panLaw !== "webaudio-1" || manifest.sampleRate !== SAMPLE_RATE) {
    throw new Error(`This player renders webaudio-1 at ${SAMPLE_RATE} Hz only.`);
  }
  if (!manifest.lengthSamples) throw new Error("The mix is empty: add a track first.");
  const context = new Context(2, manifest.lengthSamples, SAMPLE_RATE);
  const master = masterBus(context, manifest.masterGainDb);
  master.connect(context.destination);
  const heard = heardIds(manifest.tracks);
  for (const track of manifest.tracks) {
    const buffer = buffersByTrack.get(track.id);
    if (!heard.has(track.id)) continue;
    if (!buffer) throw new Error(`Track ${track.id} has no decoded audio.`);
    connectTrack(context, track, buffer, master, { isHeard: true });
  }
  const rendered = await context.startRendering();
  return { left: rendered.getChannelData(0), right: rendered.getChannelData(1) };
}
