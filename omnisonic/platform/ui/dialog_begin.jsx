import { useEffect, useRef } from "react";

/**
 * Opens the dialog `dialog` whenever `at` changes while the page is alive: a count that a reloaded page is given
 * back is no wish to open it again, unless `fromStart`: then any count but 0 is one. What had the focus has it
 * again when the dialog closes.
 */
export function DialogBegin({ dialog, at, isAlive, fromStart = false }) {
  const seen = useRef(fromStart ? 0 : at);
  const wasAlive = useRef(isAlive);
  useEffect(() => {
    const before = wasAlive.current;
    wasAlive.current = isAlive;
    if (seen.current === at) return;
    seen.current = at;
    const element = document.getElementById(dialog);
    if ((fromStart ? at > 0 : before) && element && !element.open) element.showModal();
  }, [dialog, at, isAlive, fromStart]);
  return null;
}
