import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { useNavigate } from "react-router";

const SESSIONS_MAX = 200; // one page of the list
const SHOWN_MAX = 8; // per group
const SEARCH_AFTER_MS = 150;
const SEARCH_MIN_CHARS = 2;
const CATALOG = "/catalog";
const NOTHING = {};

/** Letters without case and accents, so that "zoe" finds "Zoë". */
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function matches(words, query) {
  const text = fold(words);
  return fold(query)
    .split(/\s+/)
    .every((part) => text.includes(part));
}

async function fetchJson(url, signal) {
  const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** True where a letter is text, or where something else has the keyboard. */
function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable=true], dialog") !== null;
}

function useSessions(isOpen) {
  const [sessions, setSessions] = useState([]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const stop = new AbortController();
    fetchJson(`/api/sessions?limit=${SESSIONS_MAX}`, stop.signal)
      .then((found) => setSessions(found.sessions ?? []))
      .catch(() => {}); // pages stay reachable without the list
    return () => stop.abort();
  }, [isOpen]);
  return sessions;
}

/** Works, recordings and people by name or code. Quiet until the catalog has a page to lead to. */
function useCatalog(query, hasCatalog) {
  const [hits, setHits] = useState(NOTHING);
  useEffect(() => {
    if (!hasCatalog || query.trim().length < SEARCH_MIN_CHARS) {
      setHits(NOTHING);
      return undefined;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      fetchJson(`/api/search?q=${encodeURIComponent(query.trim())}`, stop.signal)
        .then(setHits)
        .catch(() => {}); // pages and sessions stay reachable without the catalog
    }, SEARCH_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [query, hasCatalog]);
  return hits;
}

/** Everything that matches, in groups: sessions first once something is typed, pages first before. */
function useResults(entries, isOpen, query) {
  const sessions = useSessions(isOpen);
  const hits = useCatalog(isOpen ? query : "", entries.some((entry) => entry.href === CATALOG));
  return useMemo(() => {
    const pages = entries.filter((entry) => matches(entry.words, query));
    const own = sessions
      .filter((session) => matches(session.name, query))
      .map((session) => ({ words: session.name, href: `/sessions/${session.id}` }));
    const groups = query.trim()
      ? [["Sessions", own], ["Go to", pages]]
      : [["Go to", pages], ["Sessions", own]];
    for (const [title, kind] of [["Works", "works"], ["Recordings", "recordings"], ["People", "contributors"]]) {
      const rows = (hits[kind] ?? []).map(({ id, title: words, detail }) => ({ words, detail, href: `${CATALOG}/${kind}/${id}` }));
      groups.push([title, rows]);
    }
    return groups.filter(([, rows]) => rows.length).map(([title, rows]) => [title, rows.slice(0, SHOWN_MAX)]);
  }, [entries, sessions, hits, query]);
}

/** The search of the top bar: `/` or Ctrl/Cmd-K opens it, arrows choose, Enter goes. */
export function Palette({ entries }) {
  const navigate = useNavigate();
  const dialog = useRef(null);
  const input = useRef(null);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [chosen, setChosen] = useState(0);
  const groups = useResults(entries, isOpen, query);
  const rows = groups.flatMap(([, found]) => found);
  const at = Math.min(chosen, rows.length - 1);

  const open = useCallback(() => {
    if (dialog.current.open) return;
    setQuery("");
    setChosen(0);
    setOpen(true);
    dialog.current.showModal();
    input.current.focus();
  }, []);

  useEffect(() => {
    const onKey = (event) => {
      const isPalette = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k";
      const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!isPalette && (!isSlash || isTyping(event.target))) return;
      if (!dialog.current.open && document.querySelector("dialog:modal")) return;
      event.preventDefault();
      if (isPalette && dialog.current.open) dialog.current.close();
      else open();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [open]);

  useEffect(() => {
    dialog.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [at, groups]);

  const go = (row) => {
    dialog.current.close();
    navigate(row.href);
  };
  const onKeyDown = (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && rows.length) {
      event.preventDefault();
      setChosen((at + steps[event.key] + rows.length) % rows.length);
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing && rows[at]) {
      event.preventDefault();
      go(rows[at]);
    }
  };

  let number = -1;
  return (
    <>
      <button type="button" className="ui-search" data-testid="search" aria-label="Search" aria-keyshortcuts="/ Control+K"
        title="Search (/)" onClick={open}>
        <svg viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" strokeWidth="2"
          strokeLinecap="round" aria-hidden="true">
          <path d="m21 21-4.3-4.3M11 19a8 8 0 1 1 0-16 8 8 0 0 1 0 16z" />
        </svg>
        <span>Search</span>
        <kbd>/</kbd>
      </button>
      <dialog ref={dialog} className="ui-dialog ui-palette" aria-label="Search" data-testid="palette"
        onClose={() => setOpen(false)} onClick={(event) => event.target === dialog.current && dialog.current.close()}>
        <input ref={input} className="ui-palette-input" type="text" role="combobox" placeholder="Search sessions, works, people"
          aria-label="Search" aria-expanded="true" aria-controls={`${id}list`} aria-autocomplete="list"
          aria-activedescendant={rows.length ? `${id}${at}` : undefined} autoComplete="off" spellCheck="false"
          maxLength={200} value={query} dir="auto" data-testid="palette-input" onKeyDown={onKeyDown}
          onChange={(event) => {
            setQuery(event.target.value);
            setChosen(0);
          }} />
        <div className="ui-palette-list" role="listbox" id={`${id}list`} aria-label="Results">
          {groups.map(([title, found]) => (
            <div role="group" aria-label={title} key={title}>
              <p className="ui-palette-group" aria-hidden="true">{title}</p>
              {found.map((row) => {
                number += 1;
                const place = number;
                return (
                  <div role="option" key={row.href} id={`${id}${place}`} aria-selected={place === at} className="ui-palette-row"
                    data-testid="palette-row" onPointerMove={() => place !== at && setChosen(place)} onClick={() => go(row)}>
                    <span className="ui-truncate" dir="auto">{row.words}</span>
                    {row.detail && <span className="ui-palette-detail ui-truncate">{row.detail}</span>}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        {!rows.length && <p className="ui-palette-none" role="status">Nothing is called “{query.trim()}”.</p>}
      </dialog>
    </>
  );
}
