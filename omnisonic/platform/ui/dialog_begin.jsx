import { useEffect, useRef } from "react";

/** Opens the dialog `dialog` whenever `at` changes; what had the focus has it again when the dialog closes. */
export function DialogBegin({ dialog, at }) {
  const seen = useRef(at);
  useEffect(() => {
    if (seen.current === at) return;
    seen.current = at;
    const element = document.getElementById(dialog);
    if (element && !element.open) element.showModal();
  }, [dialog, at]);
  return null;
}
