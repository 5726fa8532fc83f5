import { useEffect, useId, useState } from "react";

const SEARCH_AFTER_MS = 150;
const HITS_MAX = 8;
const KIND_WORDS = { contributors: "artist", works: "work", recordings: "recording" };

/** What the catalog finds for `query` among some kinds, as in "works" or "contributors,works,recordings". */
function useHits(kind, query) {
  const [found, setFound] = useState({ query: "", hits: [] });
  useEffect(() => {
    const wanted = query.trim();
    if (!wanted) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      fetch(`/api/search?q=${encodeURIComponent(wanted)}&limit=${HITS_MAX}`, { signal: stop.signal })
        .then((answer) => (answer.ok ? answer.json() : {}))
        .then((answer) => setFound({ query: wanted, hits: kind.split(",").flatMap((one) => (answer[one] ?? []).map((hit) => ({ ...hit, kind: one }))) }))
        .catch(() => {}); // what was typed can still be made new
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [kind, query]);
  return query.trim() ? found : { query: "", hits: [] };
}

/** Finds a work or a contributor by name or number; with `makeWords` a name that nobody has can be taken as new. */
export function Finder({ kind, label, placeholder, makeWords = "", testid, onPick }) {
  const id = useId();
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const found = useHits(kind, query);
  const wanted = query.trim();
  const rows = found.hits.map((hit) => ({ id: hit.id, title: hit.title, kind: hit.kind, detail: [kind.includes(",") ? KIND_WORDS[hit.kind] : "", hit.detail, hit.identifier].filter(Boolean).join(" · ") }));
  if (wanted && makeWords) rows.push({ id: "", title: wanted, isNew: true });
  const isNothing = wanted && found.query === wanted && !rows.length;
  const at = Math.min(chosen, rows.length - 1);

  const pick = (row) => {
    setQuery("");
    setChosen(0);
    onPick(row.id, row.title, row.kind ?? "");
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) {
      event.preventDefault();
      setChosen((at + step + rows.length) % rows.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault(); // never the form around it
      if (rows[at]) pick(rows[at]);
    } else if (event.key === "Escape" && query) {
      event.preventDefault();
      event.stopPropagation();
      setQuery("");
    }
  };

  return (
    <div className="ui-finder" data-testid={testid}>
      <input className="ui-input" type="text" role="combobox" aria-label={label} placeholder={placeholder} autoComplete="off"
        spellCheck="false" dir="auto" maxLength={200} aria-expanded={rows.length > 0} aria-controls={`${id}list`}
        aria-autocomplete="list" aria-activedescendant={rows.length ? `${id}${at}` : undefined} value={query}
        data-testid={`${testid}-input`} onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }} />
      <div className="ui-finder-list" role="listbox" id={`${id}list`} aria-label={label} hidden={!rows.length}>
        {rows.map((row, number) => (
          <div role="option" key={row.id || "new"} id={`${id}${number}`} aria-selected={number === at} className="ui-finder-row"
            data-testid={row.isNew ? `${testid}-new` : `${testid}-row`} onPointerMove={() => number !== at && setChosen(number)}
            onPointerDown={(event) => event.preventDefault()} onClick={() => pick(row)}>
            <span className="ui-truncate" dir="auto">{row.isNew ? `${makeWords} “${row.title}”` : row.title}</span>
            {row.detail && <span className="ui-finder-detail ui-truncate">{row.detail}</span>}
          </div>
        ))}
      </div>
      {isNothing && <p className="ui-small ui-text-2" role="status">Nothing is called “{wanted}”.</p>}
    </div>
  );
}
