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

/** The fades of one clip with nothing playing into them yet, or null when the playhead is already past it. */
function placeClip(context, clip, take, destination, { fromSample, startFrame }) {
  const length = clipLength(clip, take.lengthSamples);
  const skipped = Math.max(0, fromSample - clip.offsetSamples);
  if (skipped >= length) return null;
  const firstFrame = startFrame + Math.max(0, clip.offsetSamples - fromSample);
  const placed = { skipped, firstFrame, length };
  const input = new GainNode(context);
  const fades = [fadeIn(context, clip, placed), fadeOut(context, clip, placed)].filter(Boolean);
  [input, ...fades, destination].reduce((from, to) => from.connect(to));
  const begin = clip.trimStartSamples + skipped;
  return { input, firstFrame, begin, end: clip.trimStartSamples + length, scheduled: new Set() };
}

/** Schedule a piece of a take from `sample` on; pieces follow each other without a gap or an overlap of one frame. */
function playPiece(context, { buffer, sample, end, pieceStart }, { input, frame }) {
  const rate = context.sampleRate;
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(input);
  const isCut = end < pieceStart + buffer.length;
  const seconds = isCut ? [(end - sample - END_MARGIN_SAMPLES) / rate] : [];
  source.start(frame / rate, (sample - pieceStart) / rate, ...seconds);
  return source;
}

/**
 * Schedule what is decoded of a track's clips and begins before `untilFrame`; what comes late joins at `fromFrame`.
 * Call again when more is decoded: nothing is scheduled twice. New sources are added to `voice.sources`.
 */
export function feedTrack(context, voice, take, { fromFrame = 0, untilFrame = Infinity } = {}) {
  const { pieceSamples } = take;
  if (!pieceSamples) return;
  for (const placed of voice.clips) {
    for (let index = Math.floor(placed.begin / pieceSamples); index * pieceSamples < placed.end; index += 1) {
      const pieceStart = index * pieceSamples;
      const first = Math.max(placed.begin, pieceStart);
      const frame = placed.firstFrame + first - placed.begin;
      if (frame >= untilFrame) break;
      const buffer = placed.scheduled.has(index) ? null : take.bufferOf(index);
      const late = Math.max(0, fromFrame - frame);
      const end = Math.min(placed.end, pieceStart + pieceSamples);
      if (!buffer || first + late >= end) continue;
      placed.scheduled.add(index);
      const piece = { buffer, sample: first + late, end, pieceStart };
      const source = playPiece(context, piece, { input: placed.input, frame: frame + late });
      voice.sources.add(source);
      source.onended = () => {
        source.disconnect();
        voice.sources.delete(source);
      };
    }
  }
}

/**
 * The clips of one track through its gain and panner into `destination`, waiting for `feedTrack`.
 * `startFrame` is the context frame at which song sample `fromSample` sounds.
 */
export function connectTrack(context, track, take, destination, { isHeard, fromSample = 0, startFrame = 0 }) {
  const gain = new GainNode(context, { gain: isHeard ? linearGain(track.gainDb) : 0 });
  const panner = new StereoPannerNode(context, { pan: track.pan });
  gain.connect(panner).connect(destination);
  const clips = track.clips
    .map((clip) => placeClip(context, clip, take, gain, { fromSample, startFrame }))
    .filter(Boolean);
  return { gain, panner, clips, sources: new Set() };
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
 * @param {Map<string, Take>} takesByTrack decoded canonical audio by track id, every piece of it
 * @returns {Promise<{left: Float32Array, right: Float32Array}>}
 */
export async function renderOffline(manifest, takesByTrack, Context = globalThis.OfflineAudioContext) {
  if (manifest.panLaw !== "webaudio-1" || manifest.sampleRate !== SAMPLE_RATE) {
    throw new Error(`This player renders webaudio-1 at ${SAMPLE_RATE} Hz only.`);
  }
  if (!manifest.lengthSamples) throw new Error("The mix is empty: add a track first.");
  const context = new Context(2, manifest.lengthSamples, SAMPLE_RATE);
  const master = masterBus(context, manifest.masterGainDb);
  master.connect(context.destination);
  const heard = heardIds(manifest.tracks);
  for (const track of manifest.tracks) {
    const take = takesByTrack.get(track.id);
    if (!heard.has(track.id)) continue;
    if (!take) throw new Error(`Track ${track.id} has no decoded audio.`);
    feedTrack(context, connectTrack(context, track, take, master, { isHeard: true }), take);
  }
  const rendered = await context.startRendering();
  return { left: rendered.getChannelData(0), right: rendered.getChannelData(1) };
}
