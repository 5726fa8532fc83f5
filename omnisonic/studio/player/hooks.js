/** React's view of the store, the frame loop and the page. */
import { useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";

import { onDraw, onFrame, requestDraw } from "./frames.js";
import { retainSession } from "./session.js";
import { store } from "./store.js";

const IN_SIGHT_MARGIN = "200px"; // what is scrolled to has been drawn before it is seen

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

/** Run `listener` about thirty times a second while playing, always its newest version. */
export function useFrame(listener) {
  const latest = useRef(listener);
  useLayoutEffect(() => {
    latest.current = listener;
  });
  useEffect(() => onFrame((frame) => latest.current(frame)), []);
}

/** Read a meter while playing, as long as `element` is in sight. */
export function useMeter(element, listener) {
  const isInSight = useInSight(element);
  useFrame(({ engine }) => isInSight.current && listener(engine));
}

/** Whether an element of the timeline, or of the page, is in sight or about to be: a ref, as nothing renders for it. */
export function useInSight(element, onEnter = () => {}) {
  const isInSight = useRef(true);
  const enter = useRef(onEnter);
  useEffect(() => {
    const root = element.current.closest(".om-scroll");
    const observer = new IntersectionObserver(
      (entries) => {
        const wasInSight = isInSight.current;
        isInSight.current = entries.at(-1).isIntersecting;
        if (isInSight.current && !wasInSight) enter.current();
      },
      { root, rootMargin: IN_SIGHT_MARGIN },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return isInSight;
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
