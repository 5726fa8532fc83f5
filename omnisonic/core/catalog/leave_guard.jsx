import { useEffect, useRef } from "react";
import { useBlocker } from "react-router";

/** While `isDirty`, asks before the page is left: inside the application in our words, else in the browser's. */
export function LeaveGuard({ isDirty, what }) {
  const dialog = useRef(null);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => isDirty && currentLocation.pathname !== nextLocation.pathname);
  const isAsked = blocker.state === "blocked";

  useEffect(() => {
    if (!isDirty) return undefined;
    const ask = (event) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isDirty]);
  useEffect(() => {
    if (isAsked) dialog.current.showModal();
    else dialog.current.close();
  }, [isAsked]);

  return (
    <dialog ref={dialog} className="ui-dialog" aria-label={`Leave ${what}?`} data-testid="leave-dialog"
      onCancel={(event) => {
        event.preventDefault();
        blocker.reset?.();
      }}>
      <div className="ui-stack ui-stack-4">
        <h2>{`Leave without saving ${what}?`}</h2>
        <p className="ui-text-2">What you changed here is not saved yet, and would be lost.</p>
        <div className="ui-row ui-form-end">
          <button type="button" className="ui-button ui-button-danger" data-testid="leave-anyway" onClick={() => blocker.proceed?.()}>
            <span>Leave</span>
          </button>
          <button type="button" className="ui-button ui-button-primary" data-testid="leave-stay" onClick={() => blocker.reset?.()}>
            <span>Stay here</span>
          </button>
        </div>
      </div>
    </dialog>
  );
}
