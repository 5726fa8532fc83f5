import { useRef, useState } from "react";

const MB_BYTES = 2 ** 20;

/** Why a file did not get through, in words for people; `answer` is what the server said, if anything. */
export class NotSent extends Error {
  constructor(message, answer = null) {
    super(message);
    this.answer = answer;
  }
}

/**
 * Takes one file at a time, and none while `isBusy`: dropped on the element with the properties `area`, or chosen
 * in the `FileBox` that gets `take`. One of more than `maxBytes` goes to `onTooLarge`, as words.
 */
export function useFileDrop({ onFile, isBusy = false, maxBytes = 0, onTooLarge }) {
  const [isOver, setOver] = useState(false);
  const take = (file) => {
    if (!file || isBusy) return undefined;
    if (!maxBytes || file.size <= maxBytes) return onFile(file);
    return onTooLarge(`“${file.name}” is larger than ${maxBytes / MB_BYTES} MB. Send it in parts.`);
  };
  const area = {
    "data-over": isOver,
    "aria-busy": isBusy,
    onDragOver: (event) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: (event) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setOver(false);
    },
    onDrop: (event) => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer.files[0]);
    },
  };
  return { area, take };
}

/**
 * Where a file is dropped or chosen: `words` say what is expected or going on, `children` are further buttons.
 * Once there `isChosen`, the button offers another one. `shape`: row, or tall.
 */
export function FileBox({ name, label, accept, words, hint, take, isChosen, isBusy, isMain = true, shape = "", chooser, children }) {
  const input = useRef(null);
  return (
    <div className={`ui-drop ${shape && `ui-drop-${shape}`}`} data-testid={`${name}-drop`}>
      <div>
        <p className="ui-drop-words" role="status">{words}</p>
        {hint && <p className="ui-text-2">{hint}</p>}
      </div>
      <div className="ui-row ui-row-wrap">
        <button
          type="button"
          ref={chooser}
          className={`ui-button ui-button-${isMain && !isChosen ? "primary" : "outline"}`}
          disabled={isBusy}
          onClick={() => input.current.click()}
          data-testid={`${name}-choose`}
        >
          <span>{isChosen ? "Choose another file" : "Choose a file"}</span>
        </button>
        {children}
      </div>
      <input
        ref={input}
        type="file"
        className="ui-sr-only"
        tabIndex={-1}
        aria-label={label}
        accept={accept}
        data-testid={`${name}-file`}
        onChange={(event) => {
          take(event.target.files[0]);
          event.target.value = ""; // the same file can be chosen again
        }}
      />
    </div>
  );
}

/** What is wrong, with its places as `children`; nothing without `words`. */
export function FileProblem({ words, testid, children }) {
  if (!words) return null;
  return (
    <div className="ui-notice ui-notice-danger" role="alert" data-testid={testid}>
      <div className="ui-stack">
        <p>{words}</p>
        {children}
      </div>
    </div>
  );
}

/** `file` as the form that most routes take, with further `fields`. */
export function formOf(file, fields = {}) {
  const form = new FormData();
  form.append("file", file, file.name);
  Object.entries(fields).forEach(([name, value]) => form.append(name, value));
  return form;
}

/**
 * POST `body` to `url`; resolves with the answer. Rejects with `NotSent`: where nobody answered, `after` says in
 * one sentence what that left behind and what to do. `onProgress` gets the percentage that is on its way.
 */
export function send(url, body, { after, type, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    if (type) request.setRequestHeader("Content-Type", type);
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress?.(Math.round((100 * event.loaded) / event.total));
    request.onerror = () => reject(new NotSent(`The connection broke off. ${after}`));
    request.onload = () => {
      const answer = request.response;
      if (request.status < 300 && answer) return resolve(answer);
      return reject(new NotSent(answer?.detail ?? `The server did not answer. ${after}`, answer));
    };
    request.send(body);
  });
}
