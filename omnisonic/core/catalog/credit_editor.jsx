import { useEffect, useRef, useState } from "react";

import { Finder } from "./finder.jsx";
import { LeaveGuard } from "./leave_guard.jsx";

const MAX_CREDITS = 50;
let lastKey = 0;
const asRow = (row) => ({ ...row, key: (lastKey += 1) });

/** How performers read together until someone writes it otherwise. */
function joined(rows) {
  const [first = "", ...guests] = rows.map((row) => row.creditedAs.trim()).filter(Boolean);
  return guests.length ? `${first} feat. ${guests.join(", ")}` : first;
}

function Arrow({ isUp }) {
  return (
    <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
      <path d={isUp ? "m6 15 6-6 6 6" : "m6 9 6 6 6-6"} />
    </svg>
  );
}

/** Who performs, in which order and spelling: add people, move them, take them away. */
export function CreditEditor({ rows: given, line: before, onSave, onCancel }) {
  const [rows, setRows] = useState(() => given.map(asRow));
  const [line, setLine] = useState(before);
  const [said, setSaid] = useState("");
  const form = useRef(null);
  useEffect(() => form.current.focus({ preventScroll: true }), []); // the button that opened it is gone
  const written = rows.map(({ contributorId, name, creditedAs }) => ({ contributorId, name, creditedAs: creditedAs.trim() }));
  const isDirty = line !== before || JSON.stringify(written) !== JSON.stringify(given);
  const isReady = rows.length > 0 && line.trim() && written.every((row) => row.creditedAs);

  const change = (next) => {
    if (line.trim() === "" || line === joined(rows)) setLine(joined(next)); // a line of one's own stays
    setRows(next);
  };
  const move = (place, step) => {
    const next = [...rows];
    [next[place], next[place + step]] = [next[place + step], next[place]];
    change(next);
    setSaid(`${rows[place].creditedAs} is now number ${place + step + 1} of ${rows.length}.`);
  };
  const save = (event) => {
    event.preventDefault();
    if (isReady) onSave(written, line.trim());
  };

  return (
    <form ref={form} tabIndex={-1} className="ui-share-editor" data-testid="credit-editor" onSubmit={save}>
      <LeaveGuard isDirty={isDirty} what="the performers" />
      <ol className="ui-credit-rows">
        {rows.map((row, place) => (
          <li key={row.key} data-testid="credit-row">
            <input className="ui-input" dir="auto" maxLength={300} aria-label={`Performer ${place + 1}, as credited`} value={row.creditedAs}
              aria-invalid={!row.creditedAs.trim()} title={row.name} data-testid="credit-as"
              onChange={(event) => change(rows.map((one) => (one.key === row.key ? { ...one, creditedAs: event.target.value } : one)))} />
            <span className="ui-row">
              <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-label={`Move ${row.creditedAs} up`} title="Up"
                aria-disabled={place === 0} data-testid="credit-up" onClick={() => place > 0 && move(place, -1)}>
                <Arrow isUp />
              </button>
              <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-label={`Move ${row.creditedAs} down`} title="Down"
                aria-disabled={place === rows.length - 1} data-testid="credit-down" onClick={() => place < rows.length - 1 && move(place, 1)}>
                <Arrow />
              </button>
              <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-label={`Remove ${row.creditedAs}`} title="Remove"
                data-testid="credit-remove" onClick={() => change(rows.filter((one) => one.key !== row.key))}>
                <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
                  <path d="M18 6 6 18M6 6l12 12" />
                </svg>
              </button>
            </span>
          </li>
        ))}
      </ol>
      {rows.length < MAX_CREDITS && (
        <Finder kind="contributors" label="Add a performer" placeholder="Add a performer" makeWords="Add" testid="credit-person"
          onPick={(contributorId, name) => change([...rows, asRow({ contributorId, name, creditedAs: name })])} />
      )}
      <label className="ui-field">
        <span className="ui-label">How they read together</span>
        <input className="ui-input" dir="auto" maxLength={1000} value={line} data-testid="credit-line" onChange={(event) => setLine(event.target.value)} />
      </label>
      <p className="ui-sr-only" role="status">{said}</p>
      <div className="ui-row ui-form-end">
        <button type="button" className="ui-button ui-button-ghost" data-testid="credit-cancel" onClick={() => onCancel()}><span>Cancel</span></button>
        <button type="submit" className="ui-button ui-button-primary" disabled={!isReady} data-testid="credit-save"><span>Save performers</span></button>
      </div>
    </form>
  );
}
