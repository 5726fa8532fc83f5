/** The list of keyboard shortcuts, as a native modal dialog. */
import { useEffect, useRef, useState } from "react";

import { Icon } from "./icons.jsx";
import { areLettersOn, KEY_LIST, setLetters } from "./keys.js";

export function KeyList({ onClose }) {
  const dialog = useRef(null);
  const [letters, setLettersOn] = useState(areLettersOn);
  useEffect(() => dialog.current.showModal(), []);
  const change = (event) => {
    setLetters(event.target.checked);
    setLettersOn(event.target.checked);
  };
  return (
    <dialog
      ref={dialog}
      className="om-dialog"
      data-testid="key-list"
      aria-labelledby="om-key-list-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className="om-dialog-body">
        <div className="om-dialog-head">
          <h2 id="om-key-list-title">Keyboard shortcuts</h2>
          <button type="button" className="om-icon-button" aria-label="Close" onClick={() => dialog.current.close()}>
            <Icon name="close" />
          </button>
        </div>
        <dl className="om-keys">
          {KEY_LIST.map(([keys, meaning]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <p className="om-dialog-hint">On a fader: arrows move it, Page Up and Page Down move it further, Backspace resets it.</p>
        <label className="om-check">
          <input type="checkbox" checked={letters} onChange={change} />
          Single-letter keys (M, S, B)
        </label>
      </div>
    </dialog>
  );
}
