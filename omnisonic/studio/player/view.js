/** Zoom and scroll of the timeline: samples per pixel, fit by default, always around something that stays put. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { SAMPLE_RATE } from "./mix.js";
import { studio } from "./session.js";

const MIN_SAMPLES_PER_PIXEL = 16;
const SHORTEST_VIEW_SAMPLES = 10 * SAMPLE_RATE;
const FIT_MARGIN_PX = 32;
const ZOOM_STEP = 2;

/** Seconds between ruler marks, the smallest that leaves `minPixels` between two labels. */
export function tickSeconds(samplesPerPixel, minPixels = 72) {
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
  const least = (minPixels * samplesPerPixel) / SAMPLE_RATE;
  return steps.find((step) => step >= least) ?? 1200;
}

/**
 * State of the timeline's view. `scroller` is the scrolling element; its lanes begin `headerWidth` pixels in.
 * A changed `key` says that another element may be there now.
 */
export function useView({ scroller, lengthSamples, headerWidth, key }) {
  const [width, setWidth] = useState(800);
  const [chosen, setChosen] = useState(null); // samples per pixel, null: fit
  const anchor = useRef(null); // {sample, x}: what stays under which pixel through a zoom
  const total = Math.max(lengthSamples, SHORTEST_VIEW_SAMPLES);
  const fitted = total / Math.max(100, width - FIT_MARGIN_PX);
  const samplesPerPixel = chosen ?? fitted;

  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(Math.max(100, element.clientWidth - headerWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, headerWidth, key]);

  useLayoutEffect(() => {
    if (!anchor.current || !scroller.current) return;
    const { sample, x } = anchor.current;
    anchor.current = null;
    scroller.current.scrollLeft = sample / samplesPerPixel - x;
  }, [samplesPerPixel, scroller]);

  const zoom = useCallback(
    (factor, x = null) => {
      const element = scroller.current;
      const left = element.scrollLeft;
      const head = (studio()?.engine.position ?? 0) / samplesPerPixel - left;
      const at = x ?? (head >= 0 && head <= width ? head : width / 2);
      const next = Math.max(MIN_SAMPLES_PER_PIXEL, samplesPerPixel * factor);
      anchor.current = { sample: (left + at) * samplesPerPixel, x: at };
      setChosen(next >= fitted ? null : next);
    },
    [scroller, samplesPerPixel, width, fitted],
  );

  return {
    width,
    samplesPerPixel,
    isFit: chosen === null,
    laneWidth: Math.max(width, total / samplesPerPixel + FIT_MARGIN_PX),
    zoomIn: () => zoom(1 / ZOOM_STEP),
    zoomOut: () => zoom(ZOOM_STEP),
    zoomAt: zoom,
  };
}
