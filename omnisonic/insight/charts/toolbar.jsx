import { useState } from "react";

export const cssColor = (element, name) => getComputedStyle(element).getPropertyValue(name).trim() || "#888";

/** Gives a file to the browser's own download. */
export function download(url, name) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

function Icon({ d }) {
  return (
    <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

const TABLE = "M3 5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM3 9h18M3 15h18M9 9v12";
const IMAGE = "M3 5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM21 15l-5-5L5 21M9 8.5h.01";
const FILE = "M12 15V3M7 10l5 5 5-5M5 21h14";

/** Heading, summary in one sentence, and the ways to have the figures otherwise: table, picture, file. */
export function ChartHead({ name, title, summary, isTable, onTable, onPicture, csv, children }) {
  const [busy, setBusy] = useState(false);
  const picture = async () => {
    setBusy(true);
    try {
      await onPicture();
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="ui-chart-head">
      <div className="ui-chart-words">
        <h2 className="ui-section-title" id={`${name}-title`}>{title}</h2>
        <p id={`${name}-summary`} data-testid={`${name}-summary`} dir="auto">{summary}</p>
      </div>
      <div className="ui-chart-tools">
        {children}
        {onTable && (
          <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-pressed={isTable} onClick={onTable}
            aria-label={`Show data: ${title}`} title="Show data" data-testid={`${name}-data`}>
            <Icon d={TABLE} />
          </button>
        )}
        {onPicture && (
          <button type="button" className="ui-button ui-button-ghost ui-button-icon" disabled={busy} onClick={picture}
            aria-label={`Save as picture (PNG): ${title}`} title="Save as picture (PNG)" data-testid={`${name}-png`}>
            <Icon d={IMAGE} />
          </button>
        )}
        {csv && (
          <a className="ui-button ui-button-ghost ui-button-icon" href={csv} aria-label={`Save as file (CSV): ${title}`}
            title="Save as file (CSV)" data-testid={`${name}-csv`}>
            <Icon d={FILE} />
          </a>
        )}
      </div>
    </div>
  );
}

/** The figures as a table; cells with `onPick` lead to the articles behind them. */
export function DataTable({ name, caption, head, rows }) {
  return (
    <div className="ui-chart-table" role="region" aria-labelledby={`${name}-caption`} tabIndex={0} data-testid={`${name}-table`}>
      <table>
        <caption id={`${name}-caption`}>{caption}</caption>
        <thead>
          <tr>{head.map((words) => <th key={words} scope="col" dir="auto">{words}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, cells, onPick }) => (
            <tr key={key}>
              <th scope="row" dir="auto">{onPick ? <button type="button" onClick={onPick}>{label}</button> : label}</th>
              {cells.map((cell, place) => (
                <td key={place}>
                  {cell?.onPick ? (
                    <button type="button" aria-label={cell.label} onClick={cell.onPick}>{cell.value}</button>
                  ) : (cell?.value ?? cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
