/** Two beats of the page: readings of the engine while the mix plays, and redraws of canvases when something they show changed. */
import { studio } from "./session.js";
import { store } from "./store.js";

const PAUSE_MS = 20; // and the wait for the screen: about 30 readings a second, more than meters and figures need
const AFTERGLOW_FRAMES = 24; // meters fall to rest after a stop

const frameListeners = new Set();
const drawers = new Set();
let frameRequest = 0;
let pause = 0;
let drawRequest = 0;
let glow = 0;

function tick() {
  frameRequest = 0;
  clearTimeout(pause);
  const engine = studio()?.engine;
  const frame = { engine, position: engine?.position ?? 0, isPlaying: engine?.isPlaying ?? false };
  for (const listener of frameListeners) listener(frame);
  if (frame.isPlaying) glow = AFTERGLOW_FRAMES;
  else glow -= 1;
  if (glow > 0) pause = setTimeout(requestFrame, PAUSE_MS);
}

/** Read the engine once more on the next frame, for instance after a seek while stopped. */
export function requestFrame() {
  if (!frameRequest && frameListeners.size) frameRequest = requestAnimationFrame(tick);
}

/** Move the playhead and show it there, playing or not. */
export function seekTo(sample) {
  studio()?.engine.seek(sample);
  requestFrame();
}

let stopFollowing = () => {};

/** Call `listener({engine, position, isPlaying})` about thirty times a second while playing. Returns the way out. */
export function onFrame(listener) {
  if (!frameListeners.size) stopFollowing = store.subscribe(requestFrame);
  frameListeners.add(listener);
  requestFrame();
  return () => {
    frameListeners.delete(listener);
    if (frameListeners.size) return;
    stopFollowing();
    clearTimeout(pause);
    cancelAnimationFrame(frameRequest);
    frameRequest = 0;
  };
}

function drawAll() {
  drawRequest = 0;
  for (const draw of drawers) draw();
}

/** Redraw every canvas on the next frame. */
export function requestDraw() {
  if (!drawRequest && drawers.size) drawRequest = requestAnimationFrame(drawAll);
}

const themeWatch = { observer: null, media: null };

function watchPage() {
  // Colors are read from CSS: a theme switch shows as a changed attribute of the root or as a changed system setting.
  themeWatch.observer = new MutationObserver(requestDraw);
  const watched = { attributes: true, attributeFilter: ["class", "style", "data-theme", "data-color-mode"] };
  themeWatch.observer.observe(document.documentElement, watched);
  themeWatch.observer.observe(document.body, watched);
  themeWatch.media = window.matchMedia("(prefers-color-scheme: dark)");
  themeWatch.media.addEventListener("change", requestDraw);
  window.addEventListener("resize", requestDraw);
  window.addEventListener("scroll", requestDraw, { capture: true, passive: true });
  window.addEventListener("omnisonic:redraw", requestDraw);
}

function leavePage() {
  themeWatch.observer.disconnect();
  themeWatch.media.removeEventListener("change", requestDraw);
  window.removeEventListener("resize", requestDraw);
  window.removeEventListener("scroll", requestDraw, { capture: true });
  window.removeEventListener("omnisonic:redraw", requestDraw);
  cancelAnimationFrame(drawRequest);
  drawRequest = 0;
}

/** Call `draw` when the page scrolls, resizes, changes theme or a waveform arrives. Returns the way out. */
export function onDraw(draw) {
  if (!drawers.size) watchPage();
  drawers.add(draw);
  requestDraw();
  return () => {
    drawers.delete(draw);
    if (!drawers.size) leavePage();
  };
}
