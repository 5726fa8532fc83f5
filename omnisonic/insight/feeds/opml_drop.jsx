import { useRef, useState } from "react";
import "./opml_drop.css";

const ADDRESS = "/api/feeds/opml";

async function send(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  const answer = await fetch(ADDRESS, { method: "POST", body: form });
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.detail ?? "The server did not answer. Try again in a moment.");
  return body;
}

function describe({ added, alreadyFollowed, refused }) {
  const parts = [`${added} ${added === 1 ? "feed" : "feeds"} added`];
  if (alreadyFollowed) parts.push(`${alreadyFollowed} followed already`);
  if (refused.length) parts.push(`${refused.length} not taken: ${refused[0].url}`);
  return parts.join(", ");
}

/** Takes an OPML file, dropped or chosen. `onAdded` hears that the list has changed. */
export function OpmlDrop({ onAdded }) {
  const input = useRef(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const [isOver, setOver] = useState(false);

  const take = async (file) => {
    if (!file || busy) return;
    setBusy(true);
    setSaid("");
    setProblem("");
    try {
      setSaid(describe(await send(file)));
      onAdded?.();
    } catch (error) {
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div
      className="fd-drop"
      data-over={isOver}
      data-testid="opml-drop"
      aria-busy={busy}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <p role="status">{busy ? "Reading the list …" : said || "Drop the OPML file of another feed reader here"}</p>
      <button
        type="button"
        className="ui-button ui-button-outline"
        data-testid="opml-choose"
        disabled={busy}
        onClick={() => input.current.click()}
      >
        <span>Choose a file</span>
      </button>
      <input
        ref={input}
        type="file"
        className="ui-sr-only"
        tabIndex={-1}
        aria-label="OPML file"
        accept=".opml,.xml"
        data-testid="opml-file"
        onChange={(event) => {
          take(event.target.files[0]);
          event.target.value = "";
        }}
      />
      {problem && (
        <p className="ui-notice ui-notice-danger" role="alert" data-testid="opml-problem">
          {problem}
        </p>
      )}
    </div>
  );
}
