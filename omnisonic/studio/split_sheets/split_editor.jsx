import { useEffect, useRef, useState } from "react";

import { LeaveGuard } from "$/public/external/omnisonic/core/catalog/widgets/leave_guard.jsx";
import { readShare, splitEvenly, TOLERANCE_PPM, WHOLE_PPM, writeShare } from "$/public/external/omnisonic/core/catalog/widgets/share_math.js";

let lastKey = 0;
const asRow = (row) => ({ ...row, key: (lastKey += 1), text: writeShare(row.sharePpm) });
const partOf = (row) => readShare(row.text) ?? 0;
const sumOf = (rows) => rows.reduce((sum, row) => sum + partOf(row), 0);

/** Parts in the same proportion that are the whole: what is left of the division goes to the largest remainders. */
function scaled(parts) {
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total === 0) return splitEvenly(parts.length);
  const floors = parts.map((part) => Math.floor((part * WHOLE_PPM) / total));
  const byClaim = parts.map((part, at) => ({ at, claim: (part * WHOLE_PPM) % total })).sort((a, b) => b.claim - a.claim || a.at - b.at);
  const rest = WHOLE_PPM - floors.reduce((sum, part) => sum + part, 0);
  byClaim.slice(0, rest).forEach(({ at }) => (floors[at] += 1));
  return floors;
}

function judge(total) {
  const away = Math.abs(WHOLE_PPM - total);
  if (away === 0) return { state: "whole", words: "adds up" };
  if (away <= TOLERANCE_PPM) return { state: "whole", words: "close enough: it is made exactly 100 %" };
  return total < WHOLE_PPM ? { state: "short", words: `${writeShare(away)} % missing` } : { state: "conflict", words: `${writeShare(away)} % too much` };
}

function Total({ rows, onScale }) {
  const total = sumOf(rows);
  const across = Math.max(total, WHOLE_PPM);
  const { state, words } = judge(total);
  return (
    <div className="ui-share-total" data-state={state} data-testid="split-total">
      <div className="ui-row ui-between">
        <span role="status"><strong className="ui-num">{writeShare(total)} %</strong><span className="ui-text-2"> · {words}</span></span>
        {state !== "whole" && total > 0 && (
          <button type="button" className="ui-button ui-button-ghost ui-split-scale" data-testid="split-scale" onClick={onScale}>Make it 100 %</button>
        )}
      </div>
      <div className="ui-bar ui-bar-thin" aria-hidden="true">
        {rows.map((row) => (
          <span key={row.key} className={`ui-slice ui-slice-${row.color}`} style={{ width: `${(partOf(row) / across) * 100}%` }} />
        ))}
      </div>
    </div>
  );
}

function Row({ row, roles, onChange, onRemove, canRemove }) {
  const isWrong = !readShare(row.text);
  return (
    <li data-testid="split-row">
      <span className={`ui-swatch ui-slice-${row.color}`} aria-hidden="true" />
      <input className="ui-input ui-split-name" dir="auto" maxLength={300} value={row.name} aria-label={`Name of ${row.name} as it is credited`}
        title="As it is credited" data-testid="split-name" onChange={(event) => onChange({ name: event.target.value })} />
      <span className="ui-share-percent">
        <input className="ui-input ui-num" inputMode="decimal" aria-label={`Share of ${row.name} in percent`} aria-invalid={isWrong} maxLength={16}
          title="A percentage with up to four decimals, or a fraction such as 1/3" value={row.text} data-testid="split-percent"
          onFocus={(event) => event.target.select()} onChange={(event) => onChange({ text: event.target.value })} />
        <span aria-hidden="true">%</span>
      </span>
      <span className="ui-select-box">
        <select className="ui-select" aria-label={`Role of ${row.name}`} value={row.role} data-testid="split-role" onChange={(event) => onChange({ role: event.target.value })}>
          {roles.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
        </select>
      </span>
      <button type="button" className="ui-button ui-button-ghost ui-button-icon" aria-label={`Remove ${row.name}`} title="Remove" disabled={!canRemove}
        data-testid="split-remove" onClick={onRemove}>
        <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" aria-hidden="true">
          <path d="M18 6 6 18M6 6l12 12" />
        </svg>
      </button>
      {!row.isMember && <p className="ui-split-left">Has left the session and cannot accept. Remove this row, or invite them again.</p>}
    </li>
  );
}

function Clash({ words, onOver, onCancel }) {
  return (
    <div className="ui-notice ui-notice-warn" role="status" data-testid="split-clash">
      <div className="ui-grow">
        <p><strong>{words}</strong> Your rows are still here.</p>
        <div className="ui-row ui-row-wrap ui-notice-actions">
          <button type="button" className="ui-button ui-button-outline" data-testid="split-see-theirs" onClick={onCancel}>See theirs</button>
          <button type="button" className="ui-button ui-button-outline" data-testid="split-save-over" onClick={onOver}>Propose mine next</button>
        </div>
      </div>
    </div>
  );
}

/** Who gets which part: percentages or fractions, roles and credited names; only 100 % can be proposed. */
export function SplitEditor({ rows: given, people, roles, title: titleBefore, note: noteBefore, version, clash, problem, onSave, onSaveOver, onCancel }) {
  const [rows, setRows] = useState(() => given.map(asRow));
  const [title, setTitle] = useState(titleBefore);
  const [note, setNote] = useState(noteBefore);
  const [isTouched, setTouched] = useState(false);
  const form = useRef(null);
  useEffect(() => form.current.focus({ preventScroll: true }), []); // the button that opened it is gone
  const isReady = rows.length > 0 && rows.every((row) => readShare(row.text) && row.name.trim() && row.isMember) && judge(sumOf(rows)).state === "whole" && title.trim();
  const missing = people.filter((one) => rows.every((row) => row.userId !== one.userId));

  const edit = (change) => {
    setTouched(true);
    setRows(change);
  };
  const add = (person) => edit((now) => [...now, asRow({ ...person, sharePpm: Math.max(0, WHOLE_PPM - sumOf(now)) })]);
  const spread = (parts) => edit((now) => now.map((row, at) => ({ ...row, text: writeShare(parts[at]) })));
  const send = (event, handler) => {
    event.preventDefault();
    if (!isReady ) return;
    const parts = scaled(rows.map(partOf));
    const written = rows.map(({ userId, name, role }, at) => ({ userId, name: name.trim(), role, sharePpm: parts[at] }));
    handler(written, title.trim(), note.trim());
  };

  return (
    <form ref={form} tabIndex={-1} className="ui-stack ui-stack-4 ui-split-editor" data-testid="split-editor" aria-label="Shares" onSubmit={(event) => send(event, onSave)}>
      <LeaveGuard isDirty={isTouched} what="the shares" />
      <label className="ui-field">
        <span className="ui-label">Song</span>
        <input className="ui-input" dir="auto" maxLength={500} value={title} data-testid="split-title" onChange={(event) => { setTouched(true); setTitle(event.target.value); }} />
      </label>
      <ul className="ui-split-rows">
        {rows.map((row) => (
          <Row key={row.key} row={row} roles={roles} canRemove={rows.length > 1}
            onChange={(values) => edit((now) => now.map((one) => (one.key === row.key ? { ...one, ...values } : one)))}
            onRemove={() => edit((now) => now.filter((one) => one.key !== row.key))} />
        ))}
      </ul>
      <Total rows={rows} onScale={() => spread(scaled(rows.map(partOf)))} />
      <div className="ui-row ui-row-wrap">
        <button type="button" className="ui-button ui-button-outline" disabled={rows.length < 2} data-testid="split-evenly" onClick={() => spread(splitEvenly(rows.length))}>
          Share equally
        </button>
        <span className="ui-select-box ui-grow">
          <select className="ui-select" aria-label="Add a row" value="" data-testid="split-add" onChange={(event) => add(people.find((one) => one.userId === event.target.value))}>
            <option value="" disabled>{missing.length ? "Add someone …" : "Add another role …"}</option>
            {[...missing, ...people.filter((one) => !missing.includes(one))].map((one) => <option key={one.userId} value={one.userId}>{one.name}</option>)}
          </select>
        </span>
      </div>
      {missing.length > 0 && <p className="ui-small ui-text-2" data-testid="split-missing">Without a share: {missing.map((one) => one.name).join(", ")}.</p>}
      <label className="ui-field">
        <span className="ui-label">A word to the others</span>
        <textarea className="ui-input ui-textarea" dir="auto" rows={2} maxLength={2000} value={note} placeholder="Why these shares?" data-testid="split-note"
          onChange={(event) => { setTouched(true); setNote(event.target.value); }} />
      </label>
      {clash && <Clash words={clash} onCancel={() => onCancel()} onOver={(event) => send(event, onSaveOver)} />}
      {problem && <p className="ui-notice ui-notice-danger" role="alert" data-testid="split-problem">{problem}</p>}
      <div className="ui-row ui-split-end">
        <button type="button" className="ui-button ui-button-ghost" data-testid="split-cancel" onClick={() => onCancel()}>Cancel</button>
        <button type="submit" className="ui-button ui-button-primary ui-grow" disabled={!isReady} data-testid="split-save">
          {version ? `Propose version ${version + 1}` : "Propose to everyone"}
        </button>
      </div>
    </form>
  );
}
