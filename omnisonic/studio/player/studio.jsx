/**
 * The studio as Reflex sees it: `StudioPlayer` is the working area, `RoomBar` the live cluster of the page header.
 * Both may sit anywhere on the page: they share one store and one open session.
 */
import "./studio.css";
import "./clips.css";
import "./tracks.css";
import "./faders.css";
import "./menu.css";
import "./parts.css";
import "./overlays.css";
import "./phone.css";

import { useEffect, useRef, useState } from "react";

import { LevelsOffer } from "./balancing.jsx";
import { DropTarget, EmptySession, FileInput, UploadTray } from "./files.jsx";
import { useMediaQuery, useSession, useStudio } from "./hooks.js";
import { KeyList } from "./keylist.jsx";
import { listenForKeys } from "./keys.js";
import { PhoneStudio } from "./phone.jsx";
import { studio } from "./session.js";
import { store } from "./store.js";
import { HEADER_WIDTH_PX, Timeline } from "./timeline.jsx";
import { Transport, useLength } from "./transport.jsx";
import { useView } from "./view.js";

export { RoomBar } from "./roombar.jsx";

const NOTICE_MS = 8000;

function Notice() {
  const notice = useStudio((state) => state.notice);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => store.set({ notice: null }), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  if (!notice) return null;
  const act = () => {
    store.set({ notice: null });
    notice.onAction();
  };
  return (
    <div className="om-notice" role="status" data-testid="notice">
      <span>{notice.text}</span>
      {notice.actionLabel && (
        <button type="button" className="om-link" data-testid="notice-action" onClick={act}>
          {notice.actionLabel}
        </button>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div className="om-skeleton" role="status" aria-label="Loading the session">
      {[0.9, 0.7, 0.8, 0.6].map((share, index) => (
        <div className="om-skeleton-row" key={index}>
          <i className="om-skeleton-head" />
          <i className="om-skeleton-lane" style={{ width: `${share * 100}%` }} />
        </div>
      ))}
    </div>
  );
}

function LoadFailure({ problem }) {
  return (
    <div className="om-empty" role="alert">
      <h2>The session could not be opened</h2>
      <p>{problem}</p>
      <button type="button" className="om-button om-button-primary" data-testid="reload" onClick={() => studio()?.load()}>
        Try again
      </button>
    </div>
  );
}

/** The browser was signed out, here or in another tab: unsaved edits stay on this page until it is back. */
function SignedOut({ sessionId }) {
  const isSignedOut = useStudio((state) => state.isSignedOut);
  const hasUnsaved = useStudio((state) => state.save.state === "signed-out");
  if (!isSignedOut) return null;
  const elsewhere = hasUnsaved ? { target: "_blank", rel: "noopener" } : {};
  return (
    <div className="om-banner" role="alert" data-testid="signed-out">
      <span>You are signed out.{hasUnsaved && " Your last changes wait here until you are back."}</span>
      <a className="om-link" href={`/signin?next=${encodeURIComponent(`/sessions/${sessionId}`)}`} {...elsewhere}>
        Sign in{hasUnsaved && " in a new tab"}
      </a>
    </div>
  );
}

function Gone({ problem }) {
  return (
    <div className="om-empty" role="alert" data-testid="session-gone">
      <h2>This session is closed to you</h2>
      <p>{problem}</p>
      <a className="om-button om-button-primary" href="/sessions">
        Your sessions
      </a>
    </div>
  );
}

function Workspace({ isPhone, scroller, view }) {
  const status = useStudio((state) => state.status);
  const problem = useStudio((state) => state.problem);
  const isEmpty = useStudio((state) => state.tracks.length === 0);
  const canEdit = useStudio((state) => state.canEdit);
  if (status === "gone") return <Gone problem={problem} />;
  if (status === "loading" && isEmpty) return <Skeleton />;
  if (status === "failed" && isEmpty) return <LoadFailure problem={problem} />;
  if (isEmpty) return <EmptySession canEdit={canEdit} />;
  return isPhone ? <PhoneStudio /> : <Timeline scroller={scroller} view={view} />;
}

export function StudioPlayer({ sessionId, userId, canEdit = false, audioHost = "" }) {
  useSession(sessionId, { userId, canEdit, audioHost });
  const isPhone = useMediaQuery("(max-width: 767px)");
  const isReady = useStudio((state) => state.status === "ready");
  const isGone = useStudio((state) => state.status === "gone");
  const isEmpty = useStudio((state) => state.tracks.length === 0);
  const scroller = useRef(null);
  const view = useView({ scroller, lengthSamples: useLength(), headerWidth: HEADER_WIDTH_PX, key: isPhone || isEmpty });
  const [isListOpen, setListOpen] = useState(false);
  const mayEdit = useStudio((state) => state.canEdit);
  const context = useRef(null);
  context.current = { onKeys: () => setListOpen(true), view: scroller.current ? view : null };
  useEffect(() => listenForKeys(() => context.current), []);
  return (
    <div className="om-studio" data-testid="studio">
      <FileInput />
      <SignedOut sessionId={sessionId} />
      <LevelsOffer />
      <div className="om-workspace">
        <Workspace isPhone={isPhone} scroller={scroller} view={view} />
        <UploadTray />
        <Notice />
      </div>
      {!isPhone && !isGone && <Transport view={view} onKeys={() => setListOpen(true)} />}
      {isListOpen && <KeyList onClose={() => setListOpen(false)} />}
      {mayEdit && isReady && <DropTarget />}
    </div>
  );
}
