import { useEffect, useRef, useState } from "react";
import { FileBox, FileProblem, formOf, NotSent, send, useFileDrop } from "$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx";

const ADDRESS = "/api/usage";
const AFTER = "Nothing was booked; send the file again.";
const WHO = "Write who reports this usage, such as the name of the service: each source has its own account.";

/** Say who reports, drop a statement, send it. `onStarted` gets its id; `sources` are those that reported before. */
export function UsageDrop({ sources, maxBytes, onStarted }) {
  const sourceInput = useRef(null);
  const submit = useRef(null);
  const [source, setSource] = useState("");
  const [file, setFile] = useState(null);
  const [percent, setPercent] = useState(null);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const isBusy = percent !== null;

  // The button that comes with a file is the next step for a keyboard, once it is known who reports.
  useEffect(() => {
    if (file) (source.trim() ? submit : sourceInput).current?.focus();
  }, [file]);

  const show = (chosen, words = "") => {
    setFile(chosen);
    setProblem(words);
    setSaid("");
  };
  const { area, take } = useFileDrop({ onFile: show, isBusy, maxBytes, onTooLarge: (words) => show(null, words) });

  const start = async (event) => {
    event.preventDefault();
    if (!source.trim()) {
      setProblem(WHO);
      sourceInput.current?.focus();
      return;
    }
    setPercent(0);
    setProblem("");
    try {
      const body = formOf(file, { source: source.trim() });
      const started = await send(ADDRESS, body, { after: AFTER, onProgress: setPercent });
      setSaid(started.isRepeated ? "This very file came before from this source: nothing was booked twice." : "");
      setFile(null);
      onStarted?.(started.id);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      setProblem(error.message);
    } finally {
      setPercent(null);
    }
  };

  return (
    <form className="ui-card ry-drop" aria-label="Report usage" onSubmit={start} {...area}>
      <div className="ry-drop-words">
        <h2 className="ui-section-title">Report usage</h2>
        <p>
          A statement of a service as CSV: ISRC, quantity, amount, currency and period. Every good row is booked, every
          other one is listed with its reason.
        </p>
      </div>
      <div className="ui-field">
        <label className="ui-label" htmlFor="usage-source">Who reports it</label>
        <input
          id="usage-source"
          ref={sourceInput}
          className="ui-input"
          list="usage-sources"
          maxLength={120}
          autoComplete="off"
          placeholder="Name of the service or society"
          value={source}
          disabled={isBusy}
          onChange={(event) => setSource(event.target.value)}
          data-testid="usage-source"
        />
        <datalist id="usage-sources">{(sources ?? []).map((one) => <option key={one} value={one} />)}</datalist>
      </div>
      <FileBox
        name="usage"
        label="Usage statement"
        accept=".csv,.tsv,.txt"
        words={isBusy ? `Uploading ${percent} %` : file ? file.name : "Drop the file here"}
        isChosen={Boolean(file)}
        {...{ take, isBusy }}
      >
        {file && (
          <button type="submit" ref={submit} className="ui-button ui-button-primary" disabled={isBusy} data-testid="usage-send">
            <span>Book this statement</span>
          </button>
        )}
      </FileBox>
      <FileProblem words={problem} testid="usage-problem" />
      {said && <p className="ui-notice ui-notice-plain" role="status" data-testid="usage-repeated">{said}</p>}
    </form>
  );
}
