/** One clip on its lane: a box that can be dragged or moved by keys, with its waveform drawn for the visible part. */
import { useRef, useState } from "react";

import { resolvedColor } from "./colors.js";
import { requestDraw, seekTo } from "./frames.js";
import { useDraw, useInSight } from "./hooks.js";
import { clipLength, clipsOf, formatTime, SAMPLE_RATE, toSamples, toSeconds } from "./mix.js";
import { drawClip, LEVELS, overviewExtremes, prepareCanvas, takeExtremes } from "./peaks.js";
import { studio } from "./session.js";

const DRAG_THRESHOLD_PX = 3;
const NUDGE_S = 0.01;
const STEP_S = 0.1;
const WAVE_INSET_PX = 12;

/** Move the first clip of a track; never before the start of the song. */
export function nudge(track, seconds) {
  const [clip] = clipsOf(track);
  const offsetSamples = Math.max(0, clip.offsetSamples + toSamples(seconds));
  studio()?.saves.edit(track.id, { offsetSamples });
}

/** Where lowest and highest values of a file come from at this zoom: `take` is null unless samples are drawn. */
function peakSources(uploadId, samplesPerPixel) {
  const overview = studio()?.peaks.find(uploadId, samplesPerPixel) ?? null;
  return { overview, take: overview && samplesPerPixel < LEVELS[0] ? studio().audio.takeOf(uploadId) : null };
}

/** Reads lowest and highest values of a file at this zoom, or null while nothing is there yet. */
export function extremesReader(uploadId, samplesPerPixel) {
  const { overview, take } = peakSources(uploadId, samplesPerPixel);
  if (!overview) return null;
  const coarse = (from, to) => overviewExtremes(overview, from, to);
  return take ? (from, to) => takeExtremes(take, from, to) ?? coarse(from, to) : coarse;
}

/** Everything a lane's picture depends on: while none of it changes, a redraw of the page leaves the canvas alone. */
function pictureOf(element, { track, upload, samplesPerPixel, dragSamples }) {
  const ratio = globalThis.devicePixelRatio || 1;
  const { overview, take } = peakSources(upload.id, samplesPerPixel / ratio);
  const scrolled = element.closest(".om-scroll").scrollLeft;
  const color = resolvedColor(element);
  const place = [element.clientWidth, element.clientHeight, ratio, scrolled, samplesPerPixel, dragSamples];
  return { scrolled, color, content: [...place, color, track.clips, upload, overview, take?.loads] };
}

/** The lane's canvas: as wide as the window on it, whatever the song's length. */
export function LaneWaveform({ track, upload, samplesPerPixel, dragSamples }) {
  const canvas = useRef(null);
  const drawn = useRef([]);
  const isInSight = useInSight(canvas, requestDraw);
  useDraw(() => {
    const element = canvas.current;
    if (!isInSight.current || !element?.clientWidth) return;
    const { scrolled, color, content } = pictureOf(element, { track, upload, samplesPerPixel, dragSamples });
    if (content.every((value, index) => value === drawn.current[index])) return;
    drawn.current = content;
    const surface = prepareCanvas(element);
    const extremes = extremesReader(upload.id, samplesPerPixel * surface.step);
    if (!extremes) return;
    clipsOf(track).forEach((clip, index) => {
      const offset = clip.offsetSamples + (index === 0 ? dragSamples : 0);
      const length = clipLength(clip, upload.durationSamples);
      const left = offset / samplesPerPixel - scrolled;
      drawClip(surface, { extremes, clip, length, left, samplesPerPixel, color, inset: WAVE_INSET_PX });
    });
  });
  return <canvas ref={canvas} className="om-wave" aria-hidden="true" />;
}

/** Pointer drag of the first clip: shown while it lasts, saved once at its end, a click without moving seeks. */
function useClipDrag({ track, samplesPerPixel, isEnabled, onDrag }) {
  const start = useRef(null);
  const [isDragging, setDragging] = useState(false);
  const distance = (event) => {
    const moved = Math.round((event.clientX - start.current.x) * samplesPerPixel);
    return Math.max(moved, -clipsOf(track)[0].offsetSamples);
  };
  const finish = (event, isKept) => {
    if (!start.current) return;
    const moved = start.current.isMoving ? distance(event) : 0;
    const wasMoving = start.current.isMoving;
    start.current = null;
    setDragging(false);
    onDrag(0);
    if (!wasMoving && isKept) seekTo(sampleUnder(event, samplesPerPixel));
    else if (moved && isKept) nudge(track, moved / SAMPLE_RATE);
  };
  return {
    isDragging,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        start.current = { x: event.clientX, isMoving: false };
        event.currentTarget.setPointerCapture(event.pointerId);
        event.stopPropagation();
      },
      onPointerMove: (event) => {
        if (!start.current || !isEnabled) return;
        if (Math.abs(event.clientX - start.current.x) > DRAG_THRESHOLD_PX && !start.current.isMoving) {
          start.current.isMoving = true;
          setDragging(true);
        }
        if (start.current.isMoving) onDrag(distance(event));
      },
      onPointerUp: (event) => finish(event, true),
      onPointerCancel: (event) => finish(event, false),
    },
  };
}

/** The song position under a pointer anywhere on a lane. */
export function sampleUnder(event, samplesPerPixel) {
  const lane = event.currentTarget.closest("[data-lane]").getBoundingClientRect();
  return Math.max(0, (event.clientX - lane.left) * samplesPerPixel);
}

export function ClipBox({ track, clip, upload, samplesPerPixel, canEdit, dragSamples, onDrag }) {
  const isFirst = clip === clipsOf(track)[0];
  const { handlers, isDragging } = useClipDrag({ track, samplesPerPixel, isEnabled: canEdit && isFirst, onDrag });
  const offset = clip.offsetSamples + (isFirst ? dragSamples : 0);
  const length = clipLength(clip, upload.durationSamples);
  const onKeyDown = (event) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!direction || !canEdit || !isFirst || event.altKey) return;
    nudge(track, direction * (event.ctrlKey || event.metaKey ? STEP_S : NUDGE_S));
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="om-clip"
      data-dragging={isDragging || undefined}
      style={{ transform: `translateX(${offset / samplesPerPixel}px)`, width: `${Math.max(2, length / samplesPerPixel)}px` }}
      role="slider"
      tabIndex={0}
      aria-label={`Clip ${track.name}`}
      aria-readonly={!canEdit}
      aria-valuemin={0}
      aria-valuemax={36000}
      aria-valuenow={Number(toSeconds(offset).toFixed(3))}
      aria-valuetext={`starts at ${formatTime(offset, 2)}`}
      title={canEdit ? "Drag to move" : undefined}
      onKeyDown={onKeyDown}
      {...handlers}
    >
      <span className="om-clip-name" dir="auto">
        {track.name}
      </span>
      {isDragging && <span className="om-clip-time">{formatTime(offset, 2)}</span>}
    </div>
  );
}
