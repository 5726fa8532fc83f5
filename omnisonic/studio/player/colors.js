/** Track colors: tokens of the design system by name, so that each theme brings its own readable value. */
export const TRACK_COLORS = [
  { token: "track-1", label: "Orange" },
  { token: "track-2", label: "Sky blue" },
  { token: "track-3", label: "Green" },
  { token: "track-4", label: "Pink" },
  { token: "track-5", label: "Vermilion" },
  { token: "track-6", label: "Yellow" },
  { token: "track-7", label: "Blue" },
  { token: "track-8", label: "Gray" },
];

const FALLBACKS = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#0072b2", "#999999"];

/** CSS value for a track's color: a token's variable, or the color a client chose itself. */
export function colorOf(track) {
  const match = /^track-([1-8])$/.exec(track.color ?? "");
  if (!match && track.color) return track.color;
  const number = match ? Number(match[1]) : (track.position % 8) + 1;
  return `var(--om-track-${number}, ${FALLBACKS[number - 1]})`;
}

/** A readable text color beside it: some track colors are too light or too dark for words. */
export function textColorOf(track) {
  const match = /^track-([1-8])$/.exec(track.color ?? "");
  return match ? `var(--om-track-text-${match[1]}, var(--text))` : "var(--text)";
}

/** The color an element resolves to, for canvases, which know no CSS variables. */
export function resolvedColor(element) {
  return getComputedStyle(element).color;
}
