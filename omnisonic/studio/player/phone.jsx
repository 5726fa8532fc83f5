/** The studio on a phone: one picture of the mix, a large play button, tracks as a list that opens to finer controls. */
import { memo, useId, useMemo, useRef, useState } from "react";

import { BalanceButton } from "./balancing.jsx";
import { extremesReader } from "./clip.jsx";
import { colorOf, resolvedColor } from "./colors.js";
import { GainFader, MuteSolo, OffsetField, PanFader, TrackName } from "./controls.jsx";
import { BrowseButton } from "./files.jsx";
import { TrackMenu } from "./header.jsx";
import { useDraw, useFrame, useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { clipLength, clipsOf, formatDb, formatTime, heardIds, linearGain } from "./mix.js";
import { fadeAt, prepareCanvas } from "./peaks.js";
import { SoloNote } from "./solo.jsx";
import { Clock, PlayButton, SeekSlider, ToStart, useLength } from "./transport.jsx";

const MIX_COLUMN_PX = 2;

/** Loudest heard value of one column of the mix: powers add up, as takes are not in phase. */
function mixLevel(parts, from, to) {
  let power = 0;
  for (const { extremes, clip, length, gain } of parts) {
    const start = from - clip.offsetSamples;
    if (start + (to - from) < 0 || start > length) continue;
    const [low, high] = extremes(clip.trimStartSamples + start, clip.trimStartSamples + start + (to - from));
    power += (Math.max(-low, high) * gain * fadeAt(clip, Math.max(0, start), length)) ** 2;
  }
  return Math.min(1, Math.sqrt(power));
}

function heardParts({ tracks, uploads, samplesPerPixel }) {
  const heard = heardIds(tracks);
  const parts = [];
  for (const track of tracks) {
    const upload = uploads[track.uploadId];
    if (!heard.has(track.id) || upload?.status !== "ready") continue;
    const extremes = extremesReader(upload.id, samplesPerPixel);
    if (!extremes) continue;
    for (const clip of clipsOf(track)) {
      parts.push({ extremes, clip, length: clipLength(clip, upload.durationSamples), gain: linearGain(track.gainDb) });
    }
  }
  return parts;
}

function MixPicture({ length }) {
  const tracks = useStudio((state) => state.tracks);
  const uploads = useStudio((state) => state.uploads);
  const canvas = useRef(null);
  const line = useRef(null);
  useDraw(() => {
    if (!canvas.current?.clientWidth || !length) return;
    const { pen, width, height } = prepareCanvas(canvas.current);
    const samplesPerPixel = length / width;
    const parts = heardParts({ tracks, uploads, samplesPerPixel });
    pen.fillStyle = resolvedColor(canvas.current);
    for (let x = 0; x < width; x += MIX_COLUMN_PX) {
      const level = mixLevel(parts, x * samplesPerPixel, (x + MIX_COLUMN_PX) * samplesPerPixel);
      const tall = Math.max(1, level * (height - 16));
      pen.fillRect(x, (height - tall) / 2, MIX_COLUMN_PX - 0.5, tall);
    }
  });
  useFrame(({ position }) => {
    const share = length ? Math.min(1, position / length) : 0;
    line.current?.style.setProperty("transform", `translateX(${share * 100}%)`);
  });
  return (
    <div className="om-mix">
      <canvas ref={canvas} className="om-mix-wave" aria-hidden="true" />
      <span ref={line} className="om-mix-line" aria-hidden="true" />
      <SeekSlider className="om-mix-seek" />
    </div>
  );
}

const PhoneTrack = memo(function PhoneTrack({ track, index, isHeard, canEdit }) {
  const [isOpen, setOpen] = useState(false);
  const fine = useId();
  const name = useRef(null);
  const upload = useStudio((state) => state.uploads[track.uploadId]);
  const audio = useStudio((state) => state.audio[track.uploadId]);
  const status = upload?.status ?? "received";
  return (
    <div
      className="om-phone-track"
      role="group"
      aria-label={`Track ${index + 1}, ${track.name}`}
      data-testid={`track-${index}`}
      data-track-id={track.id}
      data-heard={isHeard}
      data-status={status}
      data-audio={audio?.state ?? "none"}
      tabIndex={-1}
      style={{ "--track": colorOf(track) }}
    >
      <div className="om-phone-line">
        <span className="om-phone-color" aria-hidden="true" />
        <span className="om-phone-title" dir="auto">
          {track.name}
          {status !== "ready" && <small>{status === "rejected" ? upload.error : "Preparing\u2026"}</small>}
          {status === "ready" && audio?.reason && <small>{audio.reason}</small>}
        </span>
        <button
          type="button"
          className="om-phone-db"
          aria-expanded={isOpen}
          aria-controls={fine}
          aria-label={`${formatDb(track.gainDb)}, more controls of ${track.name}`}
          data-testid="track-open"
          onClick={() => setOpen(!isOpen)}
        >
          {formatDb(track.gainDb)} <Icon name="chevron" size={14} />
        </button>
        <MuteSolo track={track} canEdit={canEdit} />
      </div>
      <div id={fine} className="om-phone-fine" hidden={!isOpen}>
        {isOpen && (
          <>
            <TrackName track={track} canEdit={canEdit} inputRef={name} />
            <GainFader track={track} canEdit={canEdit} />
            <div className="om-phone-fine-line">
              <PanFader track={track} canEdit={canEdit} />
              <OffsetField track={track} canEdit={canEdit} />
              {canEdit && <TrackMenu track={track} />}
            </div>
          </>
        )}
      </div>
    </div>
  );
});

export function PhoneStudio() {
  const tracks = useStudio((state) => state.tracks);
  const canEdit = useStudio((state) => state.canEdit);
  const heard = useMemo(() => heardIds(tracks), [tracks]);
  const length = useLength();
  const detail = useStudio((state) => state.playback.detail);
  return (
    <div className="om-phone">
      <MixPicture length={length} />
      <div className="om-phone-times">
        <Clock digits={0} className="om-phone-time" />
        <span>{formatTime(length)}</span>
      </div>
      {detail && (
        <span className="om-phone-wait" data-testid="loading">
          {detail}
        </span>
      )}
      <div className="om-phone-notes">
        <SoloNote />
      </div>
      <div className="om-phone-transport">
        <BalanceButton />
        <ToStart />
        <PlayButton size={26} />
        {canEdit ? (
          <BrowseButton className="om-icon-button">
            <Icon name="plus" size={20} />
            <span className="om-sr">Add audio</span>
          </BrowseButton>
        ) : (
          <span className="om-phone-gap" />
        )}
        {canEdit && tracks.length > 1 && <span className="om-phone-gap" />}
      </div>
      <div className="om-phone-tracks">
        {tracks.map((track, index) => (
          <PhoneTrack key={track.id} track={track} index={index} isHeard={heard.has(track.id)} canEdit={canEdit} />
        ))}
      </div>
    </div>
  );
}
