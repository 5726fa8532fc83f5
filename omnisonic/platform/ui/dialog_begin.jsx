import { useEffect, useRef } from "react";

/**
 * Opens the dialog `dialog` whenever `at` changes while the page is alive: a count that a reloaded page is given
 * back is no wish to open it again. On a page that is still coming a change is one if somebody has clicked there.
 * With `askedBy` it opens where the address has a parameter of that name, also as the page comes. What had the focus
 * has it again when the dialog closes.
 */
export function DialogBegin({ dialog, at, isAlive, askedBy = "" }) {
  const seen = useRef(askedBy ? 0 : at);
  const wasAlive = useRef(isAlive);
  const isClicked = useRef(false);
  useEffect(() => {
    // Not navigator.userActivation: a browser carries that over to the next page.
    const click = () => {
      isClicked.current = true;
    };
    addEventListener("click", click, { capture: true, once: true });
    return () => removeEventListener("click", click, { capture: true });
  }, []);
  useEffect(() => {
    const before = wasAlive.current;
    wasAlive.current = isAlive;
    if (seen.current === at || (askedBy && !isAlive)) return;
    seen.current = at;
    const isWanted = askedBy ? new URLSearchParams(location.search).has(askedBy) : before || isClicked.current;
    const element = document.getElementById(dialog);
    if (isWanted && element && !element.open) element.showModal();
  }, [dialog, at, isAlive, askedBy]);
  return null;
}
