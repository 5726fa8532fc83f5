import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { baseLayout, PlotBox, usePlot } from "./plotly.jsx";
import { ChartHead, cssColor, DataTable } from "./toolbar.jsx";

const DASH_ARRAYS = { solid: "", dash: "9 6", dot: "3 4", dashdot: "9 4 2 4", longdash: "14 5", longdashdot: "14 5 3 5", "4px 2px 1px 2px": "4 2 1 2" };

/** Whole lines, and the last bucket apart where it may still grow. */
function traces(element, figure) {
  const count = figure.starts.length;
  const settled = figure.isLastComplete || count < 2 ? count : count - 1;
  return figure.lines.flatMap((line) => {
    const color = cssColor(element, line.color);
    const text = `%{y:,d} ${figure.noun} · %{customdata}<extra>${escape(line.name)}</extra>`;
    // A single bucket, or a single value between gaps, would be no line at all.
    const shared = { type: "scatter", mode: count < 3 ? "lines+markers" : "lines", name: escape(line.name), legendgroup: line.key, hovertemplate: text };
    const marker = { symbol: line.symbol, color, size: 7 };
    const whole = {
      ...shared, meta: line.key, x: figure.starts.slice(0, settled), y: line.values.slice(0, settled), customdata: figure.labels,
      line: { color, width: 2, dash: line.dash }, marker,
    };
    if (settled === count) return [whole];
    return [whole, {
      ...shared, meta: line.key, x: figure.starts.slice(-2), y: line.values.slice(-2), customdata: figure.labels.slice(-2).map((words) => `${words}, so far`),
      mode: "lines+markers", line: { color, width: 2, dash: "dot" }, marker: { ...marker, symbol: `${line.symbol}-open`, size: [0, 8] }, opacity: 0.8, cliponaxis: false,
      showlegend: false,
    }];
  });
}

/** A mark on the highest point of all, which the summary names. */
function peak(element, figure) {
  let [best, value] = [null, 0];
  for (const line of figure.lines)
    line.values.forEach((one, place) => {
      if (one > value) [best, value] = [{ line, place }, one];
    });
  if (!best) return [];
  return [{
    type: "scatter", mode: "markers", cliponaxis: false, x: [figure.starts[best.place]], y: [value], meta: best.line.key, hoverinfo: "skip", showlegend: false,
    marker: { symbol: "circle", size: 11, color: cssColor(element, best.line.color), line: { color: cssColor(element, "--om-surface"), width: 2 } },
  }];
}

const FEW = 6;

/** Counts are whole: where they are few each has its line, or rounding would name two lines alike. */
function wholeSteps(figure) {
  const most = Math.max(0, ...figure.lines.flatMap((line) => line.values));
  return most <= FEW ? { tick0: 0, dtick: 1 } : {};
}

// Plotly reads a few tags in names: what came from outside is text.
const escape = (words) => words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function Swatch({ line }) {
  return (
    <svg className="ui-chart-swatch" width="26" height="10" aria-hidden="true" style={{ color: `var(${line.color})` }}>
      <line x1="1" x2="25" y1="5" y2="5" stroke="currentColor" strokeWidth="2" strokeDasharray={DASH_ARRAYS[line.dash]} />
    </svg>
  );
}

/** Lines over time, one per entity. `onPick(key, start, label)` asks for the articles of a point. */
export function TimeChart({ name, title, summary, figure, csv, onPick }) {
  const [isTable, setTable] = useState(false);
  const go = useNavigate();
  const lines = figure?.lines ?? [];
  const pick = (line, place) => onPick?.(line.key, figure.starts[place], `${line.name}, ${figure.labels[place]}`);
  const build = (element) => {
    const base = baseLayout(element);
    const single = figure.starts.length === 1 ? { tickvals: figure.starts } : {};
    return {
      data: [...traces(element, figure), ...peak(element, figure)],
      layout: {
        ...base, hovermode: "closest", margin: { t: 12, r: 12, b: 28, l: 32 },
        yaxis: { ...base.yaxis, ...wholeSteps(figure) },
        xaxis: { ...base.xaxis, type: "date", nticks: 7, range: [figure.starts[0], figure.starts.at(-1)], ...single,
          tickformat: figure.bucket === "hour" ? "%-d %b\n%H:%M" : "%-d %b", hoverformat: "%-d %b %Y" },
      },
    };
  };
  const { box, state, picture } = usePlot(build, [figure], (point) => {
    const line = lines.find((one) => one.key === point.data.meta);
    const start = new Date(`${point.x}`.replace(" ", "T") + (/Z$/.test(point.x) ? "" : "Z")).getTime();
    const place = figure.starts.findIndex((one) => new Date(one).getTime() === start);
    if (line && place >= 0) pick(line, place);
  });
  const rows = useMemo(() => (isTable ? figure.starts.map((start, place) => ({
    key: start,
    label: figure.labels[place],
    cells: lines.map((line) => ({
      value: line.values[place].toLocaleString("en"),
      label: `${line.values[place]} ${figure.noun}: articles about ${line.name}, ${figure.labels[place]}`,
      onPick: line.values[place] ? () => pick(line, place) : null,
    })),
  })).reverse() : []), [isTable, figure]);
  return (
    <section className="ui-card ui-chart" aria-labelledby={`${name}-title`} data-testid={name}>
      <ChartHead name={name} title={title} summary={summary} csv={csv} isTable={isTable} onTable={() => setTable(!isTable)}
        onPicture={() => picture(name, `${title} (UTC)`)} />
      <PlotBox box={box} state={state} label={`${title}. ${summary}`} height={280} />
      <ul className="ui-chart-legend" aria-label="Lines">
        {lines.map((line) => (
          <li key={line.key}>
            <a href={line.href} title={line.detail ? `${line.name}, ${line.detail}` : line.name} data-testid={`${name}-line`}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                go(line.href);
              }}>
              <Swatch line={line} />
              <span className="ui-truncate" dir="auto">{line.name}</span>
            </a>
          </li>
        ))}
        {!figure.isLastComplete && <li className="ui-chart-hint">The open mark: {figure.labels.at(-1)}, so far (UTC)</li>}
      </ul>
      {isTable && <DataTable name={name} caption={`${title}: ${figure.noun} per ${figure.bucket}, newest first`} head={[figure.bucket, ...lines.map((line) => line.name)]} rows={rows} />}
    </section>
  );
}
