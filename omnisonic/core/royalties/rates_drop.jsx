import { useEffect, useRef, useState } from "react";

const ADDRESS = "/api/royalties/exchange-rates/file";
const ERRORS_SHOWN = 20;
const BROKEN_OFF = "The connection broke off. Send the file again: a rate that is there already is not added twice.";
const NO_ANSWER = "The server did not answer. Send the file again: a rate that is there already is not added twice.";

/** Where in the file: `rows.3.rate` is for people the rate in row 3. */
function placeOf(field) {
  const [kind, row, column] = (field ?? "").split(".");
  if (kind !== "rows") return field ? `Column ${field}` : "";
  return column ? `Row ${row}, ${column}` : `Row ${row}`;
}

function linesOf(answer) {
  return (answer?.errors ?? []).map(({ field, code, message }) =>
    field === "source" && code === "missing-column" ? ["", `${message} Name the source above, or in the file.`] : [placeOf(field), message],
  );
}

/** Takes a file of rates, all or none. `onSaved` gets how many are new, and how many stood there just so. */
export function RatesDrop({ sources, maxBytes, onSaved }) {
  const input = useRef(null);
  const submit = useRef(null);
  const [source, setSource] = useState("");
  const [file, setFile] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const [isOver, setOver] = useState(false);
  const [problem, setProblem] = useState("");
  const [lines, setLines] = useState([]);

  useEffect(() => {
    if (file) submit.current?.focus();
  }, [file]);

  const take = (chosen) => {
    if (!chosen || isBusy) return;
    setLines([]);
    const isTooLarge = chosen.size > maxBytes;
    setProblem(isTooLarge ? `A file of rates has at most ${maxBytes / 2 ** 20} MB. Send it in parts.` : "");
    setFile(isTooLarge ? null : chosen);
  };

  const refuse = (answer, status) => {
    const found = linesOf(answer);
    setLines(found);
    setProblem(
      found.length ? "Nothing was saved. Mend the file and choose it again." : status < 500 ? answer?.detail ?? NO_ANSWER : NO_ANSWER,
    );
    setFile(null); // what was read of it is old once it is mended
  };

  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    setLines([]);
    try {
      const named = source.trim() ? `?${new URLSearchParams({ source: source.trim() })}` : "";
      const answer = await fetch(ADDRESS + named, { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
      const said = await answer.json().catch(() => null);
      if (!answer.ok || !said) return refuse(said, answer.status);
      setFile(null);
      onSaved?.(said.added, said.unchanged);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      setProblem(BROKEN_OFF);
    } finally {
      setBusy(false);
    }
    return undefined;
  };

  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };

  return (
    <form
      className="ui-stack ui-stack-4 ry-rates-drop"
      aria-label="Exchange rates from a file"
      aria-busy={isBusy}
      data-over={isOver}
      onSubmit={send}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p className="ui-text-2">
        CSV with the columns <code>base</code>, <code>quote</code>, <code>day</code>, <code>rate</code> and <code>source</code>, such
        as <code>EUR,USD,2026-03-31,1.0812,ECB</code>. All rates are saved, or none.
      </p>
      <div className="ui-field">
        <label className="ui-label" htmlFor="rates-file-source">Source, where the file names none</label>
        <input
          id="rates-file-source"
          className="ui-input"
          list="rates-file-sources"
          maxLength={120}
          autoComplete="off"
          value={source}
          disabled={isBusy}
          onChange={(event) => setSource(event.target.value)}
          data-testid="rates-file-source"
        />
        <datalist id="rates-file-sources">{(sources ?? []).map((one) => <option key={one} value={one} />)}</datalist>
      </div>
      <div className="ry-drop-file">
        <p className="ui-truncate" role="status">{isBusy ? "Saving …" : file ? file.name : "Drop the file here"}</p>
        <div className="ui-row ui-row-wrap">
          <button type="button" className={`ui-button ${file ? "ui-button-ghost" : "ui-button-primary"}`} disabled={isBusy} onClick={() => input.current.click()} data-testid="rates-file-choose">
            <span>{file ? "Another file" : "Choose a file"}</span>
          </button>
          {file && (
            <button type="submit" ref={submit} className="ui-button ui-button-primary" disabled={isBusy} data-testid="rates-file-send">
              <span>Save these rates</span>
            </button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          className="ui-sr-only"
          tabIndex={-1}
          aria-label="File of exchange rates"
          accept=".csv,.tsv,.txt"
          data-testid="rates-file"
          onChange={(event) => {
            take(event.target.files[0]);
            event.target.value = "";
          }}
        />
      </div>
      {problem && (
        <div className="ui-notice ui-notice-danger" role="alert" data-testid="rates-file-problem">
          <div className="ui-stack">
            <p>{problem}</p>
            {lines.length > 0 && (
              <ul className="ry-file-errors">
                {lines.slice(0, ERRORS_SHOWN).map(([place, message], at) => (
                  <li key={at}>{place && <strong>{place}: </strong>}{message}</li>
                ))}
                {lines.length > ERRORS_SHOWN && <li>and {lines.length - ERRORS_SHOWN} more</li>}
              </ul>
            )}
          </div>
        </div>
      )}
    </form>
  );
}
