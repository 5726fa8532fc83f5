/** The timeline: ruler, rows of track heads and lanes in one scrolling area, playhead. */
import { useEffect, useMemo, useRef, useState } from "react";

import { sampleUnder } from "./clip.jsx";
import { BrowseButton } from "./files.jsx";
import { requestFrame, seekTo } from "./frames.js";
import { useDraw, useFrame, useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { TrackRow } from "./lanes.jsx";
import { formatTime, heardIds, SAMPLE_RATE } from "./mix.js";
import { prepareCanvas } from "./peaks.js";
import { RunningLine } from "./playhead.js";
import { SeekSlider } from "./transport.jsx";
import { tickSeconds } from "./view.js";

export const HEADER_WIDTH_PX = 280;
const FOLLOW_MARGIN = 0.08; // share of the window left of the playhead after a page turn

function drawRuler(element, samplesPerPixel) {
  const { pen, width, height } = prepareCanvas(element);
  const style = getComputedStyle(element);
  const seconds = tickSeconds(samplesPerPixel);
  const spacing = (seconds * SAMPLE_RATE) / samplesPerPixel;
  const scrolled = element.closest(".om-scroll").scrollLeft;
  pen.font = `11px ${style.fontFamily}`;
  pen.textBaseline = "middle";
  pen.fillStyle = style.color;
  pen.strokeStyle = style.borderTopColor;
  for (let index = Math.floor(scrolled / spacing); index * spacing - scrolled < width; index += 1) {
    const x = Math.round(index * spacing - scrolled) + 0.5;
    pen.beginPath();
    pen.moveTo(x, height * 0.3);
    pen.lineTo(x, height);
    pen.stroke();
    const digits = seconds >= 1 ? 0 : seconds >= 0.1 ? 1 : 2;
    pen.fillText(formatTime(Math.round(index * seconds * SAMPLE_RATE), digits), x + 6, height / 2 + 1);
  }
}

/** Keep the element of `ref` at the position of the music, `offset` pixels into its parent. */
function useRunningLine(ref, samplesPerPixel, offset) {
  const [line] = useState(() => new RunningLine());
  useFrame(({ position, isPlaying }) => line.show(ref.current, { position, isPlaying, samplesPerPixel, offset }));
  useEffect(requestFrame, [samplesPerPixel]);
  useEffect(() => () => line.stop(), [line]);
}

function Ruler({ samplesPerPixel }) {
  const canvas = useRef(null);
  const head = useRef(null);
  useDraw(() => canvas.current?.clientWidth && drawRuler(canvas.current, samplesPerPixel));
  useRunningLine(head, samplesPerPixel, 0);
  const scrub = (event) => {
    if (event.buttons & 1) seekTo(sampleUnder(event, samplesPerPixel));
  };
  const begin = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    scrub(event);
  };
  return (
    <div className="om-ruler" data-lane onPointerDown={begin} onPointerMove={scrub}>
      <canvas ref={canvas} className="om-ruler-marks" aria-hidden="true" />
      <SeekSlider className="om-ruler-seek" />
      <i ref={head} className="om-ruler-head" aria-hidden="true" />
    </div>
  );
}

function Playhead({ scroller, samplesPerPixel, width }) {
  const line = useRef(null);
  const last = useRef(0);
  useRunningLine(line, samplesPerPixel, HEADER_WIDTH_PX);
  useFrame(({ position }) => {
    const x = position / samplesPerPixel;
    const hasMoved = position !== last.current;
    last.current = position;
    if (!hasMoved || !scroller.current) return;
    const seen = x - scroller.current.scrollLeft;
    if (seen < 0 || seen > width) scroller.current.scrollLeft = Math.max(0, x - width * FOLLOW_MARGIN);
  });
  return <div ref={line} className="om-playhead" aria-hidden="true" />;
}

/** Zoom with Ctrl and the wheel around the pointer. React's own wheel listeners are passive and cannot prevent page zoom. */
function useWheelZoom(scroller, zoomAt) {
  useEffect(() => {
    const element = scroller.current;
    const onWheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left - HEADER_WIDTH_PX;
      zoomAt(Math.exp(event.deltaY / 300), Math.max(0, x));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [scroller, zoomAt]);
}

export function Timeline({ scroller, view }) {
  const tracks = useStudio((state) => state.tracks);
  const canEdit = useStudio((state) => state.canEdit);
  const selected = useStudio((state) => state.selectedTrackId);
  const heard = useMemo(() => heardIds(tracks), [tracks]);
  const { samplesPerPixel, laneWidth, width } = view;
  useWheelZoom(scroller, view.zoomAt);
  const tick = (tickSeconds(samplesPerPixel) * SAMPLE_RATE) / samplesPerPixel;
  return (
    <div className="om-scroll" ref={scroller} tabIndex={-1}>
      <div className="om-content" data-fit={view.isFit || undefined} style={{ width: HEADER_WIDTH_PX + laneWidth, "--tick": `${tick}px`, "--view": `${width}px` }}>
        <div className="om-ruler-row">
          <div className="om-corner">
            {canEdit ? (
              <>
                <Icon name="plus" /> <span>Drop audio or</span> <BrowseButton className="om-link">browse</BrowseButton>
              </>
            ) : (
              <span>View only</span>
            )}
          </div>
          <Ruler samplesPerPixel={samplesPerPixel} />
        </div>
        {tracks.map((track, index) => (
          <TrackRow
            key={track.id}
            track={track}
            index={index}
            isHeard={heard.has(track.id)}
            isSelected={track.id === selected}
            samplesPerPixel={samplesPerPixel}
            canEdit={canEdit}
          />
        ))}
        <div className="om-rest" aria-hidden="true">
          <i />
        </div>
        <Playhead scroller={scroller} samplesPerPixel={samplesPerPixel} width={width} />
      </div>
    </div>
  );
}
