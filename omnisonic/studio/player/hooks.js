/** React's view of the store, the frame loop and the page. */
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import { onDraw, onFrame, requestDraw } from "./frames.js";
import { retainSession } from "./session.js";
import { store } from "./store.js";

/** A part of the shared state; `select` must answer the same reference while nothing it reads has changed. */
export function useStudio(select) {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** Keep the session open while this component is mounted. */
export function useSession(sessionId, settings) {
  const packed = JSON.stringify(settings);
  useEffect(() => {
    if (!sessionId) return undefined;
    return retainSession(sessionId, JSON.parse(packed));
  }, [sessionId, packed]);
}

/** Run `listener` on every animation frame while playing, always its newest version. */
export function useFrame(listener) {
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => onFrame((frame) => latest.current(frame)), []);
}

/** Redraw a canvas after each render of its component and whenever the page asks for it. */
export function useDraw(draw) {
  const latest = useRef(draw);
  useLayoutEffect(() => {
    latest.current = draw;
    requestDraw();
  });
  useEffect(() => onDraw(() => latest.current()), []);
}

export function useMediaQuery(query) {
  const [matches, setMatches] = useState(() => window.matchMedia(query).matches);
  useEffect(() => {
    const media = window.matchMedia(query);
    const update = () => setMatches(media.matches);
    update();
    media.addEventListener("change", update);
    return () => media.removeEventListener("change", update);
  }, [query]);
  return matches;
}
