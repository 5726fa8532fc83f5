import { useEffect, useRef, useState } from "react";
import { FileBox, useFileDrop } from "$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx";
import { describe, instant } from "./leaf_words.js";
import { Invalid, MAX_FILE_BYTES, verify } from "./proof_check.js";
import "./proof_verifier.css";

const KEYS_ADDRESS = "/log/vkeys";
const ROLES = [
  { role: "log", label: "Public key of the log" },
  { role: "cosigner", label: "Public key of the cosigner" },
];

/** The keys this server shows of itself: the log's first, then the cosigner's. None if it has no log yet. */
async function ownKeys() {
  try {
    const answer = await fetch(KEYS_ADDRESS);
    const lines = answer.ok ? (await answer.text()).split("\n").filter((line) => line && !line.startsWith("#")) : [];
    return { log: lines[0] ?? "", cosigner: lines[1] ?? "" };
  } catch {
    return { log: "", cosigner: "" };
  }
}

/** Drop a proof, say whose keys are to be trusted, read what it proves. Nothing leaves the browser. */
export function ProofVerifier() {
  const heading = useRef(null);
  const [file, setFile] = useState(null);
  const [keys, setKeys] = useState({ log: "", cosigner: "" });
  const [areOwn, setOwn] = useState(false);
  const [result, setResult] = useState(null);

  useEffect(() => {
    let isHere = true;
    ownKeys().then((found) => {
      if (!isHere || !found.log) return;
      setKeys((typed) => (typed.log || typed.cosigner ? typed : found));
      setOwn(true);
    });
    return () => {
      isHere = false;
    };
  }, []);

  // Judged again whenever the file or a key changes, so that the answer always belongs to what is shown.
  useEffect(() => {
    if (!file) return undefined;
    let isHere = true;
    judge(file, keys).then((found) => isHere && setResult(found));
    return () => {
      isHere = false;
    };
  }, [file, keys]);

  const read = async (chosen) => {
    const content = new Uint8Array(await chosen.slice(0, MAX_FILE_BYTES + 1).arrayBuffer());
    setResult(null);
    setFile({ name: chosen.name, content });
  };
  const { area, take } = useFileDrop({ onFile: read });

  // Whoever drops a file by keyboard or ear hears the answer first; typing in a key moves nothing.
  useEffect(() => {
    heading.current?.focus();
  }, [file, Boolean(result)]);

  const type = (role, text) => {
    setOwn(false);
    setKeys((known) => ({ ...known, [role]: text }));
  };

  return (
    <div className="vp-verifier" data-testid="proof-verifier">
      <div className="vp-sides">
        <section className="ui-card vp-part" aria-labelledby="vp-file" {...area}>
          <h2 id="vp-file">The proof</h2>
          <FileBox
            name="proof"
            label="Proof file"
            shape="tall"
            words={file ? file.name : "Drop a proof file here"}
            hint={file ? "Drop another one to check it" : "Its name ends in .tlog-proof"}
            isChosen={Boolean(file)}
            take={take}
          />
        </section>
        <section className="ui-card vp-part" aria-labelledby="vp-keys">
          <h2 id="vp-keys">The keys you trust</h2>
          {ROLES.map(({ role, label }) => (
            <div className="ui-field" key={role}>
              <label className="ui-label" htmlFor={`vp-${role}`}>
                {label}
              </label>
              <textarea
                id={`vp-${role}`}
                className="ui-input ui-textarea vp-key"
                rows={2}
                value={keys[role]}
                spellCheck={false}
                autoCapitalize="off"
                autoComplete="off"
                placeholder="name+id+base64"
                aria-describedby="vp-trust"
                data-testid={`proof-key-${role}`}
                onChange={(event) => type(role, event.target.value)}
              />
            </div>
          ))}
          <p className="ui-hint vp-trust" id="vp-trust" data-testid="proof-trust">
            {areOwn
              ? "Filled in from this very server. To check the server itself, paste the keys you got from someone else."
              : "Paste the keys you got from someone you trust, not from where the proof came from."}
          </p>
        </section>
      </div>
      <div aria-live="polite">{result && <Result result={result} heading={heading} />}</div>
    </div>
  );
}

async function judge(file, keys) {
  if (!globalThis.crypto?.subtle) {
    return {
      kind: "unable",
      reason:
        "This browser offers its cryptography only over HTTPS or on localhost. Use the verifier for the command line below.",
    };
  }
  try {
    const vkeys = [keys.log, keys.cosigner].filter((key) => key !== "");
    const proved = await verify(file.content, vkeys);
    return { kind: "valid", proved, rows: describe(proved.leaf) };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return { kind: "invalid", reason: error.message };
  }
}

function Result({ result, heading }) {
  const isValid = result.kind === "valid";
  const words = { valid: "The proof holds", invalid: "The proof does not hold", unable: "Not checked" };
  return (
    <section className="ui-card vp-result" data-kind={result.kind} data-testid="proof-result">
      <header className="vp-verdict">
        <Mark isValid={isValid} />
        <div>
          <h2 ref={heading} tabIndex={-1} data-testid="proof-verdict">
            {words[result.kind]}
          </h2>
          {isValid ? (
            <p>This stands in the log, exactly as it was written, and the cosigner has seen the log with it.</p>
          ) : (
            <p data-testid="proof-reason">{sentence(result.reason)}</p>
          )}
        </div>
      </header>
      {isValid && <Content proved={result.proved} rows={result.rows} />}
      {result.kind === "invalid" && (
        <p className="ui-text-2">
          It proves nothing as it is. Ask for the file again and compare the keys letter by letter; a space counts too.
        </p>
      )}
    </section>
  );
}

function Content({ proved, rows }) {
  const [first, ...rest] = rows;
  const amount = rest[0]?.[0] === "Amount" ? rest.shift()[1] : "";
  return (
    <>
      <div className="vp-said">
        <p className="ui-text-2">{first[0] === "This is" ? first[1] : "The leaf"}</p>
        {amount && (
          <p className="vp-amount" data-testid="proof-amount">
            {amount}
          </p>
        )}
      </div>
      <dl className="vp-rows" data-testid="proof-rows">
        {(first[0] === "This is" ? rest : rows).map(([label, text], at) => (
          <div key={`${at} ${label}`}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <ol className="vp-steps" aria-label="What was checked">
        <li>
          <strong>Signed</strong>
          <span>by the log {proved.origin}</span>
        </li>
        <li>
          <strong>Cosigned</strong>
          <span>{proved.seen.map(({ name, timeS }) => `by ${name} at ${instant(timeS)}`).join(", ")}</span>
        </li>
        <li>
          <strong>In the log</strong>
          <span>
            leaf {String(proved.position)} of {String(proved.size)}, counted from 0, by {proved.pathLength} hashes up to
            the signed root
          </span>
        </li>
      </ol>
    </>
  );
}

function Mark({ isValid }) {
  return (
    <svg viewBox="0 0 24 24" width="40" height="40" fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">
      <circle cx="12" cy="12" r="10" />
      <path strokeLinecap="round" strokeLinejoin="round" d={isValid ? "m8 12.5 2.7 2.7L16 9.5" : "m9 9 6 6m0-6-6 6"} />
    </svg>
  );
}

const sentence = (reason) => `${reason[0].toUpperCase()}${reason.slice(1)}${reason.endsWith(".") ? "" : "."}`;
