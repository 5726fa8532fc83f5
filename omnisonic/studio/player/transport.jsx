/** Transport: start, play or pause, time, position slider, zoom, master meter and the list of keys. */
import { useEffect, useMemo, useRef } from "react";

import { BalanceButton } from "./balancing.jsx";
import { MasterFader, Meter } from "./controls.jsx";
import { requestFrame, seekTo } from "./frames.js";
import { useFrame, useMeter, useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { buildManifest, formatTime, SAMPLE_RATE, toSamples, toSeconds } from "./mix.js";
import { studio } from "./session.js";
import { SoloNote } from "./solo.jsx";

const SPOKEN_EVERY_SAMPLES = SAMPLE_RATE / 4;
const PEAK_HOLD_READINGS = 45;

/** Length of the mix on screen, in samples. */
export function useLength() {
  const session = useStudio((state) => state.session);
  const tracks = useStudio((state) => state.tracks);
  const uploads = useStudio((state) => state.uploads);
  return useMemo(() => buildManifest(session, tracks, uploads).lengthSamples, [session, tracks, uploads]);
}

/** The position as a native range, so that keyboards and screen readers can move it. Updated without React. */
export function SeekSlider({ className }) {
  const length = useLength();
  const slider = useRef(null);
  const shown = useRef(-1);
  useEffect(() => {
    shown.current = -1;
    requestFrame();
  }, [length]);
  useFrame(({ position, isPlaying }) => {
    const moved = Math.abs(position - shown.current);
    if (moved < (isPlaying ? SPOKEN_EVERY_SAMPLES : 1)) return;
    shown.current = position;
    slider.current.value = toSeconds(position).toFixed(2);
    slider.current.setAttribute("aria-valuetext", `${formatTime(position)} of ${formatTime(length)}`);
  });
  return (
    <input
      ref={slider}
      type="range"
      className={className}
      data-testid="seek"
      aria-label="Position"
      aria-valuetext={`0:00 of ${formatTime(length)}`}
      min={0}
      max={Math.max(0.01, toSeconds(length))}
      step={0.01}
      defaultValue={0}
      onChange={(event) => seekTo(toSamples(Number(event.target.value)))}
      onKeyDown={onSeekKey}
    />
  );
}

/** Arrows move five seconds, with Shift one; a native range would move by its tiny step. */
function onSeekKey(event) {
  const engine = studio()?.engine;
  if (!engine || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = (event.shiftKey ? 1 : 5) * SAMPLE_RATE;
  const targets = {
    ArrowLeft: engine.position - step,
    ArrowDown: engine.position - step,
    ArrowRight: engine.position + step,
    ArrowUp: engine.position + step,
    PageDown: engine.position - 6 * step,
    PageUp: engine.position + 6 * step,
    Home: 0,
    End: engine.lengthSamples,
  };
  if (!(event.key in targets)) return;
  event.preventDefault();
  event.stopPropagation();
  seekTo(targets[event.key]);
}

export function PlayButton({ size = 20 }) {
  const playback = useStudio((state) => state.playback);
  const length = useLength();
  const isOn = playback.state !== "stopped";
  return (
    <button
      type="button"
      className="om-play"
      data-testid="play"
      data-state={playback.state}
      aria-label={playback.state === "playing" ? "Pause" : isOn ? "Stop waiting" : "Play"}
      title="Play or pause (Space)"
      disabled={length === 0}
      onClick={() => studio()?.togglePlay()}
    >
      {playback.state === "waiting" && <span className="om-play-ring" aria-hidden="true" />}
      <Icon name={isOn ? "pause" : "play"} size={size} />
    </button>
  );
}

export function ToStart() {
  return (
    <button
      type="button"
      className="om-icon-button om-to-start"
      data-testid="to-start"
      aria-label="Go to start"
      title="Go to start (Home)"
      onClick={() => seekTo(0)}
    >
      <Icon name="start" size={20} />
    </button>
  );
}

/** "1:07.4" that follows the engine by writing text, not by rendering. */
export function Clock({ digits = 1, className = "om-clock" }) {
  const text = useRef(null);
  useFrame(({ position }) => {
    const next = formatTime(position, digits);
    if (text.current && text.current.textContent !== next) text.current.textContent = next;
  });
  return (
    <span ref={text} className={className} data-testid="time">
      {formatTime(0, digits)}
    </span>
  );
}

/** Highest recent peak in words: the meter's bar alone would say it by color only. */
function PeakReadout() {
  const text = useRef(null);
  const held = useRef({ level: 0, readings: 0 });
  useMeter(text, (engine) => {
    const level = engine ? Math.max(engine.masterLevel(0), engine.masterLevel(1)) : 0;
    const { current } = held;
    if (level >= current.level || current.readings > PEAK_HOLD_READINGS) Object.assign(current, { level, readings: 0 });
    else current.readings += 1;
    const isOver = current.level > 1;
    const decibels = current.level < 1e-4 ? "\u2212\u221e dB" : `${(20 * Math.log10(current.level)).toFixed(1).replace("-", "\u2212")} dB`;
    const next = isOver ? "over" : decibels;
    if (text.current.textContent !== next) text.current.textContent = next;
    text.current.toggleAttribute("data-over", isOver);
  });
  return (
    <span ref={text} className="om-peak" aria-hidden="true" title="Highest recent peak of the mix">
      {"\u2212\u221e dB"}
    </span>
  );
}

export function MasterMeter() {
  const gainDb = useStudio((state) => state.session?.masterGainDb ?? 0);
  const canEdit = useStudio((state) => state.canEdit);
  return (
    <span className="om-master">
      <span className="om-master-label">Master</span>
      <MasterFader gainDb={gainDb} canEdit={canEdit} />
      <span className="om-master-bars" aria-hidden="true">
        <Meter isWide read={(engine) => engine.masterLevel(0)} />
        <Meter isWide read={(engine) => engine.masterLevel(1)} />
      </span>
      <PeakReadout />
    </span>
  );
}

function ZoomButtons({ view }) {
  return (
    <span className="om-zoom" role="group" aria-label="Zoom">
      <button type="button" className="om-icon-button" data-testid="zoom-out" aria-label="Zoom out" title="Zoom out" disabled={view.isFit} onClick={view.zoomOut}>
        <Icon name="minus" />
      </button>
      <button type="button" className="om-icon-button" data-testid="zoom-in" aria-label="Zoom in" title="Zoom in" onClick={view.zoomIn}>
        <Icon name="plus" />
      </button>
    </span>
  );
}

export function Transport({ view, onKeys }) {
  const length = useLength();
  const playback = useStudio((state) => state.playback);
  return (
    <div className="om-transport" role="toolbar" aria-label="Transport">
      <ToStart />
      <PlayButton />
      <span className="om-time">
        <Clock /> <span className="om-total">/ {formatTime(length, 1)}</span>
      </span>
      {playback.detail && <span className="om-pill" data-testid="loading">{playback.detail}</span>}
      <SoloNote />
      <span className="om-spacer" />
      <BalanceButton />
      <ZoomButtons view={view} />
      <MasterMeter />
      <button type="button" className="om-pill om-pill-button" data-testid="keys" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={onKeys}>
        <Icon name="keyboard" /> ?
      </button>
    </div>
  );
}
