import { useEffect, useRef } from "react";

/** Closes the dialog `dialog` whenever `at` changes: the browser gives focus back to what opened it. */
export function DialogEnd({ dialog, at }) {
  const seen = useRef(at);
  useEffect(() => {
    if (seen.current === at) return;
    seen.current = at;
    document.getElementById(dialog)?.close();
  }, [dialog, at]);
  return null;
}
