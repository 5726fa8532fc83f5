import { useEffect, useRef } from "react";

/** Fires `onTick` every `every` seconds while the page is looked at. */
export function Tick({ every, onTick }) {
  const call = useRef(onTick);
  call.current = onTick;
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && call.current?.(), every * 1000);
    return () => clearInterval(timer);
  }, [every]);
  return null;
}
