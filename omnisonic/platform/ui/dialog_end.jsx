import { useEffect, useRef } from "react";

/** Closes the dialog `dialog` whenever `at` changes: the browser gives focus back to what opened it. */
export function DialogEnd({ dialog, at }) {
  const seen = useRef(at);
  useEffect(() => {
    if (seen.current === at) return;
    seen.current = at;
    document.getElementById(dialog)?.close();
  }, [dialog, at]);
  useEffect(() => {
    // What appears below the form makes it smaller: the field that is being written in stays in sight.
    const body = document.getElementById(dialog)?.querySelector(".ui-drawer-body");
    if (!body) return undefined;
    const watch = new ResizeObserver(() => {
      if (body.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
    });
    watch.observe(body);
    return () => watch.disconnect();
  }, [dialog]);
  return null;
}
