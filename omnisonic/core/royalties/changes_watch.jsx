import { useEffect, useRef } from "react";

/**
 * Calls back when the mark of the royalties is no longer `mark`, the one the page was read by: looked at every
 * `everyMs` while the page is seen, and at once when it is seen again. Once for each mark.
 */
export function ChangesWatch({ mark, everyMs, onChange }) {
  const now = useRef({});
  now.current = { mark, onChange };
  useEffect(() => {
    let told = null;
    let isAsking = false;
    const look = async () => {
      if (document.visibilityState === "hidden" || isAsking || !now.current.mark) return;
      isAsking = true;
      try {
        const answer = await fetch("/api/royalties/changes");
        const found = answer.ok ? (await answer.json()).mark : now.current.mark;
        if (found !== now.current.mark && found !== told) {
          told = found;
          now.current.onChange();
        }
      } catch (problem) {
        if (!(problem instanceof TypeError)) throw problem; // no network: the next look may reach it
      } finally {
        isAsking = false;
      }
    };
    const timer = setInterval(look, everyMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [everyMs]);
  return null;
}
