/** Keyboard shortcuts of the studio page. Letters can be switched off (WCAG 2.1.4). */
import { balanceLevels } from "./balancing.jsx";
import { nudge } from "./clip.jsx";
import { seekTo } from "./frames.js";
import { SAMPLE_RATE } from "./mix.js";
import { studio } from "./session.js";
import { store } from "./store.js";

const STORAGE_KEY = "omnisonic:letter-keys";
const NUDGE_S = 0.1;

export const KEY_LIST = [
  ["Space", "Play or pause"],
  ["Home, End", "Go to start or end"],
  ["\u2190 \u2192", "Back or forward 5 seconds, with Shift 1 second"],
  ["\u2191 \u2193", "Previous or next track"],
  ["M, S", "Mute or solo the selected track"],
  ["B", "Balance levels: every take equally loud"],
  ["Ctrl + \u2190 \u2192", "Move the selected clip by 0.1 seconds"],
  ["Ctrl + Z, Ctrl + Shift + Z", "Undo, redo"],
  ["+, \u2212", "Zoom in or out"],
  ["?", "This list"],
];

export function areLettersOn() {
  return localStorage.getItem(STORAGE_KEY) !== "off";
}

export function setLetters(isOn) {
  localStorage.setItem(STORAGE_KEY, isOn ? "on" : "off");
}

/** True where a key already means something else: text, pickers, open dialogs, foreign widgets. */
function isTaken(event) {
  const { target } = event;
  if (event.defaultPrevented || !(target instanceof Element)) return true;
  if (target.closest("dialog, [role=dialog], [role=menu], [role=listbox], [role=tablist], [contenteditable=true]")) return true;
  if (target.matches("textarea, select")) return true;
  return target.matches("input") && !target.matches("[type=range], [type=checkbox], [type=radio]");
}

function selectedTrack() {
  const { tracks, selectedTrackId } = store.get();
  return tracks.find((track) => track.id === selectedTrackId);
}

function selectNeighbor(step) {
  const { tracks, selectedTrackId } = store.get();
  if (!tracks.length) return;
  const at = tracks.findIndex((track) => track.id === selectedTrackId);
  const next = tracks[Math.min(tracks.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
  store.set({ selectedTrackId: next.id });
  document.querySelector(`.om-studio [data-track-id="${next.id}"]`)?.focus();
}

function flip(field) {
  const track = selectedTrack();
  if (!track) return false;
  studio()?.saves.edit(track.id, { [field]: !track[field] });
  return true;
}

function withControl(event) {
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const track = selectedTrack();
  if (direction) {
    if (track) nudge(track, direction * NUDGE_S);
    return Boolean(track);
  }
  if (event.key.toLowerCase() === "z") return event.shiftKey ? studio()?.saves.redo() : studio()?.saves.undo();
  if (event.key.toLowerCase() === "y") return studio()?.saves.redo();
  return false;
}

function plain(event, { onKeys, view }) {
  const engine = studio()?.engine;
  if (!engine) return false;
  const step = (event.shiftKey ? 1 : 5) * SAMPLE_RATE;
  const isOnButton = event.target.matches("button, a, summary, input");
  const letters = areLettersOn();
  const actions = {
    " ": () => !isOnButton && (studio().togglePlay(), true),
    Home: () => (seekTo(0), true),
    End: () => (seekTo(engine.lengthSamples), true),
    ArrowLeft: () => (seekTo(engine.position - step), true),
    ArrowRight: () => (seekTo(engine.position + step), true),
    ArrowUp: () => (selectNeighbor(-1), true),
    ArrowDown: () => (selectNeighbor(1), true),
    m: () => letters && flip("muted"),
    s: () => letters && flip("soloed"),
    b: () => letters && balanceLevels(),
    "?": () => (onKeys(), true),
    "+": () => (view?.zoomIn(), true),
    "-": () => (view?.zoomOut(), true),
  };
  return actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]?.() ?? false;
}

/** Listen on the window; returns the way out. `context()` gives `{onKeys, view}` of the moment. */
export function listenForKeys(context) {
  const onKeyDown = (event) => {
    if (isTaken(event) || event.altKey) return;
    const isHandled = event.ctrlKey || event.metaKey ? withControl(event) : plain(event, context());
    if (isHandled) event.preventDefault();
  };
  window.addEventListener("keydown", onKeyDown);
  return () => window.removeEventListener("keydown", onKeyDown);
}
