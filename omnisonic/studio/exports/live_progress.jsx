import { useEffect, useState } from "react";

/** An export under way. The room's events arrive between two looks at the server: the bar takes whichever is further. */
export function LiveProgress({ exportId, title, progress, stage, stages }) {
  const [live, setLive] = useState({ progress: 0, stage: "" });
  useEffect(() => {
    const onProgress = ({ detail }) => {
      if (detail?.exportId === exportId) setLive({ progress: detail.progress ?? 0, stage: detail.stage ?? "" });
    };
    window.addEventListener("omnisonic:export-progress", onProgress);
    return () => window.removeEventListener("omnisonic:export-progress", onProgress);
  }, [exportId]);
  const isAhead = live.progress > progress;
  const percent = Math.round(isAhead ? live.progress : progress);
  const words = stages[isAhead ? live.stage : stage] ?? stages[stage];
  return (
    <>
      <div className="ui-row ui-between">
        <strong className="ui-truncate">{title}</strong>
        <span className="ui-num ui-text-2">{percent} %</span>
      </div>
      <div className="ui-progress" role="progressbar" aria-label={title} aria-valuemin={0} aria-valuemax={100}
        aria-valuenow={percent} data-busy={percent === 0} data-testid="export-progress">
        <div style={{ width: `${percent}%` }} />
      </div>
      <span className="ui-small ui-text-2" role="status" data-testid="export-stage">{words}</span>
    </>
  );
}

/** Calls back when the mix on screen changes: what was said about it may no longer be so. */
export function MixChange({ onMixChange }) {
  useEffect(() => {
    const tell = () => onMixChange();
    window.addEventListener("omnisonic:mix-changed", tell);
    return () => window.removeEventListener("omnisonic:mix-changed", tell);
  }, [onMixChange]);
  return null;
}
