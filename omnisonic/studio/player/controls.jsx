/** The controls of one track: faders with their keys and spoken values, mute and solo, offset, meter. */
import { useRef, useState } from "react";

import { useMeter } from "./hooks.js";
import {
  clamp,
  clipsOf,
  formatDb,
  formatPan,
  GAIN_MAX_DB,
  GAIN_MIN_DB,
  speakDb,
  speakPan,
  toSamples,
  toSeconds,
} from "./mix.js";
import { studio } from "./session.js";

const METER_FLOOR_DB = -54;
const METER_FALL = 0.77; // per reading

/** Native range with the studio's steps: arrows small, PageUp/PageDown large, Backspace or double-click resets. */
function Fader({ value, min, max, step, small, large, reset, onMove, ...rest }) {
  const onKeyDown = (event) => {
    const moves = { ArrowRight: small, ArrowUp: small, ArrowLeft: -small, ArrowDown: -small, PageUp: large, PageDown: -large };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Backspace" || event.key === "Delete") onMove(reset);
    else if (event.key in moves) onMove(clamp(Number((value + moves[event.key]).toFixed(4)), min, max));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <input
      type="range"
      min={min}
      max={max}
      step={step}
      value={value}
      onChange={(event) => onMove(Number(event.target.value))}
      onKeyDown={onKeyDown}
      onDoubleClick={() => onMove(reset)}
      style={{ "--fill": `${((value - min) / (max - min)) * 100}%` }}
      {...rest}
    />
  );
}

function move(track, changes) {
  studio()?.saves.edit(track.id, changes);
  studio()?.room.preview(track.id, changes);
}

export function GainFader({ track, canEdit }) {
  return (
    <Fader
      className="om-fader"
      data-testid="track-gain"
      aria-label={`Gain of ${track.name}`}
      aria-valuetext={speakDb(track.gainDb)}
      title="Gain. Double-click for 0 dB"
      value={track.gainDb}
      min={GAIN_MIN_DB}
      max={GAIN_MAX_DB}
      step={0.1}
      small={0.5}
      large={3}
      reset={0}
      disabled={!canEdit}
      onMove={(gainDb) => move(track, { gainDb })}
    />
  );
}

/** Level of the whole mix, before the export's own gain. */
export function MasterFader({ gainDb, canEdit }) {
  return (
    <span className="om-master-gain">
      <Fader
        className="om-fader"
        data-testid="master-gain"
        aria-label="Master level"
        aria-valuetext={speakDb(gainDb)}
        title="Master level. Double-click for 0 dB"
        value={gainDb}
        min={GAIN_MIN_DB}
        max={GAIN_MAX_DB}
        step={0.1}
        small={0.5}
        large={3}
        reset={0}
        disabled={!canEdit}
        onMove={(moved) => studio()?.master.edit(moved)}
      />
      <span className="om-value om-value-db" data-testid="master-value">
        {formatDb(gainDb)}
      </span>
    </span>
  );
}

export function GainValue({ track }) {
  return <span className="om-value om-value-db">{formatDb(track.gainDb)}</span>;
}

export function PanFader({ track, canEdit }) {
  return (
    <span className="om-pan">
      <Fader
        className="om-fader om-fader-pan"
        data-testid="track-pan"
        aria-label={`Pan of ${track.name}`}
        aria-valuetext={speakPan(track.pan)}
        title="Pan. Double-click for center"
        value={track.pan}
        min={-1}
        max={1}
        step={0.01}
        small={0.05}
        large={0.25}
        reset={0}
        disabled={!canEdit}
        onMove={(pan) => move(track, { pan })}
      />
      <span className="om-value om-value-pan">{formatPan(track.pan)}</span>
    </span>
  );
}

/** Mute or solo: one letter, `aria-pressed`, red or amber when on. */
function Toggle({ track, field, letter, verb, canEdit, testId }) {
  const isOn = track[field];
  return (
    <button
      type="button"
      className={`om-toggle om-toggle-${field}`}
      data-testid={testId}
      aria-pressed={isOn}
      aria-label={`${verb} ${track.name}`}
      title={`${verb} (${letter})`}
      disabled={!canEdit}
      onClick={() => studio()?.saves.edit(track.id, { [field]: !isOn })}
    >
      {letter}
    </button>
  );
}

export function MuteSolo({ track, canEdit }) {
  const shared = { track, canEdit };
  return (
    <span className="om-toggles">
      <Toggle {...shared} field="muted" letter="M" verb="Mute" testId="track-mute" />
      <Toggle {...shared} field="soloed" letter="S" verb="Solo" testId="track-solo" />
    </span>
  );
}

/** Text that is saved when it is left or Enter is pressed; Escape takes it back. */
function useDraft(value, commit) {
  const [draft, setDraft] = useState(null);
  const finish = (text) => {
    setDraft(null);
    if (text !== null && text !== value) commit(text);
  };
  return {
    value: draft ?? value,
    onChange: (event) => setDraft(event.target.value),
    onBlur: () => finish(draft),
    onKeyDown: (event) => {
      if (event.key === "Enter") event.currentTarget.blur();
      if (event.key === "Escape") {
        setDraft(null);
        event.stopPropagation();
      }
    },
  };
}

export function TrackName({ track, canEdit, inputRef }) {
  const draft = useDraft(track.name, (text) => {
    const name = text.trim().slice(0, 120);
    if (name) studio()?.saves.edit(track.id, { name });
  });
  return (
    <input
      ref={inputRef}
      className="om-name"
      data-testid="track-name"
      aria-label="Track name"
      dir="auto"
      maxLength={120}
      readOnly={!canEdit}
      title={track.name}
      {...draft}
    />
  );
}

/** Start of the first clip in seconds. */
export function OffsetField({ track, canEdit }) {
  const [clip] = clipsOf(track);
  const shown = String(Number(toSeconds(clip.offsetSamples).toFixed(3)));
  const draft = useDraft(shown, (text) => {
    const seconds = Number(text);
    if (text.trim() && Number.isFinite(seconds)) {
      studio()?.saves.edit(track.id, { offsetSamples: toSamples(clamp(seconds, 0, 36000)) });
    }
  });
  return (
    <label className="om-offset" title="Where the clip starts, in seconds">
      <span className="om-offset-mark" aria-hidden="true">
        at
      </span>
      <input
        type="number"
        inputMode="decimal"
        min={0}
        step={0.01}
        data-testid="track-offset"
        aria-label={`Start of ${track.name} in seconds`}
        readOnly={!canEdit}
        {...draft}
      />
      <span className="om-unit" aria-hidden="true">
        s
      </span>
    </label>
  );
}

function meterShare(level) {
  if (level <= 0) return 0;
  return clamp(1 - (20 * Math.log10(level)) / METER_FLOOR_DB, 0, 1);
}

/**
 * A falling peak bar; `read(engine)` gives its level. A cover over the colors shrinks by a transform, so that a moving
 * meter paints nothing. Never announced: it is decoration beside the numbers.
 */
export function Meter({ read, isWide = false }) {
  const bar = useRef(null);
  const cover = useRef(null);
  const held = useRef(0);
  const drawn = useRef(0);
  useMeter(bar, (engine) => {
    held.current = Math.max(engine ? read(engine) : 0, held.current * METER_FALL);
    if (held.current < 1e-4) held.current = 0;
    const level = Math.round(meterShare(held.current) * 100); // a hundredth is about a pixel
    if (level === drawn.current) return;
    drawn.current = level;
    cover.current.style.transform = `${isWide ? "scaleX" : "scaleY"}(${1 - level / 100})`;
  });
  return (
    <span ref={bar} className={isWide ? "om-meter om-meter-wide" : "om-meter"} aria-hidden="true">
      <i ref={cover} />
    </span>
  );
}
