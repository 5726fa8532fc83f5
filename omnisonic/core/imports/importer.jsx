import { useCallback, useEffect, useRef, useState } from "react";
import { Columns, Issues, Unit, describe } from "./preview.jsx";
import "./importer.css";

const ADDRESS = "/ingest/isrc/bulk";
const PREVIEW_BYTES = 4 * 1024 * 1024; // enough to see the columns; the whole file goes up once
const LINE_END = 10;

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

/** Drop a file, see what its columns are taken for, change that, start. `onStarted` gets the import's id. */
export function Importer({ onStarted }) {
  const input = useRef(null);
  const [file, setFile] = useState(null);
  const [preview, setPreview] = useState(null);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const [isOver, setOver] = useState(false);
  const heading = useRef(null);
  const chooser = useRef(null);
  const wasShown = useRef(false);
  const isShown = Boolean(preview);

  // The part that had the focus goes with each step: without this a keyboard starts again at the top.
  useEffect(() => {
    if (isShown !== wasShown.current) (isShown ? heading : chooser).current?.focus();
    wasShown.current = isShown;
  }, [isShown]);

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
    if (!chosen || busy) return;
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
    <section
      className="ui-card im-importer"
      aria-label="Import a file"
      aria-busy={Boolean(busy)}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {!preview && (
        <div className="im-drop" data-over={isOver} data-testid="import-drop">
          <strong role="status">{busy || "Drop a catalog here"}</strong>
          <span>CSV, JSON or JSON Lines, from your distributor, MusicBrainz or DDEX</span>
          <button
            type="button"
            ref={chooser}
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
              <h2 className="ui-truncate" ref={heading} tabIndex={-1}>
                {preview.fileName}
              </h2>
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
