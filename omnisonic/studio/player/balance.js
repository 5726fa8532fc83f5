/**
 * Balance levels: fader values that bring every take to one loudness, out of what was measured at upload.
 * Pure: nothing here knows of the page.
 *
 * The goal is the highest loudness that every take can reach with its fader (+12 dB at most) while the mix keeps
 * headroom: the peaks, added up as powers because takes are not in phase, stay at half of full scale (-6 dBFS).
 * With that four takes cannot clip even if all their peaks fall on one sample; more takes practically do not, and no
 * single take comes near full scale. Muted takes count, so that taking a mute off brings no surprise.
 *
 * A mono take is measured as one channel and panned with equal power, so it is as loud in the mix as measured; a
 * stereo take moved off the center gains up to 3 dB, which is a decision of whoever moves it. Trims and fades are left
 * out: loudness is gated, so silence at the ends does not count.
 */
import { clamp, GAIN_MAX_DB, GAIN_MIN_DB, linearGain } from "./mix.js";

export const OFFER_FROM_LU = 9; // below this people mix by ear; above it the quiet takes are not heard at all
const SUM_PEAK = 0.5;
const LEAST_GOAL_LUFS = -40; // a take that cannot even reach this does not pull the others down to it
const STEP_DB = 0.1;

const isMeasured = (take) => Number.isFinite(take.lufs);

/** The takes of a mix with their measured loudness; what is silent, too short or not ready has none. */
export function measuredTakes(tracks, uploads) {
  const rows = tracks.map(({ id, gainDb, uploadId }) => {
    const { status, lufs, truePeakDb } = uploads[uploadId] ?? {};
    return { id, gainDb, lufs: status === "ready" ? lufs : null, truePeakDb };
  });
  return rows.filter(isMeasured);
}

/** How far apart loudest and quietest take are, in LU. */
export function spreadLu(takes) {
  const levels = takes.filter(isMeasured).map((take) => take.lufs);
  return levels.length ? Math.max(...levels) - Math.min(...levels) : 0;
}

/** The loudness every take should have, in LUFS. */
export function goalLufs(takes) {
  const reachable = Math.max(LEAST_GOAL_LUFS, Math.min(...takes.map((take) => take.lufs + GAIN_MAX_DB)));
  // Peak of each take if it were brought to 0 LUFS: the sum of these powers says how far below that all must stay.
  const power = takes.reduce((sum, { lufs, truePeakDb }) => sum + linearGain((truePeakDb ?? 0) - lufs) ** 2, 0);
  return Math.min(reachable, 20 * Math.log10(SUM_PEAK) - 10 * Math.log10(power));
}

/**
 * Fader values by id, in dB, in steps of 0.1 and rounded down so that the headroom holds.
 * @param {{id: string, lufs: number | null, truePeakDb: number | null}[]} takes
 * @returns {Map<string, number>} only takes with a measured loudness
 */
export function balancedGains(takes) {
  const measured = takes.filter(isMeasured);
  if (!measured.length) return new Map();
  const goal = goalLufs(measured);
  const stepped = (gainDb) => Number((Math.floor(gainDb / STEP_DB + 1e-6) * STEP_DB).toFixed(1));
  return new Map(measured.map(({ id, lufs }) => [id, clamp(stepped(goal - lufs), GAIN_MIN_DB, GAIN_MAX_DB)]));
}

/** Whether to offer it: takes far apart, all of them measured, and nobody has moved a fader yet. */
export function isWorthOffering(tracks, uploads) {
  const isDecided = tracks.every((track) => ["ready", "rejected"].includes(uploads[track.uploadId]?.status));
  if (!isDecided || tracks.some((track) => track.gainDb !== 0)) return false;
  const takes = measuredTakes(tracks, uploads);
  return takes.length >= 2 && spreadLu(takes) > OFFER_FROM_LU;
}
