import { useEffect, useRef } from "react";
import { drawBars, penOf, redrawOnChange, trackColor } from "./bars.js";

const HEADER_BYTES = 24;
const LEVEL = 16384;

/** Loudest absolute value per point, 0..1, of an audiowaveform `.dat` v2 file with 8-bit values. */
function parse(bytes) {
  const view = new DataView(bytes);
  if (bytes.byteLength < HEADER_BYTES || view.getInt32(0, true) !== 2) return [];
  const length = view.getUint32(16, true);
  const width = view.getInt32(20, true) * 2;
  const values = new Int8Array(bytes, HEADER_BYTES, length * width);
  return Array.from({ length }, (_, point) => {
    let most = 0;
    for (let at = point * width; at < (point + 1) * width; at += 1) most = Math.max(most, Math.abs(values[at]));
    return (most / 128) ** 0.6; // lifts quiet takes: in small, the shape says more than the level
  });
}

const cache = new Map();

function peaksOf(uploadId) {
  if (!cache.has(uploadId)) {
    const wanted = fetch(`/api/upload/${uploadId}/peaks?level=${LEVEL}`)
      .then((answer) => (answer.ok ? answer.arrayBuffer() : null))
      .then((bytes) => (bytes ? parse(bytes) : []))
      .catch(() => []);
    cache.set(uploadId, wanted);
  }
  return cache.get(uploadId);
}

export function Thumbnail({ lanes }) {
  const box = useRef(null);
  const wanted = JSON.stringify(lanes);
  useEffect(() => {
    const canvas = box.current;
    let loaded = null;
    const draw = () => {
      if (!loaded || !canvas.isConnected) return;
      const { pen, width, height } = penOf(canvas);
      const gap = loaded.length > 1 ? 4 : 0;
      const tall = (height - gap * (loaded.length - 1)) / loaded.length;
      loaded.forEach(({ lane, peaks }, at) => {
        const place = { left: lane.start * width, width: lane.length * width };
        drawBars(pen, peaks, { ...place, top: at * (tall + gap), height: tall, color: trackColor(canvas, lane.color) });
      });
    };
    let isShown = true;
    Promise.all(lanes.map(async (lane) => ({ lane, peaks: await peaksOf(lane.upload_id) }))).then((all) => {
      if (!isShown) return;
      loaded = all;
      draw();
    });
    const stop = redrawOnChange(canvas, draw);
    return () => {
      isShown = false;
      stop();
    };
  }, [wanted]);
  return <canvas ref={box} className="ui-wave" aria-hidden="true" />;
}
