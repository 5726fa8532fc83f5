import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

const SETTLE_MS = 150; // a live region is heard once it has stood for a moment
const HEARD_MS = 5000;
const LEAVING = "ui-leave";

let announced = 0; // the newest key that was read out, on whichever page

const isModal = (element) => element instanceof HTMLDialogElement && element.isConnected && element.matches(":modal");

/**
 * Keeps `host` above everything and in reach: in the top layer, and inside the dialog that is open, because
 * whatever lies outside of a modal dialog can neither be seen well, nor clicked, nor heard. Returns how to stop.
 */
function keepOnTop(host, home) {
  let open = [...document.querySelectorAll("dialog")].filter(isModal);
  const place = () => {
    open = open.filter(isModal);
    const wanted = open.at(-1) ?? home;
    if (host.parentNode !== wanted || !host.isConnected) wanted.append(host);
    if (host.isConnected && host.showPopover && !host.matches(":popover-open")) host.showPopover();
  };
  const watch = new MutationObserver((changes) => {
    for (const { type, target } of changes) {
      if (type === "attributes" && isModal(target)) open = [...open.filter((one) => one !== target), target];
    }
    place();
  });
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["open"] });
  place();
  return () => {
    watch.disconnect();
    host.remove();
  };
}

/** The words of what is new, a moment after it came; empty again once they were heard. */
function useAnnouncement(shown) {
  const [words, setWords] = useState("");
  useEffect(() => {
    const fresh = shown.filter(({ key }) => key > announced);
    if (!fresh.length) return undefined;
    const timer = setTimeout(() => {
      announced = Math.max(...fresh.map(({ key }) => key));
      setWords(fresh.map((one) => `${one.title}. ${one.words}`.trim()).join(" "));
    }, SETTLE_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  useEffect(() => {
    if (!words) return undefined;
    const timer = setTimeout(() => setWords(""), HEARD_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return words;
}

/** The corner with `shown` as its children. `onLeft` gets the key of one whose time is over. */
export function NoticeCorner({ shown, onLeft, children }) {
  const home = useRef(null);
  const [host, setHost] = useState(null);
  const words = useAnnouncement(shown);

  useEffect(() => {
    const made = document.createElement("div");
    made.className = "ui-notices";
    made.popover = "manual";
    made.dataset.testid = "notices";
    setHost(made);
    return keepOnTop(made, home.current);
  }, []);

  const leave = ({ animationName, target }) => {
    if (animationName === LEAVING) onLeft(Number(target.dataset.key));
  };
  const corner = host && (
    <>
      <p className="ui-sr-only" role="status">{words}</p>
      {shown.length > 0 && (
        <section aria-label="Notices" className="ui-notices-list" onAnimationEnd={leave}>{children}</section>
      )}
    </>
  );
  return <div ref={home}>{host && createPortal(corner, host)}</div>;
}
