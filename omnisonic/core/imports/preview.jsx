import { useState } from "react";

const ISSUES_SHOWN = 5;
const UNKNOWN_SHOWN = 6;
const WORDS = {
  isrc: "ISRC",
  title: "Title",
  version: "Version",
  artist: "Artist",
  duration: "Length",
  released_at: "Release date",
  genre: "Genre",
  iswc: "ISWC",
  work: "Work title",
  artist_isni: "Artist’s ISNI",
  artist_ipi: "Artist’s IPI",
};
const FORMATS = { csv: "CSV", json: "JSON", jsonl: "JSON Lines" };
const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar" };

/** The form of a file in a few words. */
export function describe(preview) {
  const parts = [FORMATS[preview.format], preview.encoding.toUpperCase()];
  if (preview.delimiter) parts.push(`separated by ${DELIMITERS[preview.delimiter]}`);
  if (!preview.hasHeader) parts.push("no header");
  return parts.join(" · ");
}

/** What each column is taken for. Of a file with many, those that are left out wait behind a button. */
export function Columns({ preview, onChoose }) {
  const [isWhole, setWhole] = useState(false);
  const unknown = preview.columns.filter((column) => !column.field).length;
  const isLong = unknown > UNKNOWN_SHOWN && !preview.missing.length;
  const shown = isLong && !isWhole ? preview.columns.filter((column) => column.field) : preview.columns;
  return (
    <>
      <ColumnList columns={shown} preview={preview} onChoose={onChoose} />
      {isLong && (
        <button
          type="button"
          className="ui-button ui-button-ghost im-more"
          data-testid="import-all-columns"
          aria-expanded={isWhole}
          onClick={() => setWhole(!isWhole)}
        >
          <span>{isWhole ? "Hide the columns left out" : `Show ${unknown} columns left out`}</span>
        </button>
      )}
    </>
  );
}

function ColumnList({ columns, preview, onChoose }) {
  return (
    <div className="im-columns" role="list" aria-label="Columns of the file">
      {columns.map((column) => (
        <div className="im-column" role="listitem" key={column.name} data-known={Boolean(column.field)}>
          <div className="im-names">
            <strong className="ui-truncate">{column.name}</strong>
            <span className="im-samples ui-truncate">{column.samples.join(" · ") || "empty"}</span>
          </div>
          <span className="ui-select-box">
            <select
              className="ui-select"
              aria-label={`Meaning of ${column.name}`}
              data-testid={`column-${column.field ?? "none"}`}
              value={column.field ?? ""}
              onChange={(event) => onChoose(column.name, event.target.value)}
            >
              <option value="">Leave out</option>
              {preview.fields.map((field) => (
                <option key={field} value={field}>
                  {WORDS[field]}
                </option>
              ))}
            </select>
            <Chevron />
          </span>
        </div>
      ))}
    </div>
  );
}

function Chevron() {
  return (
    <svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <path d="m6 9 6 6 6-6" />
    </svg>
  );
}

/** How bare numbers in the length column count; `3:35` and `PT3M35S` need no unit. */
export function Unit({ unit, onChoose }) {
  return (
    <label className="im-unit">
      <span>Numbers in the length column are</span>
      <span className="ui-select-box">
        <select
          className="ui-select"
          data-testid="import-unit"
          value={unit}
          onChange={(event) => onChoose(event.target.value)}
        >
          <option value="s">seconds</option>
          <option value="ms">milliseconds</option>
        </select>
        <Chevron />
      </span>
    </label>
  );
}

/** What is missing, or how the first rows fare. */
export function Issues({ preview }) {
  const { issues, acceptedSample: good, rejectedSample: bad, missing } = preview;
  if (missing.length) {
    return (
      <p className="ui-notice ui-notice-warn" role="status" data-testid="import-missing">
        Say which columns hold {missing.map((field) => WORDS[field]).join(" and ")}.
      </p>
    );
  }
  return (
    <div className="im-issues">
      <p data-testid="import-sample">
        Of the first {good + bad} rows {good} can be taken{bad ? `, ${bad} cannot` : ""}.
      </p>
      <ul>
        {issues.slice(0, ISSUES_SHOWN).map((issue) => (
          <li key={`${issue.row}-${issue.column}-${issue.code}`}>
            <b>Row {issue.row}</b>
            {issue.column ? ` · ${issue.column}` : ""}: {issue.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
