import { useEffect, useRef, useState } from "react";

const ADDRESS = "/api/usage";
const SOURCE_LEAST = 1;

/** What the server says is wrong, in one sentence for people. */
function problemOf(answer, status) {
  const first = answer?.errors?.[0]?.message;
  if (status === 413) return answer?.detail ?? "This file is too large. Split it into several statements.";
  return first ?? answer?.detail ?? "The server did not answer. Nothing was booked; try again in a moment.";
}

function send(file, source, onProgress) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("file", file, file.name);
    form.append("source", source);
    const request = new XMLHttpRequest();
    request.open("POST", ADDRESS);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(Math.round((100 * event.loaded) / event.total));
    request.onerror = () => reject(new Error("The connection broke off. Nothing was booked; send the file again."));
    request.onload = () =>
      request.status < 300 ? resolve(request.response) : reject(new Error(problemOf(request.response, request.status)));
    request.send(form);
  });
}

/** Say who reports, drop a statement, send it. `onStarted` gets its id; `sources` are those that reported before. */
export function UsageDrop({ sources, onStarted }) {
  const input = useRef(null);
  const sourceInput = useRef(null);
  const [source, setSource] = useState("");
  const [file, setFile] = useState(null);
  const [percent, setPercent] = useState(null);
  const [problem, setProblem] = useState("");
  const [said, setSaid] = useState("");
  const [isOver, setOver] = useState(false);
  const submit = useRef(null);
  const isBusy = percent !== null;

  // The button that comes with a file is the next step for a keyboard, once it is known who reports.
  useEffect(() => {
    if (file) (source.trim() ? submit : sourceInput).current?.focus();
  }, [file]);

  const take = (chosen) => {
    if (!chosen || isBusy) return;
    setFile(chosen);
    setProblem("");
    setSaid("");
  };

  const start = async (event) => {
    event.preventDefault();
    if (source.trim().length < SOURCE_LEAST) {
      setProblem("Write who reports this usage, such as the name of the service: each source has its own account.");
      sourceInput.current?.focus();
      return;
    }
    setPercent(0);
    setProblem("");
    try {
      const started = await send(file, source.trim(), setPercent);
      setSaid(started.isRepeated ? "This very file came before from this source: nothing was booked twice." : "");
      setFile(null);
      onStarted?.(started.id);
    } catch (error) {
      setProblem(error.message);
    } finally {
      setPercent(null);
    }
  };

  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };

  return (
    <form
      className="ui-card ry-drop"
      aria-label="Report usage"
      aria-busy={isBusy}
      data-over={isOver}
      onSubmit={start}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
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
      <div className="ry-drop-file" data-testid="usage-drop">
        <p className="ui-truncate" role="status">
          {isBusy ? `Uploading ${percent} %` : file ? file.name : "Drop the file here"}
        </p>
        <div className="ui-row ui-row-wrap">
          <button type="button" className={`ui-button ${file ? "ui-button-ghost" : "ui-button-primary"}`} disabled={isBusy} onClick={() => input.current.click()} data-testid="usage-choose">
            <span>{file ? "Another file" : "Choose a file"}</span>
          </button>
          {file && (
            <button type="submit" ref={submit} className="ui-button ui-button-primary" disabled={isBusy} data-testid="usage-send">
              <span>Book this statement</span>
            </button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          className="ui-sr-only"
          tabIndex={-1}
          aria-label="Usage statement"
          accept=".csv,.tsv,.txt"
          data-testid="usage-file"
          onChange={(event) => {
            take(event.target.files[0]);
            event.target.value = "";
          }}
        />
      </div>
      {problem && <p className="ui-notice ui-notice-danger" role="alert" data-testid="usage-problem">{problem}</p>}
      {said && <p className="ui-notice ui-notice-plain" role="status" data-testid="usage-repeated">{said}</p>}
    </form>
  );
}
