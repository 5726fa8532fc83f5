import { useState } from "react";

import { baseLayout, PlotBox, usePlot } from "./plotly.jsx";
import { ChartHead, cssColor, DataTable } from "./toolbar.jsx";

const percent = (share) => (share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(share * 100)} %`);
const PATTERNS = ["", "/", ".", "\\", "x", "-", "|"];

/** Shares as a pie or, easier to compare, as bars. `onPick(genre, name)` asks for the articles of a slice. */
export function ShareChart({ name, title, summary, figure, csv, onPick }) {
  const [isTable, setTable] = useState(false);
  const [isBars, setBars] = useState(false);
  const slices = figure?.slices ?? [];
  const pick = (slice) => slice.key !== null && onPick?.(slice.key, slice.name);
  const build = (element) => {
    const base = baseLayout(element);
    const colors = slices.map((slice) => cssColor(element, slice.color));
    const surface = cssColor(element, "--om-surface");
    const pattern = { shape: PATTERNS.slice(0, slices.length), fillmode: "overlay", fgcolor: surface, fgopacity: 0.3, size: 7, solidity: 0.2 };
    const labels = slices.map((slice) => slice.name);
    const values = slices.map((slice) => slice.value);
    const margin = { t: 4, r: 4, b: isBars ? 24 : 4, l: 4 };
    const hovertemplate = `%{customdata} · %{${isBars ? "x" : "value"}:,d} ${figure.noun}<extra></extra>`;
    const customdata = slices.map((slice) => `${slice.name.replace(/</g, "&lt;")}: ${percent(slice.share)}`);
    if (isBars) {
      return {
        data: [{ type: "bar", orientation: "h", x: values, y: labels.map((_, place) => place), customdata, hovertemplate, marker: { color: colors, pattern } }],
        layout: { ...base, margin, xaxis: { ...base.yaxis, nticks: 4 }, yaxis: { visible: false, autorange: "reversed", fixedrange: true }, bargap: 0.35 },
      };
    }
    return {
      data: [{ type: "pie", labels, values, customdata, hovertemplate, sort: false, direction: "clockwise", textinfo: "none",
        marker: { colors, pattern, line: { color: surface, width: 2 } } }],
      layout: { ...base, margin },
    };
  };
  const { box, state, picture } = usePlot(build, [figure, isBars], (point) => pick(slices[point.pointNumber]));
  return (
    <section className="ui-card ui-chart" aria-labelledby={`${name}-title`} data-testid={name}>
      <ChartHead name={name} title={title} summary={summary} csv={csv} isTable={isTable} onTable={() => setTable(!isTable)}
        onPicture={() => picture(name, title)}>
        <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-pressed={isBars} onClick={() => setBars(!isBars)}
          aria-label="Show as bars" title="Show as bars" data-testid={`${name}-bars`}>
          <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
            <path d="M4 6h15M4 12h9M4 18h5" />
          </svg>
        </button>
      </ChartHead>
      <div className="ui-shares-chart">
        <PlotBox box={box} state={state} label={`${title}. ${summary}`} height={220} />
        <ul className="ui-chart-slices" aria-label={title}>
          {slices.map((slice) => (
            <li key={slice.name}>
              <button type="button" disabled={slice.key === null} onClick={() => pick(slice)} data-testid={`${name}-slice`}
                title={`${slice.value.toLocaleString("en")} ${figure.noun}`}>
                <span className="ui-chart-dot" style={{ background: `var(${slice.color})` }} aria-hidden="true" />
                <span className="ui-truncate" dir="auto">{slice.name}</span>
                <span className="ui-num">{percent(slice.share)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {isTable && (
        <DataTable name={name} caption={`${title}: ${figure.noun} and share`} head={["Genre", figure.noun, "Share"]}
          rows={slices.map((slice) => ({
            key: slice.name, label: slice.name, cells: [slice.value.toLocaleString("en"), percent(slice.share)],
            onPick: slice.key === null ? null : () => pick(slice),
          }))} />
      )}
    </section>
  );
}
