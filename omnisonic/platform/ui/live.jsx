import { useEffect, useRef } from "react";
import { createClient } from "graphql-ws";

const RETRY_MAX_MS = 30_000;

let shared = null;
let users = 0;

/** One socket per page, opened by the first subscription and closed with the last. */
function client(url) {
  if (shared?.url !== url) {
    shared?.client.dispose();
    const made = createClient({
      url,
      lazy: true,
      retryAttempts: Infinity,
      retryWait: (retries) =>
        new Promise((done) => setTimeout(done, Math.min(RETRY_MAX_MS, 500 * 2 ** retries) * (0.5 + Math.random() / 2))),
      // Signed out or forbidden stays so until the page is loaded again.
      shouldRetry: (event) => ![4400, 4401, 4403].includes(event?.code),
    });
    shared = { url, client: made };
  }
  return shared.client;
}

function address(given, port) {
  if (given) return given;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.hostname}:${port}/graphql`;
}

/** Calls through at once, then at most once per `every` ms with the newest value; every value where `every` is 0. */
function paced(call, every) {
  let timer = null;
  let latest = null;
  const tell = (value) => {
    if (!every) return call(value);
    latest = { value };
    if (timer !== null) return undefined;
    const flush = () => {
      timer = null;
      if (!latest) return;
      const { value: newest } = latest;
      latest = null;
      timer = setTimeout(flush, every);
      call(newest);
    };
    return flush();
  };
  return { tell, stop: () => clearTimeout(timer) };
}

/** Runs one subscription while it is on the page and calls `onUpdate` with each result's `data`, and with {} after a break. */
export function LiveSubscription({ query, variables, url, port, paceMs = 0, onUpdate, onState }) {
  const callbacks = useRef({});
  callbacks.current = { onUpdate, onState };
  const key = JSON.stringify(variables ?? {});
  useEffect(() => {
    if (!query || Object.values(JSON.parse(key)).some((value) => !value)) return undefined;
    const connected = client(address(url, port));
    users += 1;
    const say = (state) => callbacks.current.onState?.(state);
    const updates = paced((data) => callbacks.current.onUpdate?.(data), paceMs);
    let hasMissed = false;
    const stopHearing = [
      connected.on("connected", () => {
        say("live");
        if (hasMissed) updates.tell({}); // what changed meanwhile was not told
        hasMissed = false;
      }),
      connected.on("closed", () => {
        hasMissed = true;
        say("waiting");
      }),
    ];
    const stop = connected.subscribe(
      { query, variables: JSON.parse(key) },
      {
        next: (result) => result.data && updates.tell(result.data),
        error: () => say("off"),
        complete: () => {},
      },
    );
    return () => {
      stopHearing.forEach((end) => end());
      updates.stop();
      stop();
      users -= 1;
      if (users === 0) {
        shared?.client.dispose();
        shared = null;
      }
    };
  }, [query, key, url, port, paceMs]);
  return null;
}
