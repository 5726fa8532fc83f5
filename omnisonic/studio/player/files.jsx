/** Ways in for audio files: the picker, dropping anywhere on the page, the empty session, the list of running uploads. */
import { useEffect, useRef, useState } from "react";

import { useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { studio } from "./session.js";
import { SETTLED } from "./uploads.js";

const ACCEPT = "audio/*,video/*,.wav,.flac,.mp3,.m4a,.aac,.ogg,.opus,.aif,.aiff";
const MEGABYTE = 1024 * 1024;

/** A button that opens the file picker. */
export function BrowseButton({ className, children }) {
  const open = (event) => event.currentTarget.closest(".om-studio").querySelector("[data-testid=file-input]").click();
  return (
    <button type="button" className={className} data-testid="browse" onClick={open}>
      {children}
    </button>
  );
}

/** The one file input of the studio; every browse button opens it. */
export function FileInput() {
  const onChange = (event) => {
    studio()?.uploads.add([...event.target.files]);
    event.target.value = ""; // choosing the same file again must count as a change
  };
  return (
    <input
      type="file"
      multiple
      accept={ACCEPT}
      className="om-hidden"
      data-testid="file-input"
      aria-label="Add audio files"
      tabIndex={-1}
      onChange={onChange}
    />
  );
}

function holdsFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
}

/** True while files hover over the page; a drop anywhere starts their upload. */
function usePageDrop() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    let depth = 0; // dragenter and dragleave come for every element passed on the way
    const onEnter = () => {
      depth += 1;
      setOver(true);
    };
    const onLeave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const onOver = (event) => {
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setOver(true); // the files may have been over the page before it was ready for them
    };
    const onDrop = (event) => {
      event.preventDefault();
      depth = 0;
      setOver(false);
      studio()?.uploads.add([...event.dataTransfer.files]);
    };
    const withFiles = (listener) => (event) => holdsFiles(event) && listener(event);
    const listeners = { dragenter: onEnter, dragleave: onLeave, dragover: onOver, drop: onDrop };
    const added = Object.entries(listeners).map(([name, listener]) => [name, withFiles(listener)]);
    for (const [name, listener] of added) window.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of added) window.removeEventListener(name, listener);
    };
  }, []);
  return isOver;
}

/** Takes files dropped anywhere on the page. It alone renders for a drag: the timeline below has nothing to do with it. */
export function DropTarget() {
  const isOver = usePageDrop();
  if (!isOver) return null;
  return (
    <div className="om-drop-overlay" aria-hidden="true" data-testid="drop-overlay">
      <span className="om-drop-card">
        <Icon name="upload" size={28} />
        Drop to add as tracks
      </span>
    </div>
  );
}

export function EmptySession({ canEdit }) {
  if (!canEdit) {
    return (
      <div className="om-empty">
        <h2>No takes yet</h2>
        <p>Tracks appear here as soon as somebody who may edit this session adds them.</p>
      </div>
    );
  }
  return (
    <div className="om-empty om-empty-drop" data-testid="drop-zone">
      <span className="om-empty-bars" aria-hidden="true">
        {[28, 52, 84, 60, 100, 72, 44, 88, 56, 32].map((height, index) => (
          <i key={index} style={{ height: `${height}%` }} />
        ))}
      </span>
      <h2>Drop your takes here</h2>
      <p>Each file becomes a track: WAV, FLAC, MP3, M4A, OGG or AIFF, up to 100 MB and 30 minutes.</p>
      <BrowseButton className="om-button om-button-primary">
        <Icon name="upload" /> Browse files
      </BrowseButton>
    </div>
  );
}

function statusText(item) {
  if (item.reason) return item.reason;
  const size = `${(item.size / MEGABYTE).toFixed(item.size < 10 * MEGABYTE ? 1 : 0)} MB`;
  switch (item.state) {
    case "waiting":
      return `${size}, waiting`;
    case "uploading":
      return `Uploading ${Math.floor(item.progress * 100)} % of ${size}`;
    case "processing":
      return "Preparing: decoding, waveform, loudness";
    default:
      return "Ready";
  }
}

function UploadItem({ item }) {
  const isBad = item.state === "rejected" || item.state === "failed";
  const isDone = SETTLED.includes(item.state);
  return (
    <li className="om-upload" data-testid="upload-item" data-state={item.state}>
      <span className="om-upload-icon" aria-hidden="true">
        <Icon name={isBad ? "alert" : item.state === "ready" ? "check" : "upload"} />
      </span>
      <span className="om-upload-text">
        <span className="om-upload-name" dir="auto" title={item.name}>
          {item.name}
        </span>
        <span className="om-upload-status">{statusText(item)}</span>
        {!isDone && (
          <span
            className="om-progress"
            role="progressbar"
            aria-label={`Upload of ${item.name}`}
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={Math.floor(item.progress * 100)}
            data-busy={item.state === "processing" || undefined}
          >
            <i style={{ transform: `scaleX(${item.progress})` }} />
          </span>
        )}
      </span>
      {isBad && !item.isFinal && (
        <button type="button" className="om-icon-button" data-testid="upload-retry" aria-label={`Try ${item.name} again`} title="Try again" onClick={() => studio()?.uploads.retry(item.id)}>
          <Icon name="retry" />
        </button>
      )}
      <button type="button" className="om-icon-button" data-testid="upload-dismiss" aria-label={isDone ? `Dismiss ${item.name}` : `Cancel ${item.name}`} title={isDone ? "Dismiss" : "Cancel"} onClick={() => studio()?.uploads.dismiss(item.id)}>
        <Icon name="close" />
      </button>
    </li>
  );
}

export function UploadTray() {
  const queue = useStudio((state) => state.queue);
  const list = useRef(null);
  useEffect(() => {
    list.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [queue.length]);
  if (!queue.length) return null;
  const refused = queue.filter((item) => item.state === "rejected" || item.state === "failed").length;
  return (
    <section className="om-tray" aria-label="Uploads">
      {queue.filter((item) => SETTLED.includes(item.state)).length > 1 && (
        <div className="om-tray-head">
          <span>{refused ? `${refused} of ${queue.length} not added` : "Added"}</span>
          <button type="button" className="om-link" data-testid="uploads-dismiss" onClick={() => studio()?.uploads.dismissSettled()}>
            Dismiss all
          </button>
        </div>
      )}
      <ul ref={list}>
        {queue.map((item) => (
          <UploadItem key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}
