/** The mix as numbers: who is heard, where clips lie, the manifest, and how values are written for people. */

export const SAMPLE_RATE = 48000;
export const GAIN_MIN_DB = -60;
export const GAIN_MAX_DB = 12;

const CLIP_FIELDS = [
  "offsetSamples",
  "trimStartSamples",
  "trimEndSamples",
  "fadeInSamples",
  "fadeOutSamples",
  "fadeCurve",
];

const EMPTY_CLIP = {
  offsetSamples: 0,
  trimStartSamples: 0,
  trimEndSamples: 0,
  fadeInSamples: 0,
  fadeOutSamples: 0,
  fadeCurve: "linear",
};

/** Ids of the tracks that sound: the soloed and not muted ones if any is soloed, else the not muted ones. */
export function heardIds(tracks) {
  const isSoloing = tracks.some((track) => track.soloed);
  return new Set(tracks.filter((track) => !track.muted && (!isSoloing || track.soloed)).map((track) => track.id));
}

export function linearGain(gainDb) {
  return 10 ** (gainDb / 20);
}

export function clipsOf(track) {
  return track.clips?.length ? track.clips : [EMPTY_CLIP];
}

export function clipLength(clip, durationSamples) {
  return Math.max(0, durationSamples - clip.trimStartSamples - clip.trimEndSamples);
}

/** No fade is longer than its clip: a trim may have left less than there was. */
function fitFades(clip, durationSamples) {
  const length = clipLength(clip, durationSamples);
  return {
    ...clip,
    fadeInSamples: Math.min(clip.fadeInSamples, length),
    fadeOutSamples: Math.min(clip.fadeOutSamples, length),
  };
}

/** A track with changes applied; the flat clip fields of the REST contract mean its first clip. */
export function applyEdit(track, changes) {
  const next = { ...track };
  const clipChanges = {};
  for (const [name, value] of Object.entries(changes)) {
    if (CLIP_FIELDS.includes(name)) clipChanges[name] = value;
    else next[name] = value;
  }
  if (Object.keys(clipChanges).length) {
    const [first, ...rest] = clipsOf(track);
    next.clips = [{ ...first, ...clipChanges }, ...rest];
  }
  return next;
}

/** The values a track has now for the names of `changes`: what undo goes back to. */
export function valuesOf(track, names) {
  const [clip] = clipsOf(track);
  return Object.fromEntries(names.map((name) => [name, CLIP_FIELDS.includes(name) ? clip[name] : track[name]]));
}

/** Fields to create this track again elsewhere or after a removal. */
export function flatFields(track) {
  const names = ["uploadId", "name", "gainDb", "pan", "muted", "soloed", "color", ...CLIP_FIELDS];
  const values = Object.entries(valuesOf(track, names));
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== null));
}

/**
 * Mix manifest, version 1, of the edits on screen. Tracks whose upload is still processing are left out.
 * Length: the largest clip end of all tracks, heard or not.
 */
export function buildManifest(session, tracks, uploads, previews = {}) {
  const rows = [];
  let lengthSamples = 0;
  for (const track of tracks) {
    const upload = uploads[track.uploadId];
    if (upload?.status !== "ready") continue;
    const clips = clipsOf(track).map((clip) => fitFades(clip, upload.durationSamples));
    for (const clip of clips) {
      lengthSamples = Math.max(lengthSamples, clip.offsetSamples + clipLength(clip, upload.durationSamples));
    }
    rows.push({ ...track, ...previews[track.id], channels: upload.channels, durationSamples: upload.durationSamples, clips });
  }
  return {
    version: 1,
    panLaw: "webaudio-1",
    sampleRate: SAMPLE_RATE,
    lengthSamples,
    masterGainDb: session?.masterGainDb ?? 0,
    tracks: rows,
  };
}

export function toSeconds(samples) {
  return samples / SAMPLE_RATE;
}

export function toSamples(seconds) {
  return Math.round(seconds * SAMPLE_RATE);
}

/** "1:07" or, with tenths, "1:07.4". */
export function formatTime(samples, digits = 0) {
  const unit = 10 ** digits;
  const total = Math.floor((samples / SAMPLE_RATE) * unit + 1e-6);
  const minutes = Math.floor(total / (60 * unit));
  const seconds = ((total - minutes * 60 * unit) / unit).toFixed(digits);
  return `${minutes}:${seconds.padStart(digits ? 3 + digits : 2, "0")}`;
}

export function formatDb(gainDb) {
  const rounded = Math.round(gainDb * 10) / 10 || 0;
  return `${rounded < 0 ? "\u2212" : rounded > 0 ? "+" : ""}${Math.abs(rounded).toFixed(1)} dB`;
}

export function formatPan(pan) {
  const percent = Math.round(Math.abs(pan) * 100);
  if (percent === 0) return "C";
  return `${pan < 0 ? "L" : "R"} ${percent}`;
}

export function speakDb(gainDb) {
  return `${(Math.round(gainDb * 10) / 10 || 0).toFixed(1)} decibels`;
}

export function speakPan(pan) {
  const percent = Math.round(Math.abs(pan) * 100);
  return percent === 0 ? "center" : `${percent} percent ${pan < 0 ? "left" : "right"}`;
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}
