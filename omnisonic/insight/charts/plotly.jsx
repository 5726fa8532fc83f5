import { useEffect, useRef, useState } from "react";

import { cssColor, download } from "./toolbar.jsx";

let loading = null;

/** Plotly's smallest bundle, fetched by the first chart of a page and by no other page. */
function loadPlotly() {
  loading ??= import("plotly.js-basic-dist-min").then((found) => found.default ?? found).catch((error) => {
    loading = null; // a later chart tries again
    throw error;
  });
  return loading;
}

/** Counts up whenever the theme changes, so that a picture is drawn again in its colors. */
function useTheme() {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const next = () => setCount((before) => before + 1);
    const watch = new MutationObserver(next);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", next);
    return () => {
      watch.disconnect();
      system.removeEventListener("change", next);
    };
  }, []);
  return count;
}

export function baseLayout(element) {
  const line = cssColor(element, "--om-line");
  return {
    font: { family: cssColor(element, "--om-font"), size: 12, color: cssColor(element, "--om-text-2") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
    dragmode: false,
    hoverlabel: {
      bgcolor: cssColor(element, "--om-raised"), bordercolor: cssColor(element, "--om-line-strong"),
      font: { family: cssColor(element, "--om-font"), size: 13, color: cssColor(element, "--om-text") },
    },
    xaxis: { gridcolor: "rgba(0,0,0,0)", linecolor: line, zeroline: false, fixedrange: true, automargin: true },
    yaxis: { gridcolor: line, zeroline: false, fixedrange: true, rangemode: "tozero", tickformat: ",d", automargin: true },
  };
}

/** Draws `build(element)`'s data and layout again when they, the theme or the width change. `picture` gives a PNG. */
export function usePlot(build, deps, onClick) {
  const box = useRef(null);
  const click = useRef(onClick);
  const [state, setState] = useState("loading");
  const theme = useTheme();
  click.current = onClick;
  useEffect(() => {
    let isGone = false;
    const element = box.current;
    loadPlotly()
      .then(async (Plotly) => {
        if (isGone || !element) return;
        const { data, layout } = build(element);
        await Plotly.react(element, data, layout, { displayModeBar: false, responsive: true, showTips: false });
        if (isGone) return;
        element.removeAllListeners?.("plotly_click");
        element.on("plotly_click", (event) => click.current?.(event.points[0]));
        setState("ready");
      })
      .catch(() => !isGone && setState("failed"));
    return () => {
      isGone = true;
    };
  }, [theme, ...deps]);
  useEffect(() => () => void loading?.then((Plotly) => box.current && Plotly.purge(box.current)), []);
  const picture = async (name, title) => {
    const Plotly = await loadPlotly();
    const element = box.current;
    const { data, layout } = build(element);
    const shown = {
      ...layout,
      title: { text: title, x: 0, xanchor: "left", xref: "container", pad: { l: 24 }, font: { size: 16, color: cssColor(element, "--om-text") } },
      paper_bgcolor: cssColor(element, "--om-surface"),
      showlegend: true,
      margin: { t: 64, r: 24, b: 48, l: 48 },
      width: 960,
      height: 480,
    };
    download(await Plotly.toImage({ data, layout: shown }, { format: "png", scale: 2, width: 960, height: 480 }), `${name}.png`);
  };
  return { box, state, picture };
}

export function PlotBox({ box, state, label, height }) {
  return (
    <div className="ui-plot" role="img" aria-label={label} style={{ height }}>
      <div ref={box} className="ui-plot-box" data-state={state} />
      {state === "failed" && <p className="ui-plot-note">The picture could not be drawn. “Show data” has the figures.</p>}
    </div>
  );
}
