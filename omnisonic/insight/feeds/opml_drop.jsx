import { useState } from "react";
import { FileBox, FileProblem, formOf, NotSent, send, useFileDrop } from "$/public/external/omnisonic/platform/ui/file_drop/file_drop.jsx";
import "./opml_drop.css";

const ADDRESS = "/api/feeds/opml";
const AFTER = "Send the file again: a feed that is followed already is not added twice.";

function describe({ added, alreadyFollowed, refused }) {
  const parts = [`${added} ${added === 1 ? "feed" : "feeds"} added`];
  if (alreadyFollowed) parts.push(`${alreadyFollowed} followed already`);
  if (refused.length) parts.push(`${refused.length} not taken: ${refused[0].url}`);
  return parts.join(", ");
}

/** Takes an OPML file, dropped or chosen. `onAdded` hears that the list has changed. */
export function OpmlDrop({ maxBytes, onAdded }) {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");

  const bring = async (file) => {
    setBusy(true);
    setSaid("");
    setProblem("");
    try {
      setSaid(describe(await send(ADDRESS, formOf(file), { after: AFTER })));
      onAdded?.();
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      setProblem(error.message);
    } finally {
      setBusy(false);
    }
  };
  const { area, take } = useFileDrop({ onFile: bring, isBusy, maxBytes, onTooLarge: setProblem });
  const words = isBusy ? "Reading the list …" : said || "Drop the OPML file of another feed reader here";

  return (
    <div className="ui-stack" {...area}>
      <FileBox name="opml" label="OPML file" accept=".opml,.xml" shape="row" isMain={false} {...{ words, take, isBusy }} />
      <FileProblem words={problem} testid="opml-problem" />
    </div>
  );
}
