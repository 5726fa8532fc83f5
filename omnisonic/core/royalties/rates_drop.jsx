import { useEffect, useRef, useState } from "react";
import { FileBox, FileProblem, NotSent, send as post, useFileDrop } from "$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx";

const ADDRESS = "/api/royalties/exchange-rates/file";
const ERRORS_SHOWN = 20;
const AFTER = "Send the file again: a rate that is there already is not added twice.";
const MEND = "Nothing was saved. Mend the file and choose it again.";

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
  const submit = useRef(null);
  const [source, setSource] = useState("");
  const [file, setFile] = useState(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [lines, setLines] = useState([]);

  useEffect(() => {
    if (file) submit.current?.focus();
  }, [file]);

  const show = (chosen, words = "", found = []) => {
    setFile(chosen);
    setProblem(words);
    setLines(found);
  };
  const { area, take } = useFileDrop({ onFile: show, isBusy, maxBytes, onTooLarge: (words) => show(null, words) });

  const send = async (event) => {
    event.preventDefault();
    setBusy(true);
    show(file);
    try {
      const named = source.trim() ? `?${new URLSearchParams({ source: source.trim() })}` : "";
      const said = await post(ADDRESS + named, file, { after: AFTER, type: "text/csv" });
      setFile(null);
      onSaved?.(said.added, said.unchanged);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      const found = linesOf(error.answer);
      // What was read of a refused file is old once it is mended; one that did not arrive can be sent again.
      show(error.answer ? null : file, found.length ? MEND : error.message, found);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="ui-stack ui-stack-4" aria-label="Exchange rates from a file" onSubmit={send} {...area}>
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
      <FileBox
        name="rates"
        label="File of exchange rates"
        accept=".csv,.tsv,.txt"
        words={isBusy ? "Saving …" : file ? file.name : "Drop the file here"}
        isChosen={Boolean(file)}
        {...{ take, isBusy }}
      >
        {file && (
          <button type="submit" ref={submit} className="ui-button ui-button-primary" disabled={isBusy} data-testid="rates-file-send">
            <span>Save these rates</span>
          </button>
        )}
      </FileBox>
      <FileProblem words={problem} testid="rates-file-problem">
        {lines.length > 0 && (
          <ul className="ry-file-errors">
            {lines.slice(0, ERRORS_SHOWN).map(([place, message], at) => (
              <li key={at}>{place && <strong>{place}: </strong>}{message}</li>
            ))}
            {lines.length > ERRORS_SHOWN && <li>and {lines.length - ERRORS_SHOWN} more</li>}
          </ul>
        )}
      </FileProblem>
    </form>
  );
}
