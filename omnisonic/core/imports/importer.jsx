import { useCallback, useEffect, useRef, useState } from "react";
import { FileBox, FileProblem, formOf, NotSent, send, useFileDrop } from "$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx";
import { Columns, Issues, Unit, describe } from "./preview.jsx";
import "./importer.css";

const ADDRESS = "/ingest/isrc/bulk";
const PREVIEW_BYTES = 4 * 1024 * 1024; // enough to see the columns; the whole file goes up once
const LINE_END = 10;
const AFTER = "Nothing was imported; try again.";

/** The start of a large file up to a whole line; JSON is one piece and cannot be cut. */
async function sampleOf(file) {
  if (file.size <= PREVIEW_BYTES || /\.json$/i.test(file.name)) return file;
  const start = new Uint8Array(await file.slice(0, PREVIEW_BYTES).arrayBuffer());
  const end = start.lastIndexOf(LINE_END);
  return end > 0 ? new File([start.slice(0, end + 1)], file.name) : file;
}

const bodyOf = (file, mapping) => formOf(file, mapping ? { mapping: JSON.stringify(mapping) } : {});

/** Drop a file, see what its columns are taken for, change that, start. `onStarted` gets the import's id. */
export function Importer({ maxBytes, onStarted }) {
  const [file, setFile] = useState(null);
  const [preview, setPreview] = useState(null);
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
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
      setPreview(await send(`${ADDRESS}/preview`, bodyOf(await sampleOf(chosen), mapping), { after: AFTER }));
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      setProblem(error.message);
      if (!mapping) setFile(null);
    } finally {
      setBusy("");
    }
  }, []);

  const begin = (chosen) => {
    setFile(chosen);
    setPreview(null);
    setSaid("");
    look(chosen, null);
  };
  const { area, take } = useFileDrop({ onFile: begin, isBusy: Boolean(busy), maxBytes, onTooLarge: setProblem });

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
      const onProgress = (percent) => setBusy(`Uploading ${percent} %`);
      const started = await send(ADDRESS, bodyOf(file, preview.mapping), { after: AFTER, onProgress });
      setSaid(started.isRepeated ? "You imported this very file before: here is that import." : "");
      setFile(null);
      setPreview(null);
      onStarted?.(started.jobId);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      setProblem(error.message);
    } finally {
      setBusy("");
    }
  };

  return (
    <section className="ui-card im-importer" aria-label="Import a file" {...area}>
      {!preview && (
        <FileBox
          name="import"
          label="Catalog file"
          accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson"
          shape="tall"
          words={busy || "Drop a catalog here"}
          hint="CSV, JSON or JSON Lines, from your distributor, MusicBrainz or DDEX"
          isBusy={Boolean(busy)}
          {...{ take, chooser }}
        />
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
      <FileProblem words={problem} testid="import-problem" />
      {said && (
        <p className="ui-notice ui-notice-plain" role="status" data-testid="import-repeated">
          {said}
        </p>
      )}
    </section>
  );
}
