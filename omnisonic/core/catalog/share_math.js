/** Shares in millionths, as the server counts them. */
export const WHOLE_PPM = 1_000_000;
export const TOLERANCE_PPM = 600; // totals within 0.06 % are made exact
const PPM_PER_PERCENT = 10_000;

/** Millionths of "33.3333", "33,3333" or "1/3"; null for anything else. */
export function readShare(text) {
  const plain = text.replace("%", "").replace(",", ".").trim();
  const fraction = /^(\d{1,6})\s*\/\s*(\d{1,6})$/.exec(plain);
  const percent = fraction ? (Number(fraction[1]) / Number(fraction[2])) * 100 : /^\d*\.?\d+$|^\d+\.$/.test(plain) ? Number(plain) : NaN;
  const ppm = Math.round(percent * PPM_PER_PERCENT);
  return ppm >= 0 && ppm <= WHOLE_PPM ? ppm : null;
}

/** "33.3333" of 333333. */
export const writeShare = (ppm) => String(Number((ppm / PPM_PER_PERCENT).toFixed(4)));

/** The whole in equal parts; the first get what cannot be divided: 333334, 333333, 333333. */
export function splitEvenly(count) {
  const rest = WHOLE_PPM % count;
  return Array.from({ length: count }, (_, at) => Math.floor(WHOLE_PPM / count) + (at < rest ? 1 : 0));
}

/** What a sum means: its state and what to say about it. */
export function judge(total) {
  const away = Math.abs(WHOLE_PPM - total);
  if (away === 0) return { state: "whole", words: "Adds up to 100 %" };
  if (away <= TOLERANCE_PPM) return { state: "whole", words: "Close enough: saving makes it exactly 100 %" };
  if (total < WHOLE_PPM) return { state: "short", words: `${writeShare(away)} % unclaimed` };
  return { state: "conflict", words: `${writeShare(away)} % too much: it would be saved as a conflict` };
}
