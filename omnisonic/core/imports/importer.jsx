import { useCallback, useRef, useState } from "react";
import "./importer.css";

const ADDRESS = "/ingest/isrc/bulk";
const PREVIEW_BYTES = 4 * 1024 * 1024; // enough to see the columns; the whole file goes up once
const LINE_END = 10;
const ISSUES_SHOWN = 5;
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

/** The start of a large file up to a whole line; JSON is one piece and cannot be cut. */
async function sampleOf(file) {
  if (file.size <= PREVIEW_BYTES || /\.json$/i.test(file.name)) return file;
  const start = new Uint8Array(await file.slice(0, PREVIEW_BYTES).arrayBuffer());
  const end = start.lastIndexOf(LINE_END);
  return end > 0 ? new File([start.slice(0, end + 1)], file.name) : file;
}

function send(url, file, mapping, onProgress) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("file", file, file.name);
    if (mapping) form.append("mapping", JSON.stringify(mapping));
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress?.(Math.round((100 * event.loaded) / event.total));
    request.onerror = () => reject(new Error("The connection broke off. Nothing was imported; try again."));
    request.onload = () =>
      request.status < 300
        ? resolve(request.response)
        : reject(new Error(request.response?.detail ?? "The server did not answer. Try again in a moment."));
    request.send(form);
  });
}

function describe(preview) {
  const parts = [FORMATS[preview.format], preview.encoding.toUpperCase()];
  if (preview.delimiter) parts.push(`separated by ${DELIMITERS[preview.delimiter]}`);
  if (!preview.hasHeader) parts.push("no header");
  return parts.join(" · ");
}

function Columns({ preview, onChoose }) {
  return (
    <div className="im-columns" role="list" aria-label="Columns of the file">
      {preview.columns.map((column) => (
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
function Unit({ unit, onChoose }) {
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

function Issues({ preview }) {
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

/** Drop a file, see what its columns are taken for, change that, start. `onStarted` gets the import's id. */
export function Importer({ onStarted }) {
  const input = useRef(null);
  const [file, setFile] = useState(null);
  const [preview, setPreview] = useState(null);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const [isOver, setOver] = useState(false);

  const look = useCallback(async (chosen, mapping) => {
    setBusy("Looking at the file …");
    setProblem("");
    try {
      setPreview(await send(`${ADDRESS}/preview`, await sampleOf(chosen), mapping));
    } catch (error) {
      setProblem(error.message);
      if (!mapping) setFile(null);
    } finally {
      setBusy("");
    }
  }, []);

  const take = (chosen) => {
    if (!chosen) return;
    setFile(chosen);
    setPreview(null);
    setSaid("");
    look(chosen, null);
  };

  const choose = (column, field) => {
    const columns = preview.columns.map((one) => {
      if (one.name === column) return { ...one, field: field || null };
      return field && one.field === field ? { ...one, field: null } : one;
    });
    const named = Object.fromEntries(columns.filter((one) => one.field).map((one) => [one.field, one.name]));
    const shown = new Set(["s", "ms", ...columns.map((one) => one.name)]);
    const later = Object.entries(preview.mapping).filter(([one, name]) => !shown.has(name) && !named[one]);
    const mapping = { ...Object.fromEntries(later), ...named, durationUnit: preview.mapping.durationUnit };
    const missing = ["isrc", "title", "artist"].filter((one) => !named[one]);
    setPreview({ ...preview, columns, mapping, missing });
    if (!missing.length) look(file, mapping);
  };

  const chooseUnit = (durationUnit) => {
    const mapping = { ...preview.mapping, durationUnit };
    setPreview({ ...preview, mapping });
    if (!preview.missing.length) look(file, mapping);
  };

  const start = async () => {
    setBusy("Uploading …");
    setProblem("");
    try {
      const started = await send(ADDRESS, file, preview.mapping, (percent) => setBusy(`Uploading ${percent} %`));
      setSaid(started.isRepeated ? "You imported this very file before: here is that import." : "");
      setFile(null);
      setPreview(null);
      onStarted?.(started.jobId);
    } catch (error) {
      setProblem(error.message);
    } finally {
      setBusy("");
    }
  };

  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };

  return (
    <section className="ui-card im-importer" aria-label="Import a file" aria-busy={Boolean(busy)}>
      {!preview && (
        <div
          className="im-drop"
          data-over={isOver}
          data-testid="import-drop"
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <strong>{busy || "Drop a catalog here"}</strong>
          <span>CSV, JSON or JSON Lines, from your distributor, MusicBrainz or DDEX</span>
          <button
            type="button"
            className="ui-button ui-button-primary"
            data-testid="import-choose"
            disabled={Boolean(busy)}
            onClick={() => input.current.click()}
          >
            <span>Choose a file</span>
          </button>
          <input
            ref={input}
            type="file"
            className="ui-sr-only"
            tabIndex={-1}
            aria-label="Catalog file"
            accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson"
            data-testid="import-file"
            onChange={(event) => {
              take(event.target.files[0]);
              event.target.value = "";
            }}
          />
        </div>
      )}
      {preview && (
        <div className="im-preview" data-testid="import-preview">
          <div className="im-head">
            <div>
              <h2 className="ui-truncate">{preview.fileName}</h2>
              <p>{describe(preview)}</p>
            </div>
            <div className="ui-row">
              <button
                type="button"
                className="ui-button ui-button-ghost"
                data-testid="import-discard"
                disabled={Boolean(busy)}
                onClick={() => setPreview(null)}
              >
                <span>Another file</span>
              </button>
              <button
                type="button"
                className="ui-button ui-button-primary"
                data-testid="import-start"
                disabled={Boolean(busy) || preview.missing.length > 0}
                onClick={start}
              >
                <span>{busy || "Import catalog"}</span>
              </button>
            </div>
          </div>
          <Issues preview={preview} />
          <Columns preview={preview} onChoose={choose} />
          {preview.mapping.duration && <Unit unit={preview.mapping.durationUnit} onChoose={chooseUnit} />}
        </div>
      )}
      {problem && (
        <p className="ui-notice ui-notice-danger" role="alert" data-testid="import-problem">
          {problem}
        </p>
      )}
      {said && (
        <p className="ui-notice ui-notice-plain" role="status" data-testid="import-repeated">
          {said}
        </p>
      )}
    </section>
  );
}
