/** Waveforms as bars on a canvas, in the colors of the theme. */
const BAR = 3; // css pixels from bar to bar

/** Draws `peaks` as bars in a box; every bar shows the loudest point below it. */
export function drawBars(pen, peaks, { left, top, width, height, color }) {
  const bars = Math.max(1, Math.floor(width / BAR));
  const middle = top + height / 2;
  pen.fillStyle = color;
  for (let bar = 0; bar < bars; bar += 1) {
    const from = Math.floor((bar / bars) * peaks.length);
    const to = Math.max(from + 1, Math.floor(((bar + 1) / bars) * peaks.length));
    let most = 0;
    for (let at = from; at < to && at < peaks.length; at += 1) most = Math.max(most, peaks[at]);
    const tall = Math.max(1.5, most * height);
    pen.beginPath();
    pen.roundRect(left + bar * BAR, middle - tall / 2, BAR - 1, tall, 1);
    pen.fill();
  }
}

/** Sizes a canvas to its box in device pixels and hands out a pen in css pixels. */
export function penOf(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  return { pen, width, height };
}

export function trackColor(canvas, color) {
  return getComputedStyle(canvas).getPropertyValue(`--om-track-${color}`).trim();
}

/** Calls `draw` on every change of size and of theme; returns how to stop. */
export function redrawOnChange(canvas, draw) {
  const size = new ResizeObserver(draw);
  size.observe(canvas);
  const theme = new MutationObserver(draw);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  return () => {
    size.disconnect();
    theme.disconnect();
  };
}

/** One stem over the whole canvas; `peaks` are 0..1. */
export function drawStem(canvas, peaks, color) {
  const { pen, width, height } = penOf(canvas);
  drawBars(pen, peaks, { left: 0, top: 0, width, height, color: trackColor(canvas, color) });
}
