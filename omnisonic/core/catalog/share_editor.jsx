import { useEffect, useRef, useState } from "react";

import { Finder } from "./finder.jsx";
import { LeaveGuard } from "./leave_guard.jsx";
import { judge, readShare, splitEvenly, WHOLE_PPM, writeShare } from "./share_math.js";

let lastKey = 0;
const asRow = (row) => ({ ...row, key: (lastKey += 1), text: writeShare(row.sharePpm) });
const sumOf = (rows) => rows.reduce((sum, row) => sum + (readShare(row.text) ?? 0), 0);

/** How far the shares of one right reach, while they are typed. */
function Total({ title, rows }) {
  const total = sumOf(rows);
  const across = Math.max(total, WHOLE_PPM);
  const { state, words } = judge(total);
  return (
    <div className="ui-share-total" data-state={state} data-testid="share-total">
      <div className="ui-row ui-between">
        <span>{title}</span>
        <span role="status"><strong className="ui-num">{writeShare(total)} %</strong> <span className="ui-text-2">{words}</span></span>
      </div>
      <div className="ui-bar ui-bar-thin" aria-hidden="true">
        {rows.map((row) => (
          <span key={row.key} className={`ui-slice ui-slice-${row.color}`} style={{ width: `${((readShare(row.text) ?? 0) / across) * 100}%` }} />
        ))}
      </div>
    </div>
  );
}

/** Who has which part: add people, choose roles and rights, type percentages or fractions, see the sum. */
export function ShareEditor({ rows: given, roles, rights, isFirst, onSave, onCancel }) {
  const [rows, setRows] = useState(() => given.map(asRow));
  const [from, setFrom] = useState("");
  const form = useRef(null);
  useEffect(() => form.current.focus({ preventScroll: true }), []); // the button that opened it is gone
  const used = [...new Set(rows.map((row) => row.right))];
  const isDirty = from !== "" || rows.length !== given.length ||
    rows.some((row, at) => row.name !== given[at].name || row.role !== given[at].role || row.right !== given[at].right || row.text !== writeShare(given[at].sharePpm));
  const isReady = rows.every((row) => readShare(row.text) !== null);

  const change = (key, values) => setRows((now) => now.map((row) => (row.key === key ? { ...row, ...values } : row)));
  const add = (contributorId, name) => {
    const right = used.length === 1 ? used[0] : "";
    const rest = Math.max(0, WHOLE_PPM - sumOf(rows.filter((row) => row.right === right)));
    const color = [1, 2, 3, 4, 5, 6].find((one) => rows.every((row) => row.color !== one)) ?? (rows.length % 6) + 1;
    setRows((now) => [...now, asRow({ color, contributorId, name, role: now.at(-1)?.role ?? "composer-lyricist", right, sharePpm: rest })]);
  };
  const distribute = () =>
    setRows((now) => {
      const parts = Object.fromEntries(used.map((right) => [right, splitEvenly(now.filter((row) => row.right === right).length)]));
      return now.map((row) => ({ ...row, text: writeShare(parts[row.right].shift()) }));
    });
  const save = (event) => {
    event.preventDefault();
    if (!isReady) return;
    const written = rows.map(({ contributorId, name, role, right, text }) => ({ contributorId, name, role, right, sharePpm: readShare(text) }));
    onSave(written, from);
  };

  return (
    <form ref={form} tabIndex={-1} className="ui-share-editor" data-testid="share-editor" onSubmit={save}>
      <LeaveGuard isDirty={isDirty} what="the shares" />
      <ul className="ui-share-rows">
        {rows.map((row) => {
          const isWrong = readShare(row.text) === null;
          return (
            <li key={row.key} data-testid="share-row">
              <span className="ui-share-name" title={row.name}>
                <span className="ui-truncate" dir="auto">{row.name}</span>
                {!row.contributorId && <span className="ui-badge ui-badge-accent">New</span>}
              </span>
              <span className="ui-select-box">
                <select className="ui-select" aria-label={`Role of ${row.name}`} value={row.role} data-testid="share-role"
                  onChange={(event) => change(row.key, { role: event.target.value })}>
                  {roles.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
                </select>
              </span>
              <span className="ui-select-box">
                <select className="ui-select" aria-label={`Right of ${row.name}`} value={row.right} data-testid="share-right"
                  onChange={(event) => change(row.key, { right: event.target.value })}>
                  {rights.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
                </select>
              </span>
              <span className="ui-share-percent">
                <input className="ui-input ui-num" inputMode="decimal" aria-label={`Share of ${row.name} in percent`} aria-invalid={isWrong}
                  title="A percentage, or a fraction such as 1/3" maxLength={16} value={row.text} data-testid="share-percent"
                  onFocus={(event) => event.target.select()} onChange={(event) => change(row.key, { text: event.target.value })} />
                <span aria-hidden="true">%</span>
              </span>
              <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-label={`Remove ${row.name}`} title="Remove"
                data-testid="share-remove" onClick={() => setRows((now) => now.filter((one) => one.key !== row.key))}>
                <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
                  <path d="M18 6 6 18M6 6l12 12" />
                </svg>
              </button>
            </li>
          );
        })}
      </ul>
      <div className="ui-share-add">
        <Finder kind="contributors" label="Add a person or company" placeholder="Add a person or company" makeWords="Add" testid="share-person" onPick={add} />
        <button type="button" className="ui-button ui-button-outline" disabled={rows.length < 2} data-testid="share-evenly" onClick={distribute}>
          Distribute equally
        </button>
      </div>
      {used.map((right) => (
        <Total key={right} title={rights.find(([value]) => value === right)?.[1] ?? right} rows={rows.filter((row) => row.right === right)} />
      ))}
      <div className="ui-share-end">
        {!isFirst && (
          <label className="ui-field">
            <span className="ui-label">Valid from</span>
            <input className="ui-input" type="date" min="1900-01-01" max="2999-12-31" value={from} data-testid="share-from"
              onChange={(event) => setFrom(event.target.value)} />
            <span className="ui-hint">Empty: from now on. Earlier shares stay in the history.</span>
          </label>
        )}
        <div className="ui-row ui-share-buttons">
          <button type="button" className="ui-button ui-button-ghost" data-testid="share-cancel" onClick={() => onCancel()}>Cancel</button>
          <button type="submit" className="ui-button ui-button-primary" disabled={!isReady} data-testid="share-save">Save shares</button>
        </div>
      </div>
    </form>
  );
}
