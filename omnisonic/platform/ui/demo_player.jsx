import { useEffect, useRef, useState } from "react";
import { StemMix } from "./demo_mix.js";
import { drawStem, redrawOnChange } from "./bars.js";

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

function Icon({ isPlaying }) {
  const path = isPlaying ? "M8 5v14M16 5v14" : "M7 4.5v15l12-7.5z";
  return (
    <svg viewBox="0 0 24 24" fill={isPlaying ? "none" : "currentColor"} stroke="currentColor"
      strokeWidth={isPlaying ? 3 : 2} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

function Lane({ stem, color, isOn, position, onToggle }) {
  const canvas = useRef(null);
  useEffect(() => {
    const box = canvas.current; // a last redraw may come after React has let go of it
    return redrawOnChange(box, () => box.isConnected && drawStem(box, stem.peaks, color));
  }, [stem, color]);
  return (
    <div className="ui-demo-lane" data-off={!isOn}>
      <button type="button" className="ui-demo-name" aria-pressed={isOn} onClick={onToggle}
        title={isOn ? `Mute ${stem.name}` : `Unmute ${stem.name}`}
        style={{ color: `var(--om-track-text-${color})`, position: "relative", zIndex: 1 }}
        data-testid={`demo-stem-${stem.key}`}>
        {stem.name}
      </button>
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
}

/** Play, seek and mute of the demo song. Sound is fetched at the first play. */
export function DemoPlayer({ peaksUrl }) {
  const [song, setSong] = useState(null);
  const [state, setState] = useState({ isPlaying: false, isLoading: false, problem: "" });
  const [seconds, setSeconds] = useState(0);
  const [muted, setMuted] = useState([]);
  const mix = useRef(null);

  useEffect(() => {
    const stop = new AbortController();
    fetch(peaksUrl, { signal: stop.signal })
      .then((answer) => answer.json())
      .then((found) => {
        mix.current = new StemMix(found, { onTime: setSeconds, onState: setState });
        setSong(found);
        if (document.documentElement.dataset.demo === "wanted") mix.current.play();
      })
      .catch((error) => {
        if (error.name !== "AbortError") setState((now) => ({ ...now, problem: "The demo song could not be loaded." }));
      });
    return () => {
      stop.abort();
      mix.current?.close();
    };
  }, [peaksUrl]);

  useEffect(() => {
    const play = () => mix.current?.play();
    window.addEventListener("omnisonic:play-demo", play);
    return () => window.removeEventListener("omnisonic:play-demo", play);
  }, []);

  const toggle = (key) => {
    const next = muted.includes(key) ? muted.filter((other) => other !== key) : [...muted, key];
    setMuted(next);
    mix.current?.setMuted(next);
  };

  const length = song?.durationSeconds ?? 0;
  return (
    <>
      <div className="ui-demo-head">
        <button type="button" className="ui-demo-play" disabled={!song} data-testid="demo-play"
          aria-label={state.isPlaying ? "Pause the demo song" : "Play the demo song"}
          onClick={() => mix.current?.toggle()}>
          <Icon isPlaying={state.isPlaying} />
        </button>
        <div>
          <p className="ui-demo-title">{song?.title ?? "\u00a0"}</p>
          <p className="ui-small ui-text-2" role="status">
            {state.problem || (state.isLoading ? "Loading …" : "Demo song · 4 stems · click a name to mute it")}
          </p>
        </div>
        <span className="ui-demo-time" data-testid="demo-time">{clock(seconds)} / {clock(length)}</span>
      </div>
      <div className="ui-demo-stage">
        {(song?.stems ?? []).map((stem, at) => (
          <Lane key={stem.key} stem={stem} color={at + 1} isOn={!muted.includes(stem.key)}
            onToggle={() => toggle(stem.key)} />
        ))}
        {song && (
          <>
            <input type="range" className="ui-demo-seek" min="0" max={length} step="0.1" value={seconds}
              aria-label="Position" aria-valuetext={`${clock(seconds)} of ${clock(length)}`} data-testid="demo-seek"
              onChange={(event) => mix.current?.seek(Number(event.target.value))} />
            <div className="ui-demo-head-line"
              style={{ left: `calc(var(--om-demo-left) + (100% - var(--om-demo-left) - var(--om-demo-right)) * ${seconds / length})` }} />
          </>
        )}
      </div>
    </>
  );
}
