/** The lanes of the timeline: clips with waveforms, or what a track without sound is waiting for. */
import { memo, useState } from "react";

import { ClipBox, LaneWaveform, sampleUnder } from "./clip.jsx";
import { colorOf, textColorOf } from "./colors.js";
import { seekTo } from "./frames.js";
import { TrackHeader } from "./header.jsx";
import { useStudio } from "./hooks.js";
import { Icon } from "./icons.jsx";
import { clipsOf } from "./mix.js";
import { studio } from "./session.js";
import { store } from "./store.js";

/** Why a lane is silent here, in words, with the way out; nothing when it plays. */
function LaneNote({ upload, audio, canEdit, track }) {
  if (!upload || upload.status === "received" || upload.status === "processing") {
    return (
      <div className="om-lane-note" data-kind="busy">
        <span className="om-pulse" aria-hidden="true" />
        Preparing the take: decoding, waveform, loudness
      </div>
    );
  }
  if (upload.status === "rejected") {
    return (
      <div className="om-lane-note" data-kind="bad">
        <Icon name="alert" />
        <span>{upload.error ?? "This file could not be read."}</span>
        {canEdit && (
          <button type="button" className="om-link" onClick={() => studio()?.removeTrack(track)}>
            Remove
          </button>
        )}
      </div>
    );
  }
  if (audio?.state !== "failed") return null;
  return (
    <div className="om-lane-note om-lane-note-over" data-kind="bad">
      <Icon name="alert" />
      <span>{audio.reason}</span>
      <button type="button" className="om-link" onClick={() => studio()?.retryAudio(upload.id)}>
        Try again
      </button>
    </div>
  );
}

function Lane({ track, upload, audio, samplesPerPixel, canEdit }) {
  const [dragSamples, setDragSamples] = useState(0);
  const isReady = upload?.status === "ready";
  return (
    <div
      className="om-lane"
      data-lane
      data-loading={isReady && audio?.state === "loading" ? "" : undefined}
      onPointerDown={(event) => event.button === 0 && seekTo(sampleUnder(event, samplesPerPixel))}
    >
      {isReady && (
        <LaneWaveform track={track} upload={upload} samplesPerPixel={samplesPerPixel} dragSamples={dragSamples} />
      )}
      {isReady &&
        clipsOf(track).map((clip, index) => (
          <ClipBox
            key={clip.id ?? index}
            track={track}
            clip={clip}
            upload={upload}
            samplesPerPixel={samplesPerPixel}
            canEdit={canEdit}
            dragSamples={dragSamples}
            onDrag={setDragSamples}
          />
        ))}
      <LaneNote upload={upload} audio={audio} canEdit={canEdit} track={track} />
    </div>
  );
}

export const TrackRow = memo(function TrackRow({ track, index, isHeard, isSelected, samplesPerPixel, canEdit }) {
  const upload = useStudio((state) => state.uploads[track.uploadId]);
  const audio = useStudio((state) => state.audio[track.uploadId]);
  const preview = useStudio((state) => state.previews[track.id]);
  const shown = preview ? { ...track, ...preview } : track;
  const select = () => store.get().selectedTrackId !== track.id && store.set({ selectedTrackId: track.id });
  return (
    <div
      className="om-row"
      role="group"
      aria-label={`Track ${index + 1}, ${track.name}`}
      tabIndex={-1}
      data-testid={`track-${index}`}
      data-track-id={track.id}
      data-heard={isHeard}
      data-selected={isSelected}
      data-status={upload?.status ?? "received"}
      data-audio={audio?.state ?? "none"}
      style={{ "--track": colorOf(track), "--track-text": textColorOf(track) }}
      onPointerDownCapture={select}
      onFocusCapture={select}
    >
      <TrackHeader track={shown} canEdit={canEdit} />
      <Lane track={track} upload={upload} audio={audio} samplesPerPixel={samplesPerPixel} canEdit={canEdit} />
    </div>
  );
});
